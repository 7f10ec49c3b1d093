// One map, large: every value of it, the numbers it was computed from, and its receptive field in the drawing.

import { about } from "./api.js";
import { colourCell, number, paint } from "./colours.js";

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
    const spot = value.spatial ? `row ${value.index[0]}, column ${value.index[1]} of map ${value.index[2]}` : `value ${value.index[0]}`;
    this.canvas.setAttribute("aria-label", `Map ${this.channel} of ${value.settings}. The arrow keys move over its values.`);
    const parts = [line(`y = ${number(value.value)}`, "big"), line(spot, "soft"), line(value.rule, "rule")];
    if (value.patch) {
      parts.push(...(value.filter ? this.convolution(value) : pooling(value)));
    } else if (value.terms) {
      parts.push(...dense(value));
    } else if (value.x !== undefined) {
      const numbers = Object.entries(value.numbers ?? {}).map(([name, n]) => `, ${name} = ${number(n)}`).join("");
      parts.push(line(`x = ${number(value.x)}${numbers}`));
    }
    const { top, bottom, left, right } = box(value.receptive);
    parts.push(line(`It depends on ${bottom - top} x ${right - left} pixels of what the network sees.`, "soft"));
    this.text.replaceChildren(...parts);
    this.mark(value);
  }

  // The patch of x, the filter, and the sums of the channels. The channel with the largest sum is shown first.
  convolution(value) {
    const C = value.sums.length;
    const order = value.sums.map((_, c) => c).sort((a, b) => Math.abs(value.sums[b]) - Math.abs(value.sums[a]));
    const c = order[0];
    const pick = (array) => array.map((row) => row.map((channels) => channels[c]));
    const shown = document.createElement("div");
    shown.className = "product";
    shown.append(grid(pick(value.patch), C > 1 ? `x, channel ${c}` : "x"), symbol("·"), grid(pick(value.filter), "filter w"), symbol("="),
      line(`${number(value.sums[c])}`, "big"));
    const total = value.sums.reduce((a, b) => a + b, 0);
    const parts = [shown];
    if (C > 1) {
      const named = order.slice(0, 4).map((k) => `${number(value.sums[k])} (channel ${k})`).join(" + ");
      parts.push(line(`All ${C} channels: ${named}${C > 4 ? ` + ${C - 4} more` : ""} = ${number(total)}`));
      parts.push(filters(value.filter, C));
    }
    parts.push(line(`b = ${number(value.b)}, so y = ${number(total)} + ${number(value.b)} = ${number(value.value)}`));
    return parts;
  }

  // The receptive field, on what the network sees and in the drawing.
  mark(value) {
    const [H, W] = [this.entry.array && this.maps.xShape[0], this.maps.xShape[1]];
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

function line(text, kind = "") {
  const paragraph = document.createElement("p");
  paragraph.className = kind;
  paragraph.textContent = text;
  return paragraph;
}

function symbol(text) {
  const span = document.createElement("span");
  span.className = "symbol";
  span.textContent = text;
  return span;
}

// A small table of numbers, coloured by their size. `chosen` is [row, column] of one to mark.
function grid(rows, title, chosen) {
  const largest = Math.max(...rows.flat().map((value) => Math.abs(value ?? 0)));
  const table = document.createElement("table");
  table.className = "grid";
  const caption = document.createElement("caption");
  caption.textContent = title;
  table.append(caption);
  rows.forEach((row, i) => {
    const tr = table.insertRow();
    row.forEach((value, j) => {
      const td = tr.insertCell();
      td.textContent = value === null ? "" : number(Number(value.toPrecision(2)));
      if (value !== null) {
        colourCell(td, value, largest);
      }
      td.classList.toggle("winner", Boolean(chosen) && chosen[0] === i && chosen[1] === j);
    });
  });
  return table;
}

function pooling(value) {
  const rows = value.patch.map((row) => row.map(([x]) => x));
  return [grid(rows, "x in this window", value.winner)];
}

function dense(value) {
  const list = document.createElement("ul");
  list.className = "terms";
  for (const term of value.terms) {
    const item = document.createElement("li");
    item.textContent = `x[${term.d}] * w[${term.d}] = ${number(term.x)} * ${number(term.w)} = ${number(term.product)}`;
    list.append(item);
  }
  return [list, line(`${value.terms_count - value.terms.length} more terms: ${number(value.rest)}; b = ${number(value.b)}`)];
}

// The whole filter: a small picture for each of its channels.
function filters(filter, C) {
  const holder = document.createElement("div");
  holder.className = "filters";
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", `The filter: ${C} channels of ${filter.length} x ${filter[0].length}`);
  const largest = Math.max(...filter.flat(2).map(Math.abs)) || 1;
  for (let c = 0; c < C; c++) {
    const bytes = Uint8Array.from(filter.flatMap((row) => row.map((channels) => Math.round(128 + (127 * channels[c]) / largest))));
    const canvas = document.createElement("canvas");
    canvas.title = `channel ${c}`;
    paint(canvas, { signed: true, bytes }, 0, filter.length, filter[0].length);
    holder.append(canvas);
  }
  return holder;
}
