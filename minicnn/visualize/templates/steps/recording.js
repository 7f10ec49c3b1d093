// What was recorded: the arrays, the steps, and which step wrote which cell. Nothing is computed here, only looked up.

class View {
  constructor(recorded) {
    Object.assign(this, recorded);
    this.length = this.steps.length;
    this.writers = this.arrays.map(() => new Map());   // array -> cell -> the steps that wrote it
    this.readers = this.arrays.map(() => new Map());
    this.steps.forEach((step, k) => {
      if (step.write) note(this.writers[step.write[0]], step.write[1], k);
      for (const [array, cell] of step.reads) note(this.readers[array], cell, k);
      const before = this.steps[k - 1];
      step.window = before && before.group === step.group ? before.window : { first: k, last: k };
      step.window.last = k;
    });
  }

  // The index of the number in every cell of every array after `count` steps; null where there is none yet.
  after(count) {
    const state = this.arrays.map((array) => array.start.slice());
    for (let k = 0; k < count; k++) this.apply(state, k);
    return state;
  }

  // Let step k change a state.
  apply(state, k) {
    const step = this.steps[k];
    for (const [array, cell, number] of step.sets || []) state[array][cell] = number;
    if (step.write) state[step.write[0]][step.write[1]] = step.write[2];
  }

  text(number) { return number === null ? "" : this.numbers[number][1]; }

  label(array, cell) { return `${this.arrays[array].name}[${this.arrays[array].labels[cell]}]`; }

  // All steps whose numbers flow into a cell: those that wrote it, and those that computed their local variables.
  flowsInto(array, cell) {
    const found = new Set();
    const follow = (k) => {
      if (found.has(k)) return;
      found.add(k);
      (this.steps[k].via || []).forEach(follow);
    };
    (this.writers[array].get(cell) || []).forEach(follow);
    return [...found].sort((a, b) => a - b);
  }

  // The name of the part of the run that a step belongs to.
  stageOf(k) {
    return this.stages.filter((stage) => stage.first <= k).at(-1) || null;
  }
}

function note(map, key, value) {
  if (!map.has(key)) map.set(key, []);
  if (map.get(key).at(-1) !== value) map.get(key).push(value);
}

const recording = JSON.parse(document.getElementById("recording").textContent);
const views = recording.views.map((recorded) => new View(recorded));

// A new element with attributes, text and children.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
