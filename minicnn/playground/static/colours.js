// Colours for numbers from 0 to 255: one scale for numbers that are never negative, one with 0 in the middle.
// Both can be read by colour-blind people: cividis, and blue to orange.

const SEQUENTIAL = [[0, 24, 56], [33, 62, 107], [84, 92, 108], [124, 123, 120], [166, 157, 117], [211, 193, 100], [254, 232, 120]];
const NEGATIVE = [[8, 61, 127], [60, 130, 196], [150, 196, 230]];
const POSITIVE = [[250, 190, 130], [226, 120, 30], [130, 55, 5]];
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

const tables = {};

export function onTheme(listener) {
  DARK.addEventListener("change", () => {
    delete tables.signed;
    delete tables.packedSigned;
    listener();
  });
}

function between(stops, position) {
  const at = Math.min(Math.max(position, 0), 1) * (stops.length - 1);
  const k = Math.min(Math.floor(at), stops.length - 2);
  return stops[k].map((low, c) => Math.round(low + (stops[k + 1][c] - low) * (at - k)));
}

function table(signed) {
  const name = signed ? "signed" : "sequential";
  if (!tables[name]) {
    const middle = DARK.matches ? [30, 34, 39] : [247, 247, 247];
    const far = (a, b) => distance(b, middle) - distance(a, middle);       // so the middle is the palest, or in the dark the darkest
    const stops = signed ? [...[...NEGATIVE].sort(far), middle, ...[...POSITIVE].sort(far).reverse()] : SEQUENTIAL;
    tables[name] = Array.from({ length: 256 }, (_, value) => between(stops, signed ? (value - 1) / 254 : value / 255));
  }
  return tables[name];
}

function distance(a, b) {
  return Math.hypot(...a.map((c, k) => c - b[k]));
}

// Draw height x width bytes, from `start`, into a canvas of that many pixels.
export function paint(canvas, array, start, height, width) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const colours = packed(array.signed);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let k = 0; k < height * width; k++) {
    pixels[k] = colours[array.bytes[start + k]];
  }
  context.putImageData(image, 0, 0);
}

// The table's colours as the 32 bits of a pixel: one write each.
function packed(signed) {
  const name = signed ? "packedSigned" : "packed";
  tables[name] ??= new Uint32Array(Uint8Array.from(table(signed).flatMap((colour) => [...colour, 255])).buffer);
  return tables[name];
}

// Grey or colour pixels from 0 to 255 as they are: (C, H, W).
export function paintPixels(canvas, array) {
  const [C, H, W] = array.shape;
  canvas.width = W;
  canvas.height = H;
  const context = canvas.getContext("2d");
  const image = context.createImageData(W, H);
  for (let k = 0; k < H * W; k++) {
    for (let c = 0; c < 3; c++) {
      image.data[4 * k + c] = Math.round(array.bytes[Math.min(c, C - 1) * H * W + k] * array.high);
    }
    image.data[4 * k + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// Colour a cell by its number on a scale from -largest to largest; its text is black or white, whichever can be read.
export function colourCell(cell, value, largest) {
  const level = largest > 0 ? Math.round(128 + (127 * value) / largest) : 128;
  const colour = table(true)[Math.min(Math.max(level, 1), 255)];
  const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  cell.style.background = `rgb(${colour.join(" ")})`;
  cell.style.color = 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

// The bar that says what the colours mean.
export function legend(array) {
  const canvas = document.createElement("canvas");
  const bytes = Uint8Array.from({ length: 64 }, (_, k) => (array.signed ? 1 + Math.round((254 * k) / 63) : Math.round((255 * k) / 63)));
  paint(canvas, { signed: array.signed, bytes }, 0, 1, 64);
  return canvas;
}

export function number(value) {
  if (value === null || value === undefined) {
    return "not finite";
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 10000) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
