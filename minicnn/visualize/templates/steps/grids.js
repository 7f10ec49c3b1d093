// The arrays as grids of numbers, and the light on the cells that take part in a step.

class Grids {
  constructor(view, home) {
    this.view = view;
    this.cells = view.arrays.map(() => []);            // array -> cell -> its element
    this.lit = [];                                     // [element, class] to take away before the next step
    this.state = view.arrays.map((array) => array.labels.map(() => undefined));
    const sides = [...new Set(view.arrays.map((array) => array.side))].map(() => make("div", { class: "side" }));
    home.replaceChildren(...sides);
    home.classList.toggle("many", view.arrays.length > 12);
    view.arrays.forEach((array, k) => {
      let row = sides[array.side].lastElementChild;
      if (!row || String(array.line) !== row.dataset.line) {
        row = make("div", { class: "row", "data-line": array.line });
        sides[array.side].append(row);
      }
      row.append(this.figure(array, k));
    });
  }

  figure(array, k) {
    const shape = array.shape.join(" × ");
    const figure = make("figure", { class: `array ${array.role}`, "data-array": array.name });
    const caption = make("figcaption", {}, make("b", {}, array.name), " ", make("span", { class: "shape" }, shape + (array.note ? "," : "")));
    if (array.note) caption.append(" ", make("span", { class: "note" }, array.note));
    const panels = make("div", { class: "panels" });
    array.panels.forEach((panel, p) => panels.append(this.panel(array, k, panel, p)));
    figure.append(caption, panels);
    return figure;
  }

  panel(array, k, panel, p) {
    const wide = Math.max(...panel.rows.map((row) => row.length));
    const table = make("table", { role: "grid", class: wide > 12 ? "tiny" : wide > 8 ? "small" : "",
      "aria-label": `${array.name}${panel.label ? ", " + panel.label : ""}: ${panel.rows.length} rows, ${wide} columns` });
    const frame = new Set(array.frame);
    panel.rows.forEach((row, i) => {
      const line = make("tr", { role: "row" });
      row.forEach((cell, j) => {
        const element = make("td", { role: "gridcell", "data-cell": cell, tabindex: i + j === 0 ? 0 : -1 });
        if (frame.has(cell)) element.className = "frame";
        element.place = [k, cell];
        this.cells[k][cell] = element;
        line.append(element);
      });
      if (array.rows && p === 0) line.append(make("th", { scope: "row" }, array.rows[i]));
      table.append(line);
    });
    return make("div", { class: "panel" }, ...(panel.label ? [make("span", { class: "label" }, panel.label)] : []), table);
  }

  // Show the numbers of a state.
  fill(state) {
    state.forEach((numbers, array) => numbers.forEach((number, cell) => {
      if (this.state[array][cell] === number) return;
      this.state[array][cell] = number;
      const element = this.cells[array][cell];
      if (!element) return;
      const [value, text, short] = number === null ? ["", "", ""] : this.view.numbers[number];
      element.textContent = short || text;
      element.dataset.value = value;
      element.classList.toggle("long", (short || text).length > 5);
      element.setAttribute("aria-label", `${this.view.label(array, cell)} ${number === null ? "is empty" : "= " + text}`);
    }));
  }

  light([array, cell], kind) {
    const element = this.cells[array][cell];
    if (!element) return;
    element.classList.add(kind);
    this.lit.push([element, kind]);
  }

  // A frame around the pixels of one window, a little smaller for each further window.
  frame(window, n) {
    const touched = this.view.arrays.map(() => new Set());
    for (let k = window.first; k <= window.last; k++) {
      const step = this.view.steps[k];
      for (const [array, cell] of [...step.reads, step.write].filter(Boolean)) touched[array].add(this.cells[array][cell]);
    }
    this.view.arrays.forEach((array, k) => {
      if (array.role !== "input" || array.shape.length !== 4 || touched[k].size < 2) return;
      for (const panel of new Set([...touched[k]].map((cell) => cell.closest(".panel")))) {
        const cells = [...touched[k]].filter((cell) => panel.contains(cell));
        const left = Math.min(...cells.map((cell) => cell.offsetLeft)), top = Math.min(...cells.map((cell) => cell.offsetTop));
        const right = Math.max(...cells.map((cell) => cell.offsetLeft + cell.offsetWidth));
        const bottom = Math.max(...cells.map((cell) => cell.offsetTop + cell.offsetHeight));
        const inset = 2.5 * n - 2, table = panel.querySelector("table");
        const outline = make("span", { class: "window", "aria-hidden": "true" });
        Object.assign(outline.style, { left: `${left + inset + table.offsetLeft}px`, top: `${top + inset + table.offsetTop}px`,
          width: `${right - left - 2 * inset}px`, height: `${bottom - top - 2 * inset}px` });
        const same = [...panel.querySelectorAll(".window")].some((other) => other.style.cssText === outline.style.cssText);
        if (!same) panel.append(outline);
      }
    });
  }

  // Scroll to the array that a step writes, if it is out of sight.
  follow(k) {
    const step = this.view.steps[k];
    const element = step && step.write && this.cells[step.write[0]][step.write[1]];
    if (!element) return;
    const { top, bottom } = element.getBoundingClientRect();
    const hidden = top < document.getElementById("now").getBoundingClientRect().bottom
      || bottom > document.getElementById("controls").getBoundingClientRect().top;
    if (hidden) element.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  dark() {
    for (const [element, kind] of this.lit) element.classList.remove(kind);
    document.querySelectorAll(".window").forEach((outline) => outline.remove());
    this.lit = [];
  }

  // Light up step k: the cells of its window softly, then those that it reads and writes.
  step(k) {
    this.dark();
    if (k < 0) return;
    const step = this.view.steps[k];
    for (let s = step.window.first; s <= step.window.last; s++) {
      this.view.steps[s].reads.forEach((place) => this.light(place, "near"));
      if (this.view.steps[s].write) this.light(this.view.steps[s].write, "near");
    }
    step.reads.forEach((place) => this.light(place, "read"));
    if (step.write) this.light(step.write, "written");
    if (step.mark) this.light(step.mark, "marked");
  }

  // Light up everything that flows into a cell, and frame the windows that it comes from.
  flow(place, steps) {
    this.dark();
    const windows = [...new Set(steps.map((k) => this.view.steps[k].window))];
    windows.forEach((window, n) => this.frame(window, windows.length <= 4 ? n : 0));
    for (const k of steps) this.view.steps[k].reads.forEach((read) => this.light(read, "read"));
    this.light(place, "asked");
  }
}
