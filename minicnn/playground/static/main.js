// The page: it joins the modules. Each of them has one job.

import { Answer } from "./answer.js";
import { get, onConnection } from "./api.js";
import { Backward } from "./backward.js";
import { onTheme, paintPixels } from "./colours.js";
import { Feed } from "./feed.js";
import { Input } from "./input.js";
import { Maps } from "./maps.js";
import { Museum } from "./museum.js";
import { Pad } from "./pad.js";
import { tabs } from "./tabs.js";
import { Train } from "./train.js";
import { Zoom } from "./zoom.js";

const at = (name) => document.getElementById(name);
const POLL = 1000;                                                 // milliseconds between two looks at the server
const NONE = "no network yet";

const first = await untilAnswered(() => get("state"));
const pad = new Pad(at("pad"), first.side);
const input = new Input(pad);
const answer = new Answer(at("bars"), at("verdict"));
const zoom = new Zoom(input, at("pad-field"), at("seen-field"), first.side);
const forward = new Maps(at("forward-maps"), (layer, channel) => zoom.open(forward, layer, channel));
const backward = new Backward(input, { maps: at("backward-maps"), labels: at("labels"), loss: at("loss"), rate: at("rate"),
  rateValue: at("rate-value"), learn: at("learn"), undo: at("undo"), moved: at("moved") });
const feed = new Feed();
const train = new Train(feed, at, attempt, async () => { await refresh(); show("forward"); });
const museum = new Museum(feed, at, attempt);
let version = 0;
let network = null;

// ---- the answer to a drawing

input.addEventListener("answer", (event) => {
  const { facts, arrays } = event.detail;
  answer.show(facts.probabilities, facts.best);
  paintPixels(at("seen"), arrays.get("seen"));
  forward.place.classList.remove("idle");
  forward.show(arrays);
  backward.answered(facts.best);
  at("pad-hint").hidden = true;
  at("pad").setAttribute("aria-label", `Drawing pad; the network says ${network.classes[facts.best]}`);
  zoom.refresh();
  if (facts.version !== version) {
    refresh();
  }
});

input.addEventListener("empty", () => {
  answer.empty();
  at("pad-hint").hidden = false;
  at("pad").setAttribute("aria-label", "Drawing pad, empty");
  at("seen").getContext("2d").clearRect(0, 0, 999, 999);
  forward.place.classList.add("idle");
  backward.forget();
  zoom.close();
});

input.addEventListener("shown", (event) => {                       // benchmarks/playground.py listens
  document.dispatchEvent(new CustomEvent("playground-shown", { detail: event.detail }));
});

input.addEventListener("problem", (event) => {
  answer.empty(event.detail.message);
});

at("clear").addEventListener("click", () => pad.clear());
at("undo-stroke").addEventListener("click", () => pad.undo());
at("upload").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) {
    await attempt(() => input.upload(file));
  }
});

backward.addEventListener("changed", () => attempt(refresh));

// ---- the network, and what other tabs do to it

async function refresh() {
  const state = await get("state");
  if (state.mnist) {
    train.offerMnist();
  }
  offer(state);
  if (state.network && state.network.version !== version) {
    const changed = state.network.folder !== network?.folder || !network;
    network = state.network;
    version = network.version;
    input.ready = true;
    if (changed) {
      arrange();
    }
    input.ask();
  }
  at("undo").disabled = !state.network?.undo;
  if (!state.network && at("network").textContent !== NONE) {      // once: then people may look at the other tabs
    at("network").textContent = NONE;
    show("train");
  }
  if (network) {
    network.steps = state.network.steps;
    at("network").textContent = `${network.folder}: ${network.parameters.toLocaleString("en")} parameters`
      + (network.steps ? `, ${network.steps} learning step${network.steps > 1 ? "s" : ""} away from its file` : "");
  }
}

// What is worth knowing before the answers are believed.
function offer(state) {
  const place = at("offer");
  const training = ["running", "pausing"].includes(state.training.status);
  const key = `${state.network?.folder} ${state.mnist} ${training}`;
  if (place.dataset.key === key) {
    return;
  }
  place.dataset.key = key;
  place.hidden = false;
  if (!state.network) {
    place.textContent = "There is no trained network yet. " + (training ? "One is being trained now: see the tab Train. In a few seconds you can draw."
      : "Train one in the tab Train, then choose 'Draw for this network'.");
  } else if (state.network.data === "digits") {
    place.textContent = "This network has only seen digits that the program drew. It reads real handwriting worse than those. ";
    if (state.mnist) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Train one on MNIST";
      button.addEventListener("click", () => {
        at("train-form").elements.data.value = "mnist";
        at("train-form").elements.limit.value = "10000";
        show("train");
        at("train-form").querySelector("button").focus();
      });
      place.append("MNIST, 60,000 real digits, is on this machine: ", button);
    } else {
      place.append("To train one on real handwriting: minicnn train --data mnist, which downloads 11 MB.");
    }
  } else {
    place.hidden = true;
  }
}

function arrange() {
  zoom.close();
  answer.arrange(network.classes);
  forward.arrange(network.layers);
  forward.xShape = network.x_shape;
  backward.arrange(network);
  const digits = network.kind === "digit";
  at("draw-title").textContent = digits ? "Draw a digit" : "Draw, or upload an image";
  at("examples").replaceChildren(...network.classes.map((name, label) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => attempt(() => input.example(label, at("example-source").value)));
    return button;
  }));
  at("examples").parentElement.hidden = !digits;
}

// ---- what goes wrong

function notice(text) {
  at("notice").textContent = text;
  at("notice").hidden = !text;
}

async function attempt(action) {
  try {
    notice("");
    await action();
  } catch (problem) {
    notice(problem.message);
  }
}

async function untilAnswered(question) {
  for (;;) {
    try {
      return await question();
    } catch (problem) {
      at("network").textContent = problem.message;
      await new Promise((wake) => setTimeout(wake, POLL));
    }
  }
}

onConnection((connected) => {
  notice(connected ? "" : "The playground does not answer. It was stopped, or is busy. This page continues when it is back.");
  if (connected) {
    input.ask();
  }
});

onTheme(() => {
  forward.redraw();
  backward.maps.redraw();
  zoom.refresh();
});

// ---- begin

if (first.mnist) {
  at("example-source").append(new Option("real, from MNIST", "mnist"));
}
const show = tabs(document.querySelector("[role=tablist]"), (name) => {
  backward.visible = name === "backward";
  backward.refresh();
  if (name === "break") {
    attempt(() => museum.open());
  }
});
await refresh();
input.restore();
setInterval(() => document.hidden || refresh().catch(() => {}), POLL);
