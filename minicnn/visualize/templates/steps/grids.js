// The arrays as grids of numbers, and the light on the cells that take part in a step.

class Grids {
  constructor(view, home) {
    this.view = view;
    this.cells = view.arrays.map(() => []);            // array -> cell -> its element
    this.lit = [];                                     // [element, class] to take away before the next step
    this.state = view.arrays.map((array) => array.labels.map(() => undefined));
    let row = null;
    home.replaceChildren();
    view.arrays.forEach((array, k) => {
      if (row === null || String(array.line) !== row.dataset.line) {
        row = make("div", { class: "row", "data-line": array.line });
        home.append(row);
      }
      row.append(this.figure(array, k));
    });
  }

  figure(array, k) {
    const shape = array.shape.join(" × ");
    const figure = make("figure", { class: `array ${array.role}`, "data-array": array.name });
    const caption = make("figcaption", {}, make("b", {}, array.name), " ", make("span", { class: "shape" }, shape));
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

  dark() {
    for (const [element, kind] of this.lit) element.classList.remove(kind);
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
    [step.write, ...(step.writes || [])].filter(Boolean).forEach((place) => this.light(place, "written"));
    if (step.mark) this.light(step.mark, "marked");
  }

  // Light up everything that flows into a cell.
  flow(place, steps) {
    this.dark();
    for (const k of steps) this.view.steps[k].reads.forEach((read) => this.light(read, "read"));
    this.light(place, "asked");
  }
}
