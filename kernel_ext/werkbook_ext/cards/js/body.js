// The body of a response: a picture, JSON, source, text or bytes.

import { make } from "../../widgets/js/dom.js";
import { drawButton, drawCode, drawLongText, drawNote } from "./drawing.js";
import { jsonProblem, parseJson } from "./json.js";
import { drawJsonBody } from "./json_view.js";
import { decode, hexDump, highlightHtml, readableSize } from "./text.js";

/** @import { BodyState } from "./card_state.d.ts" */

const MAX_HIGHLIGHTED_CHARS = 200_000;

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
  if (response.kind === "json" && !isCut) {
    const value = parseJson(text);
    if (value !== undefined) return drawJsonBody(value, text, label);
    return make("div", {}, drawNote(jsonProblem(text)), drawLongText(label, text));
  }
  return response.kind === "html" ? drawHtml(label, text) : drawLongText(label, text);
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
