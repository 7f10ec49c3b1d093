// What the network is asked about: the drawing, or an uploaded image. One question at a time, and the newest waits; only the
// end of a stroke does not wait for the question before it, whose answer is then dropped.

import { about, get, send, unpack } from "./api.js";

const KEPT = "minicnn-drawing";

export class Input extends EventTarget {
  constructor(pad) {
    super();
    this.pad = pad;
    this.uploaded = null;                                          // {as: "x", bytes}
    this.running = 0;                                              // questions on their way
    this.turns = 0;                                                // questions so far
    this.ready = false;                                            // whether there is a network to ask
    pad.addEventListener("change", (event) => {
      this.uploaded = null;
      this.ask(event.detail.ended);
      if (event.detail.ended) {
        this.keep();
      }
    });
  }

  // {as, bytes}, or null while there is nothing.
  current() {
    if (this.uploaded) {
      return this.uploaded;
    }
    return this.pad.empty ? null : { as: "drawing", bytes: this.pad.bytes() };
  }

  // Ask for the answer. `ended`: a stroke ended, and someone may want to know how long the answer took.
  ask(ended = false) {
    this.since ??= ended ? performance.now() : undefined;
    this.wanted = true;
    if (this.running === 0 || (ended && this.running === 1)) {
      this.run();
    }
  }

  async run() {
    this.running++;
    while (this.wanted && this.ready) {
      this.wanted = false;
      const turn = ++this.turns;
      const input = this.current();
      const since = this.since;
      this.since = undefined;
      if (!input) {
        this.dispatchEvent(new Event("empty"));
        continue;
      }
      try {
        const content = await about("look", input);
        if (turn !== this.turns) {
          continue;
        }
        if (content.blank) {
          this.dispatchEvent(new Event("empty"));
          continue;
        }
        const answer = unpack(content);
        this.dispatchEvent(new CustomEvent("answer", { detail: answer }));
        if (since !== undefined) {
          requestAnimationFrame(() => this.shown(since));
        }
      } catch (problem) {
        this.dispatchEvent(new CustomEvent("problem", { detail: problem }));
      }
    }
    this.running--;
  }

  // The answer is drawn: say how long that took since the stroke ended.
  shown(since) {
    const channel = new MessageChannel();                          // its message comes after the frame is on the screen
    channel.port1.onmessage = () => {
      this.dispatchEvent(new CustomEvent("shown", { detail: performance.now() - since }));
    };
    channel.port2.postMessage(null);
  }

  async upload(file) {
    const bytes = await send("upload", await file.arrayBuffer());
    this.pad.strokes = [];
    this.pad.image = null;
    this.pad.redraw();
    this.uploaded = { as: "x", bytes: new Uint8Array(bytes) };
    this.keep();
    this.ask();
  }

  async example(label, source) {
    this.pad.show(new Uint8Array(await get("example", { label, source })));
  }

  // A reload shows the same drawing again.
  keep() {
    try {
      const kept = this.uploaded ? { x: Array.from(this.uploaded.bytes) } : { pad: this.pad.state() };
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
    } catch { /* storage is full or forbidden: then a reload begins with an empty pad */ }
  }

  restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT));
      if (kept?.x) {
        this.uploaded = { as: "x", bytes: Uint8Array.from(kept.x) };
        this.ask();
      } else if (kept?.pad) {
        this.pad.restore(kept.pad);
      }
    } catch { /* what was kept is of another version */ }
  }
}
