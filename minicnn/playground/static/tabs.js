// Tabs: click, or the arrow keys, Home and End.

export function tabs(list, changed) {
  const all = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab, focus) => {
    for (const each of all) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) {
      tab.focus();
    }
    changed(tab.getAttribute("aria-controls"));
  };
  for (const tab of all) {
    tab.addEventListener("click", () => choose(tab, false));
  }
  list.addEventListener("keydown", (event) => {
    const at = all.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      choose(all[(next + all.length) % all.length], true);
    }
  });
  return (name) => choose(all.find((tab) => tab.getAttribute("aria-controls") === name), false);
}
