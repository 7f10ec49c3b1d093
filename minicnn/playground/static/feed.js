// The reports of the training that runs, or ran last. Every tab reads the same one.

import { get } from "./api.js";

const FAST = 400;                                                  // milliseconds between two questions while it runs
const SLOW = 2000;

export class Feed extends EventTarget {
  constructor() {
    super();
    this.report = { number: -1, status: "idle", facts: {}, points: [], epochs: [], lines: [], snapshot: null, snapshots: 0, bug: null };
    this.poll();
  }

  async poll() {
    clearTimeout(this.timer);
    if (!document.hidden) {
      try {
        await this.ask();
      } catch { /* the page says elsewhere that the server does not answer; ask again */ }
    }
    this.timer = setTimeout(() => this.poll(), ["running", "pausing"].includes(this.report.status) ? FAST : SLOW);
  }

  async ask() {
    const old = this.report;
    const news = await get("training", { after: old.points.length, snapshot: old.snapshots });
    if (news.number !== old.number || news.count < old.points.length) {        // another training: from the beginning
      if (old.points.length || old.snapshots) {
        this.report = { ...old, number: news.number, points: [], snapshots: 0, snapshot: null };
        return this.ask();
      }
    }
    this.report = { ...news, points: [...old.points, ...news.points], snapshot: news.snapshot ?? old.snapshot };
    const changed = news.status !== old.status || news.number !== old.number;
    this.dispatchEvent(new CustomEvent("report", { detail: { report: this.report, fresh: news.snapshot !== null, changed } }));
  }
}
