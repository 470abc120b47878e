// The body of a response: a picture, JSON, source, text or bytes.

import { make } from "../../widgets/js/dom.js";
import { drawButton, drawCode, drawLongText, drawNote } from "./drawing.js";
import { readJson } from "./json_pieces.js";
import { drawJsonBody } from "./json_view.js";
import { decode, hexDump, highlightHtml, readableSize } from "./text.js";

/** @import { BodyState } from "./card_state.d.ts" */

const MAX_HIGHLIGHTED_CHARS = 200_000;
const SLICE_MS = 30; // the page does something else after each

/**
 * Draw the body of a response.
 *
 * @param {BodyState} response
 * @param {Uint8Array<ArrayBuffer>} bytes The body, or its beginning.
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} loadAll Fetches the whole body.
 */
export function drawBody(response, bytes, loadAll) {
  const isCut = bytes.length < response.size_bytes;
  const size = readableSize(response.size_bytes);
  const label = `Body, ${response.mimetype || "no type"}, ${size}`;
  const box = make("div", {}, drawBytes(response, bytes, isCut, label));
  if (!isCut || response.kind === "image") return box;
  const button = drawButton(`Show all ${size}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const whole = await loadAll();
    box.replaceChildren(drawBytes(response, whole, false, label));
  });
  const shown = readableSize(bytes.length);
  box.append(drawNote(`The first ${shown} are shown. `, button));
  return box;
}

/**
 * @param {BodyState} response
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {boolean} isCut
 * @param {string} label
 */
function drawBytes(response, bytes, isCut, label) {
  if (!response.size_bytes) return drawNote("The response has no body.");
  if (response.kind === "image") return drawImage(response, bytes, label);
  if (response.kind === "binary") return drawCode(label, hexDump(bytes));
  const text = decode(bytes, response.charset);
  if (response.kind === "json" && !isCut) return drawJsonText(text, label);
  return response.kind === "html" ? drawHtml(label, text) : drawLongText(label, text);
}

/**
 * Draw a JSON text; a long one stands there when it was read, bit by bit.
 *
 * @param {string} text
 * @param {string} label
 */
function drawJsonText(text, label) {
  const box = make("div", {}, drawNote("Reading…"));
  const reading = readJson(text);
  const go = () => {
    const end = performance.now() + SLICE_MS;
    let step = reading.next();
    while (!step.done && performance.now() < end) step = reading.next();
    if (step.done) box.replaceChildren(drawReadJson(step.value, text, label));
    else setTimeout(go, 0);
  };
  go();
  return box;
}

/**
 * @param {import("./json_pieces.js").ReadJson} read
 * @param {string} text
 * @param {string} label
 */
function drawReadJson({ value, problem, isRepeated }, text, label) {
  if (value !== undefined) return drawJsonBody(value, text, label, isRepeated);
  return make("div", {}, drawNote(problem), drawLongText(label, text));
}

/**
 * @param {string} label
 * @param {string} text
 */
function drawHtml(label, text) {
  if (text.length > MAX_HIGHLIGHTED_CHARS) return drawLongText(label, text);
  const parts = highlightHtml(text).map(([kind, part]) =>
    kind === "text" ? part : make("span", { class: `wb-card-${kind}` }, part),
  );
  return drawCode(label, ...parts);
}

/**
 * @param {BodyState} response
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} label
 */
function drawImage(response, bytes, label) {
  const url = URL.createObjectURL(new Blob([bytes], { type: response.mimetype }));
  const picture = make("img", { class: "wb-card-image", src: url, alt: label });
  picture.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  return picture;
}
