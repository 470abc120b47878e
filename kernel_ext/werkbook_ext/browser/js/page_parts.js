// A page's document in parts: whole, or what is complete of it each time more comes.

import { buildPart } from "./document.js";
import { completeLength, encodeText, headPosition } from "./html.js";
import { decoderOf } from "./resources.js";
import { isHtml, startOfText } from "./shown_html.js";

/**
 * @import { Built, Options, ShownPage } from "./document.js"
 * @import { Bytes } from "./messages.d.ts"
 * @import { Resources } from "./resources.js"
 */

/**
 * Yield {html, refresh, notes, icon, title} of each part; the first has the bridge.
 *
 * `stream` iterates over the bytes that follow the page's own, null where none do;
 * `options` are those of `buildDocument`.
 *
 * @param {ShownPage} page
 * @param {AsyncIterable<Bytes> | null} stream
 * @param {Resources} resources
 * @param {Options} options
 * @returns {AsyncGenerator<Built, void>}
 */
export async function* documentParts(page, stream, resources, options) {
  const known = new Set();
  /** @type {string | null} */
  let base = null;
  for await (const text of textParts(page, stream)) {
    const part = await buildPart(text, page.head.url, base, resources);
    if (base === null) part.putHead(options, page.head);
    base = part.base;
    part.putImportMap(known);
    yield part.built();
  }
}

/**
 * Yield the HTML as far as it is complete: never half a tag, a comment or a script.
 *
 * @param {ShownPage} page
 * @param {AsyncIterable<Bytes> | null} stream
 */
async function* textParts(page, stream) {
  const source = isHtml(page.head) ? new HtmlSource() : new TextSource();
  const decoder = decoderOf(page.head, page.body, !stream);
  for await (const bytes of bodyOf(page, stream)) {
    const text = source.take(decoder.decode(bytes, { stream: true }));
    if (text) yield text;
  }
  const rest = source.rest(decoder.decode());
  if (rest || !source.hasBegun) yield rest;
}

/**
 * @param {ShownPage} page
 * @param {AsyncIterable<Bytes> | null} stream
 */
async function* bodyOf(page, stream) {
  yield page.body;
  if (stream) yield* stream;
}

// What has no end yet is read again when this much more of it has come: half of it.
const AGAIN_FROM = 65_536;

class HtmlSource {
  constructor() {
    this.waiting = "";
    this.hasBegun = false;
    this.nextLength = 0;
  }

  /** @param {string} text */
  take(text) {
    this.waiting += text;
    if (this.waiting.length < this.nextLength) return "";
    const end = completeLength(this.waiting);
    const left = this.waiting.length - end;
    this.nextLength = left > AGAIN_FROM ? left * 1.5 : 0;
    const complete = this.waiting.slice(0, end);
    if (!this.hasBegun && !hasContent(complete)) return "";
    this.hasBegun = true;
    this.waiting = this.waiting.slice(end);
    return complete;
  }

  /** @param {string} text */
  rest(text) {
    return this.waiting + text;
  }
}

/**
 * Tell whether the place of the bridge is known: behind the doctype, in the head.
 *
 * @param {string} html
 */
function hasContent(html) {
  const rest = html.slice(headPosition(html));
  return rest.replace(/<!--[\s\S]*?-->/g, "").trim() !== "";
}

class TextSource {
  constructor() {
    this.hasBegun = false;
  }

  /** @param {string} text */
  take(text) {
    const start = this.hasBegun ? "" : startOfText();
    this.hasBegun = true;
    return start + encodeText(text);
  }

  /** @param {string} text */
  rest(text) {
    return encodeText(text);
  }
}
