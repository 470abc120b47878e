// Any response as a page: pictures and texts become HTML that shows them.

import { encodeAttribute, encodeText } from "./html.js";
import { dataUrl, headerOf, isMixed, textOf } from "./resources.js";
import { withoutHash } from "./urls.js";

/**
 * @import { Head } from "./messages.d.ts"
 * @import { ShownPage } from "./document.js"
 */

const START = "<!doctype html><meta name=viewport content=width=device-width>";

/** @param {Head} head */
export function isHtml(head) {
  const type = typeOf(head);
  return type === "text/html" || type === "application/xhtml+xml";
}

/** @param {Head} head */
function typeOf(head) {
  return headerOf(head, "content-type").split(";")[0].trim().toLowerCase();
}

/**
 * Return the HTML of any response: pictures and texts become a page that shows them.
 *
 * @param {ShownPage} page
 */
export function htmlOf(page) {
  if (isHtml(page.head)) return textOf(page.head, page.body);
  if (isMixed(page.head)) {
    const address = encodeAttribute(withoutHash(page.head.url));
    return `${START}<div data-wb-live="${address}"></div>`;
  }
  const type = typeOf(page.head);
  if (type.startsWith("image/"))
    return `${START}<img alt="" src="${dataUrl(type, page.body)}">`;
  if (type.startsWith("audio/") || type.startsWith("video/")) {
    const name = type.slice(0, 5);
    return `${START}<${name} controls src="${dataUrl(type, page.body)}"></${name}>`;
  }
  let text = textOf(page.head, page.body);
  if (/[/+]json$/.test(type)) text = prettyJson(text);
  return `${startOfText()}${encodeText(text)}</pre>`;
}

/** Return what stands before a text that is shown as a page. */
export function startOfText() {
  const style =
    "<style>pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.4 monospace}</style>";
  return `${START}${style}<pre>`;
}

/** @param {string} text */
function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text, asSent), null, 2);
  } catch {
    return text;
  }
}

/**
 * Keep a number's text as it was sent, in browsers that can: `1.0` is not `1`.
 *
 * @param {string} _key
 * @param {any} value
 * @param {any} [context] Newer than the types of TypeScript, as `rawJSON` is.
 */
function asSent(_key, value, context) {
  /** @type {any} */
  const json = JSON;
  const source = typeof value === "number" ? context?.source : undefined;
  return source && json.rawJSON ? json.rawJSON(source) : value;
}
