// Every layer's maps: one button for each map, one row of cells for a layer without pixels.

import { legend, number, paint } from "./colours.js";

const CELL = 12;                                                   // pixels on the screen of one number of a vector
const SHOWN = 64;                                                  // maps of a layer that are shown before 'show all'

export class Maps {
  // `choose(layer, channel)` is called when someone clicks a map; without it the maps are pictures.
  constructor(place, choose) {
    this.place = place;
    this.choose = choose;
    this.rows = new Map();
    // Most layers are outside the window: they are drawn when someone scrolls to them.
    this.watcher = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        const entry = [...this.rows.values()].find(({ row }) => row === target);
        if (entry) {
          entry.visible = isIntersecting;
          this.draw(entry);
        }
      }
    }, { rootMargin: "200px" });
  }

  // Make the rows for these layers, [{name, text, shape}], in the order in which they are to be read.
  arrange(layers) {
    this.place.replaceChildren();
    this.rows.clear();
    this.watcher.disconnect();
    for (const layer of layers) {
      const row = document.createElement("section");
      row.className = "layer";
      const title = document.createElement("h3");
      title.textContent = layer.text;
      const about = document.createElement("p");
      about.className = "scale";
      const grid = document.createElement("div");
      grid.className = layer.shape.length === 3 ? "maps" : "vector";
      row.append(title, about, grid);
      this.place.append(row);
      this.rows.set(layer.name, { ...layer, row, about, grid, canvases: [] });
      this.fill(this.rows.get(layer.name));
      this.watcher.observe(row);
    }
  }

  fill(entry) {
    if (entry.shape.length !== 3) {
      entry.grid.append(this.vector(entry));
      return;
    }
    const [H, W, C] = entry.shape;
    entry.grid.style.setProperty("--map", `${entry.large ? 280 : Math.min(Math.max(2 * W, 48), 84)}px`);
    for (let c = 0; c < Math.min(C, entry.all ? C : SHOWN); c++) {
      const canvas = document.createElement("canvas");
      const holder = document.createElement(this.choose ? "button" : "span");
      holder.className = "map";
      if (this.choose) {
        holder.type = "button";
        holder.tabIndex = c === 0 ? 0 : -1;
        holder.setAttribute("aria-label", `Map ${c} of ${entry.text}`);
        holder.addEventListener("click", () => this.choose(entry.name, c));
      }
      holder.append(canvas);
      entry.grid.append(holder);
      entry.canvases.push(canvas);
    }
    if (this.choose) {
      entry.grid.addEventListener("keydown", (event) => roam(event, entry.grid));
    }
    if (C > entry.canvases.length) {
      const more = document.createElement("button");
      more.type = "button";
      more.textContent = `show all ${C}`;
      more.addEventListener("click", () => {
        entry.all = true;
        entry.canvases = [];
        entry.grid.replaceChildren();
        this.fill(entry);
        this.draw(entry);
      });
      entry.grid.append(more);
    }
  }

  vector(entry) {
    const canvas = document.createElement("canvas");
    const D = entry.shape[0];
    entry.columns = Math.min(D, 32);
    canvas.style.width = `${entry.columns * (D > 16 ? CELL : 2 * CELL)}px`;
    entry.canvases.push(canvas);
    if (!this.choose) {
      return canvas;
    }
    const holder = document.createElement("button");
    holder.type = "button";
    holder.className = "map strip";
    holder.setAttribute("aria-label", `${D} values of ${entry.text}; Enter opens the first`);
    holder.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const rows = Math.ceil(D / entry.columns);
      const inside = event.detail > 0;                             // 0: it was the keyboard
      const column = inside ? Math.floor(((event.clientX - box.left) / box.width) * entry.columns) : 0;
      const row = inside ? Math.floor(((event.clientY - box.top) / box.height) * rows) : 0;
      this.choose(entry.name, Math.min(Math.max(row * entry.columns + column, 0), D - 1));
    });
    holder.append(canvas);
    return holder;
  }

  // Draw the arrays of an answer: name -> {shape, bytes, ...}. `more(name)` gives a text for a layer's scale.
  show(arrays, more = () => "") {
    for (const [name, entry] of this.rows) {
      entry.array = arrays.get(name);
      entry.more = more(name);
      this.draw(entry);
    }
  }

  draw(entry) {
    const { array, canvases } = entry;
    if (!array) {
      return;
    }
    if (!entry.visible) {
      this.label(entry);
      return;
    }
    if (entry.shape.length === 3) {
      const [, H, W] = array.shape;
      canvases.forEach((canvas, c) => paint(canvas, array, c * H * W, H, W));
    } else {
      const D = array.shape[0];
      const rows = Math.ceil(D / entry.columns);
      const bytes = new Uint8Array(rows * entry.columns).fill(array.signed ? 128 : 0);
      bytes.set(array.bytes);
      paint(canvases[0], { ...array, bytes }, 0, rows, entry.columns);
    }
    this.label(entry);
  }

  label(entry) {
    const { array } = entry;
    const largest = Math.max(Math.abs(array.low ?? 0), Math.abs(array.high ?? 0));
    const [first, last] = array.signed ? [-largest, largest] : [0, largest];
    const scale = `${number(first)}|${number(last)}|${array.signed}|${entry.more}`;
    if (entry.scale !== scale) {                                   // text is slow to lay out
      entry.scale = scale;
      entry.about.replaceChildren(sizes(entry.shape), " ", number(first), " ", legend(array), " ", number(last), " ", entry.more);
    }
  }

  redraw() {
    for (const entry of this.rows.values()) {
      entry.scale = null;
      this.draw(entry);
    }
  }

  // Mark the map that someone looks at.
  mark(name, channel) {
    for (const marked of this.place.querySelectorAll(".chosen")) {
      marked.classList.remove("chosen");
    }
    const entry = this.rows.get(name);
    if (entry && entry.shape.length === 3) {
      entry.grid.children[channel]?.classList.add("chosen");
    }
  }
}

function sizes(shape) {
  const span = document.createElement("span");
  span.className = "soft";
  span.textContent = shape.length === 3 ? `${shape[2]} maps of ${shape[0]} x ${shape[1]},` : `${shape[0]} values,`;
  return span;
}

// Arrow keys move between the maps of a layer; Tab leaves it.
function roam(event, grid) {
  const buttons = [...grid.querySelectorAll("button.map")];
  const at = buttons.indexOf(document.activeElement);
  const columns = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  const next = buttons[at + step];
  if (at >= 0 && next) {
    event.preventDefault();
    buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
