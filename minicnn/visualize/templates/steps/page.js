// The tabs, the buttons, the keys, the pointer, and the address (#view/step).

const part = (id) => document.getElementById(id);

Player.changed = () => {
  if (!Player.view || Player.count < 0) return;
  const { count, view } = Player;
  part("scrub").max = view.length;
  part("scrub").value = count;
  part("scrub").setAttribute("aria-valuetext", `step ${count} of ${view.length}`);
  part("count").textContent = `${count} / ${view.length}`;
  part("play").setAttribute("aria-label", Player.timer ? "Pause" : "Play");
  document.body.classList.toggle("is-playing", Boolean(Player.timer));
  const now = view.stages.indexOf(view.stageOf(Math.max(count - 1, 0)));
  [...part("stages").children].forEach((button, k) => button.setAttribute("aria-current", k === now ? "step" : "false"));
  part("back").disabled = part("first").disabled = count === 0;
  part("forward").disabled = part("last").disabled = count === view.length;
};

// A long run starts faster than a short one.
function setSpeed(length) {
  const speed = length <= 120 ? 2 : length <= 400 ? 5 : 15;
  part("speed").value = speed;
  Player.faster(speed);
}

function choose(view, step = 0) {
  Player.open(view);
  Player.seek(step);
  part("view-text").textContent = view.about;
  listStages(view);
  document.querySelectorAll("#tabs button").forEach((tab, k) => {
    tab.setAttribute("aria-selected", views[k] === view);
    tab.tabIndex = views[k] === view ? 0 : -1;
  });
}

// A button for each part of a run of several ops: it jumps to the first step of the part.
function listStages(view) {
  const few = view.stages.length > 1 && view.stages.length <= 12 ? view.stages : [];
  part("stages").replaceChildren(...few.map((stage) => {
    const button = make("button", { type: "button", title: stage.name }, stage.name.split(":")[0]);
    button.addEventListener("click", () => {
      Player.pause();
      Player.seek(stage.first + 1);
      Player.grids.follow(stage.first);
    });
    return button;
  }));
  Player.changed();
}

views.forEach((view) => {
  const tab = make("button", { type: "button", role: "tab", "data-view": view.name, "aria-controls": "stage" }, view.title);
  tab.addEventListener("click", () => choose(view));
  part("tabs").append(tab);
});
part("tabs").hidden = views.length < 2;

const buttons = {
  first: () => Player.seek(0), back: () => Player.seek(Player.count - 1), play: () => Player.toggle(),
  forward: () => Player.seek(Player.count + 1), last: () => Player.seek(Player.view.length),
};
for (const [id, act] of Object.entries(buttons)) {
  part(id).addEventListener("click", () => {
    if (id !== "play") Player.pause();
    act();
  });
}
part("scrub").addEventListener("input", () => {
  const wanted = Number(part("scrub").value);          // pause() puts the slider back to the present step
  Player.pause();
  Player.seek(wanted);
});
part("speed").addEventListener("change", () => Player.faster(Number(part("speed").value)));

const keys = {
  ArrowLeft: buttons.back, ArrowRight: buttons.forward, Home: buttons.first, End: buttons.last,
  ArrowUp: () => Player.leap(-1), ArrowDown: () => Player.leap(1),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.matches("td")) {
    walk(event, target);
  } else if (target.matches("[role=tab]") && event.key in { ArrowLeft: 1, ArrowRight: 1 }) {
    const tabs = [...document.querySelectorAll("#tabs button")];
    const next = tabs[(tabs.indexOf(target) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    next.click();
    next.focus();
    event.preventDefault();
  } else if (event.key === " " && !target.matches("button, select")) {
    Player.toggle();
    event.preventDefault();
  } else if (event.key in keys && !target.matches("input, select")) {
    Player.pause();
    keys[event.key]();
    event.preventDefault();
  }
});

// Arrow keys inside an array.
function walk(event, cell) {
  const row = cell.parentElement;
  const column = [...row.children].indexOf(cell);
  const next = {
    ArrowLeft: () => cell.previousElementSibling, ArrowRight: () => cell.nextElementSibling,
    ArrowUp: () => row.previousElementSibling?.children[column], ArrowDown: () => row.nextElementSibling?.children[column],
  }[event.key];
  if (event.key === "Escape") cell.blur();
  else if (event.key === " ") Player.toggle();
  else if (!next) return;
  else if (next()?.matches("td")) {
    cell.tabIndex = -1;
    next().tabIndex = 0;
    next().focus();
  }
  event.preventDefault();
}

function inspect(cell) {
  if (Player.timer && cell) return;
  const place = cell ? cell.place : null;
  if (String(place) === String(Inspect.place)) return;
  Player.grids.step(Player.count - 1);
  Inspect.show(Player.view, Player.grids, place, Player.count);
}

part("arrays").addEventListener("pointerover", (event) => inspect(event.target.closest("td")));
part("arrays").addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") inspect(null); });
part("arrays").addEventListener("click", (event) => {
  if (event.target.closest("td")) Player.pause();
  inspect(event.target.closest("td"));
});
part("arrays").addEventListener("focusin", (event) => inspect(event.target.closest("td")));
part("arrays").addEventListener("focusout", () => inspect(null));

let swipe = null;
part("now").addEventListener("pointerdown", (event) => { swipe = event.clientX; });
part("now").addEventListener("pointerup", (event) => {
  const moved = event.clientX - swipe;
  if (swipe !== null && Math.abs(moved) > 30) (moved < 0 ? buttons.forward : buttons.back)();
  swipe = null;
});

Surface.open(recording.map);

setSpeed(views[0].length);

function open() {
  const [name, step] = location.hash.slice(1).split("/");
  choose(views.find((view) => view.name === name) || views[0], Math.trunc(Number(step)) || 0);
}
window.addEventListener("hashchange", open);
open();
