// Ask the engine. All mathematics is done there; this module sends bytes and reads answers.

const CONNECTION = new EventTarget();
let connected = true;

export function onConnection(listener) {
  CONNECTION.addEventListener("change", (event) => listener(event.detail));
}

function setConnected(now) {
  if (now !== connected) {
    connected = now;
    CONNECTION.dispatchEvent(new CustomEvent("change", { detail: now }));
  }
}

// The answer to a question. An error carries a sentence for the person.
async function ask(path, query, options) {
  const address = new URL(`api/${path}`, document.baseURI);
  address.search = new URLSearchParams(query).toString();
  let response, content;
  try {
    response = await fetch(address, options);
    content = await response.arrayBuffer();
  } catch (problem) {
    setConnected(false);
    throw new Error("The playground does not answer.");
  }
  setConnected(true);
  if (!response.ok) {
    let text = `The playground answered with status ${response.status}.`;
    try {
      text = JSON.parse(new TextDecoder().decode(content)).error;
    } catch { /* no JSON: the sentence above says what is known */ }
    throw new Error(text);
  }
  return response.headers.get("Content-Type") === "application/json" ? JSON.parse(new TextDecoder().decode(content)) : content;
}

export function get(path, query = {}) {
  return ask(path, query, { method: "GET" });
}

export function tell(path, facts = {}) {
  return ask(path, {}, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(facts) });
}

// A question about an input: {as: "drawing" | "x", bytes}.
export function about(path, input, query = {}) {
  const headers = { "Content-Type": "application/octet-stream" };
  return ask(path, { as: input.as, ...query }, { method: "POST", headers, body: input.bytes });
}

export function send(path, bytes) {
  return ask(path, {}, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: bytes });
}

// Bytes of the server's wire.py: the facts, and the arrays by name: {shape, low, high, signed, bytes}.
export function unpack(content) {
  const length = new DataView(content).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  let start = 4 + length;
  const arrays = new Map();
  for (const array of facts.arrays) {
    const size = array.shape.reduce((a, b) => a * b, 1);
    arrays.set(array.name, { ...array, bytes: new Uint8Array(content, start, size) });
    start += size;
  }
  return { facts, arrays };
}

// The same from base64, as the reports of a training carry it.
export function unpackText(array) {
  return { ...array, bytes: Uint8Array.from(atob(array.bytes), (letter) => letter.charCodeAt(0)) };
}
