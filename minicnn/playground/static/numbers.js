// The numbers that one value was computed from, as the engine says them.

import { colourCell, number, paint } from "./colours.js";

// The answer of the server's zoom.py as paragraphs, tables and small pictures.
export function numbers(value) {
  const spot = value.spatial ? `row ${value.index[0]}, column ${value.index[1]} of map ${value.index[2]}` : `value ${value.index[0]}`;
  const parts = [line(`y = ${number(value.value)}`, "big"), line(spot, "soft"), line(value.rule, "rule")];
  if (value.patch) {
    parts.push(...(value.filter ? convolution(value) : pooling(value)));
  } else if (value.terms) {
    parts.push(...dense(value));
  } else if (value.x !== undefined) {
    const others = Object.entries(value.numbers ?? {}).map(([name, n]) => `, ${name} = ${number(n)}`).join("");
    parts.push(line(`x = ${number(value.x)}${others}`));
  }
  const [top, bottom, left, right] = value.receptive;
  parts.push(line(`It depends on ${bottom - top} x ${right - left} pixels of what the network sees.`, "soft"));
  return parts;
}

// The patch of x, the filter, and the sums of the channels. The channel with the largest sum is shown first.
function convolution(value) {
  const C = value.sums.length;
  const order = value.sums.map((_, c) => c).sort((a, b) => Math.abs(value.sums[b]) - Math.abs(value.sums[a]));
  const c = order[0];
  const pick = (array) => array.map((row) => row.map((channels) => channels[c]));
  const shown = document.createElement("div");
  shown.className = "product";
  shown.append(grid(pick(value.patch), C > 1 ? `x, channel ${c}` : "x"), symbol("·"), grid(pick(value.filter), "filter w"), symbol("="),
    line(`${number(value.sums[c])}`, "big"));
  const parts = [shown];
  if (C > 1) {
    const named = order.slice(0, 4).map((k) => `${number(value.sums[k])} (channel ${k})`).join(" + ");
    parts.push(line(`All ${C} channels: ${named}${C > 4 ? ` + ${C - 4} more` : ""} = ${number(value.total)}`));
    parts.push(filters(value.filter, C));
  }
  parts.push(line(`b = ${number(value.b)}, so y = ${number(value.total)} + ${number(value.b)} = ${number(value.value)}`));
  return parts;
}

function line(text, kind = "") {
  const paragraph = document.createElement("p");
  paragraph.className = kind;
  paragraph.textContent = text;
  return paragraph;
}

function symbol(text) {
  const span = document.createElement("span");
  span.className = "symbol";
  span.textContent = text;
  return span;
}

// A small table of numbers, coloured by their size. `chosen` is [row, column] of one to mark.
function grid(rows, title, chosen) {
  const largest = Math.max(...rows.flat().map((value) => Math.abs(value ?? 0)));
  const table = document.createElement("table");
  table.className = "grid";
  const caption = document.createElement("caption");
  caption.textContent = title;
  table.append(caption);
  rows.forEach((row, i) => {
    const tr = table.insertRow();
    row.forEach((value, j) => {
      const td = tr.insertCell();
      td.textContent = value === null ? "" : number(Number(value.toPrecision(2)));
      if (value !== null) {
        colourCell(td, value, largest);
      }
      td.classList.toggle("winner", Boolean(chosen) && chosen[0] === i && chosen[1] === j);
    });
  });
  return table;
}

function pooling(value) {
  const rows = value.patch.map((row) => row.map(([x]) => x));
  return [grid(rows, "x in this window", value.winner)];
}

function dense(value) {
  const list = document.createElement("ul");
  list.className = "terms";
  for (const term of value.terms) {
    const item = document.createElement("li");
    item.textContent = `x[${term.d}] * w[${term.d}] = ${number(term.x)} * ${number(term.w)} = ${number(term.product)}`;
    list.append(item);
  }
  return [list, line(`${value.terms_count - value.terms.length} more terms: ${number(value.rest)}; b = ${number(value.b)}`)];
}

// The whole filter: a small picture for each of its channels.
function filters(filter, C) {
  const holder = document.createElement("div");
  holder.className = "filters";
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", `The filter: ${C} channels of ${filter.length} x ${filter[0].length}`);
  const largest = Math.max(...filter.flat(2).map(Math.abs)) || 1;
  for (let c = 0; c < C; c++) {
    const bytes = Uint8Array.from(filter.flatMap((row) => row.map((channels) => Math.round(128 + (127 * channels[c]) / largest))));
    const canvas = document.createElement("canvas");
    canvas.title = `channel ${c}`;
    paint(canvas, { signed: true, bytes }, 0, filter.length, filter[0].length);
    holder.append(canvas);
  }
  return holder;
}
