// The equation of a step with its numbers, the running sum, and the loop counters.

const Equation = {
  home: document.getElementById("equation"),
  running: document.getElementById("running"),
  loops: document.getElementById("loops"),
  said: document.getElementById("said"),
  stage: document.getElementById("stage-name"),

  // Show step k of a view; -1 is the start. `speak`: also tell a screen reader.
  show(view, k, speak) {
    const step = view.steps[k];
    const stage = view.stageOf(Math.max(k, 0));
    this.stage.textContent = stage ? stage.name : "";
    this.home.replaceChildren(...(step ? parts(view, step) : [make("span", { class: "hint" }, `${view.length} steps. Press play, or the right arrow key.`)]));
    this.sum(view, step, k);
    this.loops.replaceChildren(...(step ? step.loops : []).map(([name, value]) =>
      make("span", { class: "counter" }, make("i", {}, name), ` ${value}`)));
    this.said.textContent = speak && step ? sentence(view, step) : "";
  },

  // The numbers that the cell has held so far, if the step adds to it.
  sum(view, step, k) {
    this.running.replaceChildren();
    if (!step || step.before === undefined) return;
    const [array, cell] = step.write;
    const soFar = view.writers[array].get(cell).filter((writer) => writer <= k);
    const all = view.writers[array].get(cell).length;
    const numbers = soFar.slice(-12).map((writer) => view.text(view.steps[writer].write[2]));
    this.running.append(`${step.sign === "+" ? "running sum of" : "values of"} ${view.label(array, cell)}, ${soFar.length} of ${all}: `);
    if (soFar.length > 12) this.running.append("… ");
    numbers.forEach((text, n) => this.running.append(make(n === numbers.length - 1 ? "b" : "span", {}, text), " "));
  },
};

// The elements of an equation: numbers that stand in cells carry the cell's name and colour.
function parts(view, step) {
  const found = [];
  if (step.write) {
    found.push(block(view, step.write, "written"), sign("="));
    if (step.before !== undefined) found.push(block(view, [...step.write.slice(0, 2), step.before], "before"), sign(step.sign));
  } else if (step.text) {
    found.push(make("span", { class: "local" }, step.text));
    if (!step.reads.length) return found;
    found.push(sign("="));
  }
  return found.concat(terms(view, step));
}

// The right-hand side alone.
function terms(view, step) {
  return step.equation.map((token) => (typeof token === "string" ? sign(token) : block(view, step.reads[token], "read")));
}

function sign(text) { return make("span", { class: "sign" }, text); }

function block(view, [array, cell, number], kind) {
  return make("span", { class: `block ${view.arrays[array].role} ${kind}` }, make("b", {}, view.text(number)),
    make("small", {}, view.label(array, cell)));
}

// The equation as words, for a screen reader.
function sentence(view, step) {
  const right = step.equation.map((token) =>
    (typeof token === "string" ? token : `${view.label(...step.reads[token])} ${view.text(step.reads[token][2])}`)).join("");
  if (!step.write) return `${step.text} = ${right}`;
  const before = step.before === undefined ? "" : `${view.text(step.before)} ${step.sign === "+" ? "plus" : "minus"} `;
  return `${view.label(...step.write)} = ${before}${right} = ${view.text(step.write[2])}`;
}
