// The map of the optimizers' page: lines of equal loss, and the path of each optimizer up to this step.

const Surface = {
  home: document.getElementById("map"),
  paths: [],

  open(map) {
    if (!map) return;
    const [wide, high] = map.size;
    const picture = draw("svg", { viewBox: `-34 -6 ${wide + 44} ${high + 32}`, role: "img", "aria-label": "Paths of the optimizers on the surface of the loss" });
    picture.append(draw("clipPath", { id: "inside" }, draw("rect", { width: wide, height: high })),
      draw("rect", { width: wide, height: high, class: "ground" }));
    const lines = draw("g", { "clip-path": "url(#inside)" });
    map.contours.forEach((contour) => lines.append(draw("polygon", { points: contour.join(" "), class: "contour" })));
    const [x, y] = map.lowest;
    lines.append(draw("path", { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12`, class: "lowest" }));
    for (const [left, top, text, axis] of map.ticks) {
      picture.append(draw("text", { x: axis === "w" ? left : -8, y: axis === "w" ? high + 18 : top + 4, class: axis }, text));
    }
    picture.append(draw("text", { x: wide - 4, y: high + 18, class: "b" }, "w"), draw("text", { x: -8, y: 12, class: "b" }, "b"));
    this.paths = map.paths.map((path, k) => {
      const line = draw("polyline", { class: `path path-${k}` });
      const dots = draw("g", { class: `dots path-${k}` });
      const head = draw("circle", { r: 6, class: `head path-${k}` });
      lines.append(line, dots, head);
      return { ...path, line, dots, head };
    });
    picture.append(lines);
    const key = make("p", { class: "key" }, ...map.paths.map((path, k) => make("span", { class: `path-${k}` }, path.title)));
    this.home.replaceChildren(picture, key);
  },

  // Show the places after the optimizer steps that are complete when `count` statements have run.
  show(view, count) {
    if (!this.paths.length) return;
    const done = view.stages.filter((stage, k) => (view.stages[k + 1] ? view.stages[k + 1].first : view.length) <= count).length;
    for (const path of this.paths) {
      const now = path.name === view.name;
      const places = path.places.slice(0, done + 1);
      path.line.setAttribute("points", places.join(" "));
      path.dots.replaceChildren(...(now ? places.map(([cx, cy]) => draw("circle", { cx, cy, r: 2.6 })) : []));
      const [cx, cy] = places.at(-1);
      path.head.setAttribute("cx", cx);
      path.head.setAttribute("cy", cy);
      for (const element of [path.line, path.dots, path.head]) element.classList.toggle("current", now);
      path.head.setAttribute("data-places", places.length);
    }
  },
};

// A new element of a drawing.
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
