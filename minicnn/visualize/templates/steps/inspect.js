// Point at a cell: everything that flows into it, from all steps of the run.

const Inspect = {
  home: document.getElementById("inspected"),
  place: null,

  // Show what flows into a cell, or with null return to the step that is played.
  show(view, grids, place, now) {
    this.place = place;
    this.home.replaceChildren();
    if (!place) return;
    const [array, cell] = place;
    const steps = view.flowsInto(array, cell);
    grids.flow(place, steps);
    const name = view.label(array, cell);
    if (!steps.length) {
      const used = (view.readers[array].get(cell) || []);
      this.home.append(make("h2", {}, `${name} = ${view.text(view.after(now)[array][cell]) || "empty"}`),
        make("p", {}, used.length ? `An input: nothing flows into it. It is used in ${used.length} step${used.length > 1 ? "s" : ""}:` : "Nothing flows into it, and no step uses it."),
        this.list(view, used, now, true));
      return;
    }
    const writers = view.writers[array].get(cell);       // the other steps assigned local variables
    const adds = writers.filter((k) => view.steps[k].before !== undefined).length;
    const total = view.text(view.steps[writers.at(-1)].write[2]);
    const framed = document.querySelector(".window") ? " The windows they come from are framed." : "";
    const words = adds > 1 ? `The sum of ${writers.length} contributions.` : steps.length > 1 ? "From these steps." : "From one step.";
    this.home.append(make("h2", {}, `${name} = ${total}`), make("p", {}, words + framed),
      this.list(view, steps, now, false));
    this.home.classList.toggle("sum", adds > 1);
  },

  list(view, steps, now, whole) {
    const list = make("ol", {});
    let sums = false;                                    // whether an item of the sum stands before this one
    for (const k of steps.slice(0, 40)) {
      const step = view.steps[k];
      const sign = sums || step.sign !== "+" ? step.sign || "" : "";
      sums ||= Boolean(step.write);
      const item = make("li", { class: k < now ? "done" : "later", "data-step": k + 1, "data-sign": sign },
        ...(whole || !step.write || step.before === undefined ? parts(view, step) : terms(view, step)));
      list.append(item);
    }
    if (steps.length > 40) list.append(make("li", { class: "more" }, `and ${steps.length - 40} more`));
    return list;
  },
};
