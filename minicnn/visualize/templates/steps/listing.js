// The functions that run, with the line that is being executed.

const Listing = {
  home: document.getElementById("listing"),
  key: "",
  lines: [],

  show(view, k) {
    const at = (view.steps[k] || view.steps[0]).at;
    const key = `${view.name} ${at.map(([f]) => f)}`;
    if (key !== this.key) {
      this.key = key;
      this.lines = new Map();
      this.home.replaceChildren(...at.toReversed().map(([f]) => this.listed(view.functions[f], f)));
    }
    this.lines.forEach((line) => line.classList.remove("now", "caller"));
    if (!view.steps[k]) return;
    at.forEach(([f, line], depth) => {
      const element = this.lines.get(`${f} ${line}`);
      element.classList.add(depth === at.length - 1 ? "now" : "caller");
      if (depth === at.length - 1) this.scrollTo(element);
    });
  },

  listed(shown, f) {
    const code = make("code");
    shown.lines.forEach((parts, k) => {
      const indent = parts.length ? parts[0][1].search(/\S|$/) : 0;       // a long line continues two characters further in
      const line = make("span", { class: "line", "data-line": shown.first + k, style: `--indent: ${indent + 2}ch` },
        ...parts.map(([kind, text], n) => {
          const words = n ? text : text.trimStart();
          return kind ? make("span", { class: kind }, words) : words;
        }), "\n");
      this.lines.set(`${f} ${k}`, line);
      code.append(line);
    });
    return make("figure", {}, make("figcaption", {}, shown.file), make("pre", {}, code));
  },

  // Scroll inside the panel only: the page itself stays where the reader has put it.
  scrollTo(element) {
    const outside = element.offsetTop < this.home.scrollTop || element.offsetTop > this.home.scrollTop + this.home.clientHeight - 40;
    if (outside) this.home.scrollTop = element.offsetTop - this.home.clientHeight / 2;
  },
};
