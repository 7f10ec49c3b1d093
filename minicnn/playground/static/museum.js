// Break it: choose a bug of the museum, and watch a training with it beside one without.

import { get, tell } from "./api.js";
import { number } from "./colours.js";
import { chart } from "./curves.js";

export class Museum {
  constructor(feed, at, attempt) {
    this.at = at;
    this.cards = [];
    feed.addEventListener("report", ({ detail }) => this.show(detail.report));
    at("bug").addEventListener("change", () => this.describe());
    at("break-start").addEventListener("click", () => attempt(async () => {
      await tell("break", { bug: at("bug").value });
      await feed.poll();
    }));
    at("break-stop").addEventListener("click", () => attempt(async () => {
      await tell("pause");
      await feed.poll();
    }));
  }

  // Fetch the cards when the tab is opened first.
  async open() {
    if (this.cards.length) {
      return;
    }
    this.cards = (await get("museum")).cards;
    this.at("bug").replaceChildren(...this.cards.map(({ name }) => new Option(name.replaceAll("-", " "), name)));
    if (this.bug) {
      this.at("bug").value = this.bug;
    }
    this.describe();
    if (this.report) {
      this.show(this.report);
    }
  }

  describe() {
    const card = this.cards.find(({ name }) => name === this.at("bug").value);
    this.at("patch").replaceChildren(...card.patch.split("\n").map((line) => {
      const span = document.createElement("span");
      span.textContent = `${line}\n`;
      span.className = { "-": "minus", "+": "plus" }[line[0]] ?? "";
      return span;
    }));
    this.at("symptom").textContent = card.symptom;
    this.at("fix").textContent = card.fix;
    this.at("where").textContent = card.seen ? `Seen in ${card.seen}.` : "Seen in drafts of our own.";
    this.showCard();
  }

  // The explanation comes after the training with this bug.
  showCard() {
    this.at("card").hidden = !(this.report?.status === "finished" && this.at("bug").value === this.bug);
  }

  show(report) {
    const running = ["running", "pausing"].includes(report.status);
    this.at("break-start").disabled = running;
    this.at("break-stop").disabled = !(report.bug && report.status === "running");
    if (report.bug === null) {
      return;
    }
    const other = report.bug !== this.bug;
    this.bug = report.bug;
    this.report = report;
    if (other && this.cards.length) {
      this.at("bug").value = report.bug;
      this.describe();
    }
    this.showCard();
    const line = (series, name) => report.points.filter((point) => point.series === series).map((point) => [point.step, point[name]]);
    const last = report.facts.steps ?? 1;
    chart(this.at("break-loss"), ["healthy", "broken"].map((name, k) => ({ name: ["right", "with bug"][k], kind: "ab"[k], points: line(name, "loss") })),
      { xLast: last, xName: "step", top: 4, format: number });
    chart(this.at("break-accuracy"), ["healthy", "broken"].map((name, k) => ({ name: ["right", "with bug"][k], kind: "ab"[k], points: line(name, "accuracy") })),
      { xLast: last, xName: "step", top: 1, format: (value) => `${Math.round(100 * value)}%` });
    this.at("break-status").textContent = words(report);
    this.at("verdict-text").textContent = report.facts.verdict ?? "";
  }
}

function words({ status, points, facts, lines }) {
  const last = (series) => points.filter((point) => point.series === series).at(-1);
  if (status === "running") {
    const point = points.at(-1);
    return point ? `Training ${point.series === "healthy" ? "without" : "with"} the bug: step ${point.step} of ${facts.steps}.` : "Getting ready…";
  }
  if (status === "failed") {
    return `The training stopped: ${facts.error}`;
  }
  const stopped = lines.find((text) => text.startsWith("broken"));
  const [right, wrong] = [last("healthy"), last("broken")];
  if (status !== "finished" || !right) {
    return "Stopped.";
  }
  if (stopped || !wrong) {
    return `Without the bug ${Math.round(100 * right.accuracy)}% of the test images are right. With it the training ended early: ${stopped}`;
  }
  return `After ${facts.steps} steps, ${Math.round(100 * right.accuracy)}% of the test images are right without the bug, and ${Math.round(100 * wrong.accuracy)}% with it.`;
}
