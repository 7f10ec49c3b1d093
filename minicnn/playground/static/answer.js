// The answer: a bar for each class, and one sentence for a screen reader.

const QUIET = 600;                                                 // milliseconds without a change before it is said aloud

export class Answer {
  constructor(bars, verdict) {
    this.bars = bars;
    this.verdict = verdict;
    this.rows = [];
  }

  arrange(classes) {
    this.classes = classes;
    this.rows = classes.map((name) => {
      const row = document.createElement("div");
      row.className = "bar";
      const label = document.createElement("span");
      label.textContent = name;
      const track = document.createElement("span");
      track.className = "track";
      const fill = document.createElement("span");
      track.append(fill);
      const value = document.createElement("span");
      value.className = "value";
      row.append(label, track, value);
      return { row, fill, value };
    });
    this.bars.replaceChildren(...this.rows.map(({ row }) => row));
    this.empty();
  }

  show(probabilities, best) {
    probabilities.forEach((p, k) => {
      const { row, fill, value } = this.rows[k];
      fill.style.transform = `scaleX(${p ?? 0})`;
      value.textContent = percent(p);
      row.classList.toggle("best", k === best);
    });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.verdict.textContent = `The network says ${this.classes[best]}, with probability ${percent(probabilities[best])}.`;
    }, QUIET);
  }

  empty(text = "Draw something, and the network answers while you draw.") {
    clearTimeout(this.timer);
    for (const { row, fill, value } of this.rows) {
      fill.style.transform = "scaleX(0)";
      value.textContent = "";
      row.classList.remove("best");
    }
    this.verdict.textContent = text;
  }
}

export function percent(p) {
  if (p === null) {
    return "?";
  }
  if (p < 1 && p > 0.999) {
    return ">99.9%";
  }
  return p > 0 && p < 0.001 ? "<0.1%" : `${(100 * p).toFixed(1)}%`;
}
