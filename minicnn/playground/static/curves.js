// A chart of a few lines. Lines differ in colour and in dashes, and each has its name at its end.

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 480;
const HEIGHT = 220;
const LEFT = 42;
const RIGHT = 112;
const TOP = 10;
const BOTTOM = 26;

// series: [{name, kind, points: [[x, y], ...]}] with kind one of "a", "b", "dots"; `top` fixes the largest y.
export function chart(place, series, { xLast, xName, top, format }) {
  const drawn = series.filter(({ points }) => points.length);
  const largest = Math.max(...drawn.flatMap(({ points }) => points.map(([, y]) => y)), 1e-9);
  const highest = top ?? (drawn.length ? niceTop(largest) : 1);
  const x = (value) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / Math.max(xLast, 1);
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(value, highest) / highest);
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary(drawn, format) });
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    svg.append(make("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(part * highest), y2: y(part * highest), class: "grid-line" }));
    svg.append(make("text", { x: LEFT - 6, y: y(part * highest) + 4, class: "tick left" }, format(part * highest)));
  }
  svg.append(make("text", { x: LEFT, y: HEIGHT - 6, class: "tick" }, "0"));
  svg.append(make("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, class: "tick left" }, `${xName} ${xLast}`));
  const labels = [];
  for (const { name, kind, points } of drawn) {
    if (kind === "dots") {
      for (const [px, py] of points) {
        svg.append(make("circle", { cx: x(px), cy: y(py), r: 4, class: "dot" }));
      }
    }
    svg.append(make("polyline", { points: points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" "), class: `line ${kind}` }));
    labels.push({ name: `${name} ${format(points.at(-1)[1])}`, kind, at: y(points.at(-1)[1]) });
  }
  labels.sort((a, b) => a.at - b.at);
  labels.forEach((label, k) => {                                   // no two labels on one another
    label.at = k ? Math.max(label.at, labels[k - 1].at + 15) : label.at;
    svg.append(make("text", { x: WIDTH - RIGHT + 8, y: Math.min(label.at + 4, HEIGHT - 14), class: `label ${label.kind}` }, label.name));
  });
  place.replaceChildren(svg);
}

function niceTop(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((k) => k * unit >= value) * unit;
}

function summary(series, format) {
  return series.map(({ name, points }) => `${name}: from ${format(points[0][1])} to ${format(points.at(-1)[1])}`).join("; ") || "Nothing yet";
}

function make(tag, attributes, text = "") {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.textContent = text;
  return element;
}
