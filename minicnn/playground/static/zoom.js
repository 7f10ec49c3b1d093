// One map, large: every value of it, the numbers it was computed from, and its receptive field in the drawing.

import { about } from "./api.js";
import { paint } from "./colours.js";
import { numbers } from "./numbers.js";

export class Zoom {
  constructor(input, padField, seenField, side) {
    this.input = input;
    this.fields = { pad: padField, seen: seenField };
    this.side = side;
    this.panel = document.createElement("section");
    this.panel.className = "zoom";
    this.panel.setAttribute("aria-label", "One value");
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.cursor = document.createElement("div");
    this.cursor.className = "cell";
    this.text = document.createElement("div");
    this.text.className = "numbers";
    this.text.setAttribute("role", "status");
    const holder = document.createElement("div");
    holder.className = "large";
    holder.append(this.canvas, this.cursor);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.textContent = "Close";
    close.addEventListener("click", () => this.close(true));
    this.panel.append(holder, this.text, close);
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerdown", (event) => this.point(event));
    this.panel.addEventListener("keydown", (event) => this.key(event));
  }

  open(maps, name, channel) {
    this.maps = maps;
    this.name = name;
    this.channel = channel;
    this.entry = maps.rows.get(name);
    const spatial = this.entry.shape.length === 3;
    const [H, W] = spatial ? this.entry.shape : [1, 1];
    this.row ??= 0;
    this.column ??= 0;
    if (!this.panel.isConnected || this.row >= H || this.column >= W) {
      this.row = Math.floor(H / 2);
      this.column = Math.floor(W / 2);
    }
    this.canvas.parentElement.hidden = !spatial;
    this.entry.row.append(this.panel);
    this.maps.mark(name, channel);
    this.refresh();
    this.canvas.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
  }

  close(focus = false) {
    if (!this.panel.isConnected) {
      return;
    }
    if (focus) {
      this.entry.grid.querySelectorAll("button")[this.entry.shape.length === 3 ? this.channel : 0]?.focus();
    }
    this.panel.remove();
    this.maps.mark(null);
    this.fields.pad.hidden = this.fields.seen.hidden = true;
  }

  point(event) {
    const [H, W] = this.entry.shape;
    const box = this.canvas.getBoundingClientRect();
    this.move(Math.floor(((event.clientY - box.top) / box.height) * H), Math.floor(((event.clientX - box.left) / box.width) * W));
  }

  key(event) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === "Escape") {
      this.close(true);
    } else if (step && event.target === this.canvas) {
      event.preventDefault();
      this.move(this.row + step[0], this.column + step[1]);
    }
  }

  move(row, column) {
    const [H, W] = this.entry.shape;
    row = Math.min(Math.max(row, 0), H - 1);
    column = Math.min(Math.max(column, 0), W - 1);
    if (row !== this.row || column !== this.column) {
      this.row = row;
      this.column = column;
      this.refresh();
    }
  }

  // Draw the map again, and ask for the numbers behind the value.
  async refresh() {
    const input = this.input.current();
    if (!this.panel.isConnected || !input || !this.entry.array) {
      return;
    }
    const { array, shape } = this.entry;
    if (shape.length === 3) {
      const [H, W] = shape;
      paint(this.canvas, array, this.channel * H * W, H, W);
      Object.assign(this.cursor.style, { left: `${(100 * this.column) / W}%`, top: `${(100 * this.row) / H}%`,
        width: `${100 / W}%`, height: `${100 / H}%` });
    }
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    try {
      const where = { layer: this.name.split(" ")[0], channel: this.channel, row: this.row, column: this.column };
      this.show(await about("zoom", input, where));
    } catch (problem) {
      this.text.textContent = problem.message;
    }
    this.asking = false;
    if (this.again) {
      this.again = false;
      this.refresh();
    }
  }

  show(value) {
    if (!this.panel.isConnected) {
      return;
    }
    this.canvas.setAttribute("aria-label", `Map ${this.channel} of ${value.settings}. The arrow keys move over its values.`);
    this.text.replaceChildren(...numbers(value));
    this.mark(value);
  }

  // The receptive field, on what the network sees and in the drawing.
  mark(value) {
    const [H, W] = this.maps.xShape;
    const field = box(value.receptive);
    const clipped = { top: Math.max(field.top, 0), bottom: Math.min(field.bottom, H), left: Math.max(field.left, 0), right: Math.min(field.right, W) };
    place(this.fields.seen, clipped.top / H, clipped.bottom / H, clipped.left / W, clipped.right / W);
    if (!value.frame) {
      this.fields.pad.hidden = true;
      return;
    }
    const [cutTop, cutLeft, cutHeight, cutWidth] = value.frame.cut;
    const [top, left, height, width] = value.frame.placed;
    const y = (row) => (cutTop + ((row - top) * cutHeight) / height) / this.side;
    const x = (column) => (cutLeft + ((column - left) * cutWidth) / width) / this.side;
    place(this.fields.pad, y(clipped.top), y(clipped.bottom), x(clipped.left), x(clipped.right));
  }
}

function box([top, bottom, left, right]) {
  return { top, bottom, left, right };
}

function place(element, top, bottom, left, right) {
  const inside = (value) => Math.min(Math.max(value, 0), 1);
  element.hidden = false;
  Object.assign(element.style, { top: `${100 * inside(top)}%`, left: `${100 * inside(left)}%`,
    height: `${100 * (inside(bottom) - inside(top))}%`, width: `${100 * (inside(right) - inside(left))}%` });
}
