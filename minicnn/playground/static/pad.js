// The pad: strokes of a mouse, a pen, a finger or the keyboard, as white on black.

const PEN = 13 / 168;                                              // width of a stroke, as a fraction of the pad's side
const SHARP = 3;                                                   // pixels on the screen for one that is sent
const STEP = 0.02;                                                 // of the pad's side, for an arrow key

export class Pad extends EventTarget {
  constructor(canvas, side) {
    super();
    this.canvas = canvas;
    this.side = side;
    this.strokes = [];
    this.image = null;                                             // an uploaded or example drawing under the strokes
    this.pen = { x: 0.5, y: 0.3, down: false };
    canvas.width = canvas.height = side * SHARP;
    this.shown = canvas.getContext("2d");
    const small = document.createElement("canvas");
    small.width = small.height = side;
    this.small = small.getContext("2d", { willReadFrequently: true });
    this.cursor = document.createElement("div");
    this.cursor.className = "pen";
    this.cursor.hidden = true;
    canvas.after(this.cursor);
    this.redraw();
    canvas.addEventListener("pointerdown", (event) => this.pointerDown(event));
    canvas.addEventListener("pointermove", (event) => this.pointerMove(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => this.pointerUp(event));
    }
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => { this.lift(); this.cursor.hidden = true; });
  }

  get empty() {
    return this.strokes.length === 0 && this.image === null;
  }

  // What is drawn: side x side bytes.
  bytes() {
    const pixels = this.small.getImageData(0, 0, this.side, this.side).data;
    const grey = new Uint8Array(this.side * this.side);
    for (let k = 0; k < grey.length; k++) {
      grey[k] = pixels[4 * k];
    }
    return grey;
  }

  clear() {
    this.strokes = [];
    this.image = null;
    this.lift();
    this.redraw();
    this.changed(true);
  }

  undo() {
    if (this.strokes.length) {
      this.strokes.pop();
    } else {
      this.image = null;
    }
    this.redraw();
    this.changed(true);
  }

  // Show side x side bytes instead of what was drawn.
  show(bytes) {
    const pixels = new ImageData(this.side, this.side);
    bytes.forEach((value, k) => pixels.data.set([value, value, value, 255], 4 * k));
    this.image = pixels;
    this.strokes = [];
    this.redraw();
    this.changed(true);
  }

  // What has to be kept to show the same drawing after a reload.
  state() {
    return { strokes: this.strokes, image: this.image && Array.from(this.bytesOfImage()) };
  }

  restore(state) {
    if (state.image) {
      this.show(Uint8Array.from(state.image));
    }
    this.strokes = state.strokes;
    this.redraw();
    this.changed(true);
  }

  bytesOfImage() {
    return Uint8Array.from({ length: this.side * this.side }, (_, k) => this.image.data[4 * k]);
  }

  changed(ended) {
    this.dispatchEvent(new CustomEvent("change", { detail: { ended } }));
  }

  // ---- pointers

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const pressed = event.pointerType === "pen" && event.pressure > 0 ? 0.5 + event.pressure : 1;
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, width: PEN * pressed };
  }

  pointerDown(event) {
    if (event.button !== 0 || this.pointer !== undefined) {
      return;
    }
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.lift();
    this.cursor.hidden = true;
    this.pointer = event.pointerId;
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch { /* a synthetic pointer cannot be captured */ }
    this.begin(this.place(event));
  }

  pointerMove(event) {
    if (event.pointerId !== this.pointer) {
      return;
    }
    const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of events.length ? events : [event]) {
      this.add(this.place(each));
    }
    this.changed(false);
  }

  pointerUp(event) {
    if (event.pointerId === this.pointer) {
      this.pointer = undefined;
      this.changed(true);
    }
  }

  // ---- the keyboard

  key(event) {
    const step = STEP * (event.shiftKey ? 3 : 1);
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key in moves) {
      const [dx, dy] = moves[event.key];
      this.pen.x = Math.min(Math.max(this.pen.x + dx, 0.04), 0.96);
      this.pen.y = Math.min(Math.max(this.pen.y + dy, 0.04), 0.96);
      if (this.pen.down) {
        this.add({ x: this.pen.x, y: this.pen.y, width: PEN });
        this.changed(false);
      }
    } else if (event.key === " ") {
      if (this.pen.down) {
        this.lift();
        this.changed(true);
      } else {
        this.pen.down = true;
        this.begin({ x: this.pen.x, y: this.pen.y, width: PEN });
      }
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else if (event.key === "z" || event.key === "Z") {
      this.undo();
    } else {
      return;
    }
    event.preventDefault();
    this.cursor.hidden = false;
    this.cursor.classList.toggle("down", this.pen.down);
    this.cursor.style.left = `${100 * this.pen.x}%`;
    this.cursor.style.top = `${100 * this.pen.y}%`;
  }

  lift() {
    this.pen.down = false;
    this.cursor.classList.remove("down");
  }

  // ---- ink

  begin(point) {
    this.strokes.push([point]);
    this.segment(point, point);
    this.changed(false);
  }

  add(point) {
    const stroke = this.strokes.at(-1);
    this.segment(stroke.at(-1), point);
    stroke.push(point);
  }

  segment(from, to) {
    for (const [context, size] of [[this.shown, this.side * SHARP], [this.small, this.side]]) {
      context.strokeStyle = "#fff";
      context.lineCap = context.lineJoin = "round";
      context.lineWidth = to.width * size;
      context.beginPath();
      context.moveTo(from.x * size, from.y * size);
      context.lineTo(to.x * size, to.y * size);
      context.stroke();
    }
  }

  redraw() {
    for (const [context, size] of [[this.small, this.side], [this.shown, this.side * SHARP]]) {
      context.fillStyle = "#000";
      context.fillRect(0, 0, size, size);
    }
    if (this.image) {
      this.small.putImageData(this.image, 0, 0);
      this.shown.drawImage(this.small.canvas, 0, 0, this.side * SHARP, this.side * SHARP);
    }
    for (const stroke of this.strokes) {
      stroke.forEach((point, k) => this.segment(stroke[Math.max(k - 1, 0)], point));
    }
  }
}
