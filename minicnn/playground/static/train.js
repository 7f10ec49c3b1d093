// Training in sight: the form, the curves, the filters, and what the network makes of a few fixed images.

import { tell, unpackText } from "./api.js";
import { legend, number, paint, paintPixels } from "./colours.js";
import { chart } from "./curves.js";

const STATUS = {
  idle: "No training has run yet.", running: "Training", pausing: "Saving a checkpoint…", paused: "Paused", finished: "Finished",
  failed: "The training stopped",
};

export class Train {
  constructor(feed, at, attempt, opened) {
    this.feed = feed;
    this.at = at;
    at("train-form").addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(async () => {
        await tell("train", this.settings());
        await feed.poll();
      });
    });
    for (const name of ["pause", "resume"]) {
      at(name).addEventListener("click", () => attempt(async () => {
        await tell(name);
        await feed.poll();
      }));
    }
    at("open").addEventListener("click", () => attempt(async () => {
      await tell("open");
      await opened();
    }));
    feed.addEventListener("report", ({ detail }) => this.show(detail));
  }

  offerMnist() {
    const select = this.at("train-form").elements.data;
    if (select.options.length === 1) {
      select.append(new Option("MNIST: real handwriting", "mnist"));
    }
  }

  settings() {
    const form = new FormData(this.at("train-form"));
    const settings = {};
    for (const [name, value] of form) {
      if (value !== "") {
        settings[name] = ["data", "model", "optimizer"].includes(name) ? value : Number(value);
      }
    }
    if (settings.model === "lenet5") {
      delete settings.width;                                       // its channels are those of 1998
    }
    return settings;
  }

  show({ report, fresh, changed }) {
    const { status, facts, bug } = report;
    const ours = bug === null;
    this.at("train-form").querySelector("button").disabled = ["running", "pausing"].includes(status);
    this.at("pause").disabled = !(ours && status === "running");
    this.at("resume").disabled = !(ours && status === "paused");
    this.at("open").disabled = !(ours && status === "finished");
    if (!ours) {
      return;
    }
    this.at("train-status").textContent = sentence(report);
    this.at("train-folder").textContent = facts.folder
      ? `The run folder is ${facts.folder}.` + (status === "paused" ? ` In a terminal: ${facts.resume}` : "") : "";
    this.at("train-lines").textContent = report.lines.join("\n");
    const last = facts.steps ?? 1;
    const losses = report.points.map(({ step, loss }) => [step, loss]);
    const right = report.points.map(({ step, accuracy }) => [step, accuracy]);
    const perEpoch = facts.steps_per_epoch ?? 1;
    const validation = (name) => report.epochs.map((row) => [row.epoch * perEpoch, row[name]]);
    chart(this.at("train-loss"), [{ name: "training", kind: "a", points: losses },
      { name: "validation", kind: "dots", points: validation("validation_loss") }], { xLast: last, xName: "step", format: number });
    chart(this.at("train-accuracy"), [{ name: "training", kind: "a", points: right },
      { name: "validation", kind: "dots", points: validation("validation_accuracy") }], { xLast: last, xName: "step", top: 1, format: percent });
    if (changed && !report.snapshot) {
      this.at("train-inside").hidden = true;
    }
    if (fresh && report.snapshot) {
      this.inside(report);
    }
  }

  inside({ snapshot, facts }) {
    this.at("train-inside").hidden = false;
    if (snapshot.filters) {
      const filters = unpackText(snapshot.filters);
      const [F, H, W] = filters.shape;
      const place = this.at("train-filters");
      fit(place, F, () => document.createElement("canvas"));
      place.style.setProperty("--map", "44px");
      [...place.children].forEach((canvas, f) => paint(canvas, filters, f * H * W, H, W));
      const largest = Math.max(Math.abs(filters.low), Math.abs(filters.high));
      this.at("filters-scale").replaceChildren(number(filters.signed ? -largest : 0), " ", legend(filters), " ", number(largest));
    }
    const place = this.at("train-images");
    fit(place, facts.images.length, imageRow);
    [...place.children].forEach((row, n) => {
      const [picture, text, ...layers] = row.children;
      paintPixels(picture, unpackText(facts.images[n]));
      const right = snapshot.predicted[n] === facts.labels[n];
      text.textContent = `${facts.classes[facts.labels[n]]}: ${right ? "✓" : "✗"} ${facts.classes[snapshot.predicted[n]]} `
        + percent(snapshot.probability[n]);
      text.className = right ? "right" : "wrong";
      snapshot.maps[n].forEach((layer, k) => {
        const maps = unpackText(layer);
        const [C, H, W] = maps.shape;
        fit(layers[k], C, () => document.createElement("canvas"));
        [...layers[k].children].forEach((canvas, c) => paint(canvas, maps, c * H * W, H, W));
      });
    });
  }
}

function sentence({ status, facts, points, lines }) {
  const parts = [STATUS[status]];
  if (status === "running") {
    parts[0] = points.length ? `Training: step ${points.at(-1).step} of ${facts.steps}, loss ${number(points.at(-1).loss)}`
      : `Getting ready: ${lines.at(-1) ?? "starting a process, loading images"}`;
  } else if (status === "finished" && facts.test_accuracy !== undefined) {
    parts.push(`${percent(facts.test_accuracy)} of the test images are right`);
  } else if (status === "failed") {
    parts.push(facts.error);
  }
  return parts.join(": ");
}

function imageRow() {
  const row = document.createElement("div");
  row.className = "fixed";
  const picture = document.createElement("canvas");
  picture.className = "picture";
  row.append(picture, document.createElement("span"));
  for (let k = 0; k < 2; k++) {
    const maps = document.createElement("span");
    maps.className = "maps";
    row.append(maps);
  }
  return row;
}

// Give `place` exactly `count` children.
function fit(place, count, make) {
  while (place.children.length < count) {
    place.append(make());
  }
  while (place.children.length > count) {
    place.lastChild.remove();
  }
}

function percent(value) {
  return value === null ? "?" : `${(100 * value).toFixed(value > 0.995 && value < 1 ? 1 : 0)}%`;
}
