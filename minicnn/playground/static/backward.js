// Backward: the loss for the label that someone chose, the gradient of every layer, and one learning step.

import { about, tell, unpack } from "./api.js";
import { number } from "./colours.js";
import { Maps } from "./maps.js";

export class Backward extends EventTarget {
  constructor(input, parts) {
    super();
    this.input = input;
    this.parts = parts;                                            // {maps, labels, loss, rate, rateValue, learn, undo, moved}
    this.maps = new Maps(parts.maps);
    this.label = null;                                             // null: the network's own answer
    parts.rate.addEventListener("input", () => { parts.rateValue.value = number(this.rate); });
    parts.learn.addEventListener("click", () => this.learn());
    parts.undo.addEventListener("click", () => this.undo());
  }

  get rate() {
    return Number((10 ** Number(this.parts.rate.value)).toPrecision(3));
  }

  arrange(network) {
    const back = network.layers.map((layer) => ({ ...layer, text: `dL/dy of ${layer.text}` })).reverse();
    this.maps.arrange([...back, { name: "x", shape: network.x_shape, text: "dL/dx: what each pixel does to the loss", large: true }]);
    this.label = null;
    this.parts.labels.replaceChildren(...network.classes.map((name, label) => {
      const holder = document.createElement("label");
      holder.className = "button";
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = "label";
      radio.value = label;
      radio.addEventListener("change", () => { this.label = label; this.refresh(); });
      holder.append(radio, name);
      return holder;
    }));
  }

  // Another drawing: until someone says what it should be, it should be what the network says.
  answered(best) {
    this.best = best;
    this.refresh();
  }

  forget() {
    this.label = null;
    this.best = undefined;
    this.parts.loss.textContent = "–";
    this.parts.moved.replaceChildren();
    this.maps.place.classList.add("idle");
    for (const radio of this.parts.labels.querySelectorAll("input")) {
      radio.checked = false;
    }
  }

  get chosen() {
    return this.label ?? this.best;
  }

  async refresh() {
    if (!this.visible || this.best === undefined) {
      return;
    }
    this.parts.labels.querySelectorAll("input")[this.chosen].checked = true;
    this.again = true;
    if (this.asking) {
      return;
    }
    this.asking = true;
    while (this.again) {
      this.again = false;
      const input = this.input.current();
      if (!input) {
        break;
      }
      try {
        this.show(unpack(await about("backward", input, { label: this.chosen })));
      } catch (problem) {
        this.parts.loss.textContent = problem.message;
      }
    }
    this.asking = false;
  }

  show({ facts, arrays }) {
    this.maps.place.classList.remove("idle");
    this.parts.loss.textContent = number(facts.loss);
    this.maps.show(arrays, (name) => `root mean square ${number(facts.rms[name])}`);
    this.dispatchEvent(new CustomEvent("shown", { detail: { facts, arrays } }));
  }

  async learn() {
    const input = this.input.current();
    if (!input || this.chosen === undefined) {
      this.say("Draw something first.");
      return;
    }
    try {
      const step = await about("learn", input, { label: this.chosen, lr: this.rate });
      this.label = this.chosen;                                    // the next step learns the same
      this.showStep(step);
      this.dispatchEvent(new CustomEvent("changed", { detail: step }));
    } catch (problem) {
      this.say(problem.message);
    }
  }

  async undo() {
    try {
      const changes = await tell("undo");
      this.say(`The step was taken back. ${changes.steps} learning step${changes.steps === 1 ? " remains" : "s remain"}.`);
      this.dispatchEvent(new CustomEvent("changed", { detail: changes }));
    } catch (problem) {
      this.say(problem.message);
    }
  }

  say(text) {
    this.parts.moved.textContent = text;
  }

  // What one step did: the loss, and how far each parameter moved.
  showStep(step) {
    const loss = document.createElement("p");
    const [before, after] = [number(step.loss_before), number(step.loss_after)];
    const changed = [step.loss_after < step.loss_before ? "fell" : "rose", " from ", strong(before), " to ", strong(after)];
    loss.append("The loss ", ...(before === after ? ["stayed at ", strong(after)] : changed),
      `. The gradient alone promised a change of ${number(step.promised)}: `
      + "-lr times the sum of the squares of all gradients. The smaller the step, the better the promise.");
    const table = document.createElement("table");
    table.className = "moved";
    table.createTHead().innerHTML = "<tr><th scope=col>parameter<th scope=col>shape<th scope=col>gradient<th scope=col>step"
      + "<th scope=col>step / weight<th scope=col aria-hidden=true></tr>";
    const body = table.createTBody();
    const largest = Math.max(...step.moved.map((row) => row.relative));
    for (const row of step.moved) {
      const tr = body.insertRow();
      for (const text of [row.name, row.shape.join(" x "), number(row.gradient), number(row.step), `${number(100 * row.relative)}%`]) {
        tr.insertCell().textContent = text;
      }
      const bar = document.createElement("span");
      bar.className = "moved-bar";
      bar.style.width = `${largest ? (100 * row.relative) / largest : 0}%`;
      tr.insertCell().append(bar);
    }
    const scroll = document.createElement("div");
    scroll.className = "scroll";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "How far each parameter moved");
    scroll.append(table);
    const note = document.createElement("p");
    note.className = "soft";
    note.textContent = "Gradient, step and weight are root mean squares over the parameter.";
    this.parts.moved.replaceChildren(loss, scroll, note);
  }
}

function strong(text) {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}
