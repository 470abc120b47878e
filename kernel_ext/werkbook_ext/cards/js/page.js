// A page of the app in a sandbox where nothing runs and nothing is loaded.

import { make } from "../../widgets/js/dom.js";
import { drawButton, drawNote } from "./drawing.js";
import { decode, readableSize } from "./text.js";

/** @import { BodyState } from "./card_state.d.ts" */

const MAX_PAGE_BYTES = 5_000_000; // a larger page is shown when it is asked for
const PAGE_PX = 260;
const LINE_PX = 32;
const LINE_CHARS = 80;
/** @type {Record<string, number>} */
const HEADING_PX = { h1: 52, h2: 34, h3: 24 }; // more than a line has
const PLAIN =
  /^(?:\/?(?:a|b|body|br|code|em|h[1-6]|head|html|i|li|meta|ol|p|pre|small|span|strong|title|u|ul)\b|!)/i;
const LINE_BREAK =
  /<(?:\/?(?:p|h[1-6]|li|ol|ul)\b[^>]*|br\b[^>]*)>|\n(?=[\s\S]*<\/pre>)/i;
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:";
const WHOLE = `<style>html, body, iframe { display: block; width: 100%; height: 100%;
margin: 0; border: 0; overflow: hidden; }</style>`;

/**
 * Tell whether a page has style sheets or images that are not inside of it.
 *
 * @param {string} source
 */
export function loadsMore(source) {
  return /<(?:link|img|source|input|image)\b|url\(|@import/i.test(source);
}

/**
 * Return how high a page is shown, in pixels.
 *
 * A few plain lines need no more than themselves. What the sandbox shows cannot be
 * measured from outside, so anything else gets the full height.
 *
 * @param {string} source
 */
export function pageHeight(source) {
  const tags = source.match(/<[^>]*>/g) ?? [];
  const isPlain = tags.every((tag) => PLAIN.test(tag.slice(1)));
  if (!isPlain || /\sstyle\s*=/i.test(source)) return PAGE_PX;
  const needed = LINE_PX + sum(tags.map(extraHeight)) + LINE_PX * countLines(source);
  return Math.min(PAGE_PX, needed);
}

/** @param {string} source */
function countLines(source) {
  const lines = source
    .replace(/<title\b[\s\S]*?<\/title>/gi, "")
    .split(LINE_BREAK)
    .map((line) => line.replace(/<[^>]*>/g, "").trim());
  return sum(lines.map((line) => Math.ceil(line.length / LINE_CHARS)));
}

/** @param {string} tag */
function extraHeight(tag) {
  const heading = /^<(h[1-3])\b/i.exec(tag)?.[1].toLowerCase() ?? "";
  return HEADING_PX[heading] ?? 0;
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * Return a page as it is put into the sandbox: nothing is loaded, nothing runs.
 *
 * The document around it has the policy, which the page inherits: a browser may look
 * ahead in a document, and load what it finds there, before it comes to a policy in it.
 *
 * @param {string} source
 */
export function sandboxed(source) {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">`;
  const doctype = /^\s*<!doctype[^>]*>/i.exec(source)?.[0] ?? "";
  const page = `${doctype}<base target="_blank">${source.slice(doctype.length)}`;
  const quoted = page.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
  return `<!doctype html>${policy}${WHOLE}<iframe sandbox srcdoc="${quoted}"></iframe>`;
}

/**
 * Draw the page: what it shows of its app comes from the kernel, inside of it.
 *
 * @param {BodyState} response
 * @param {Uint8Array} bytes The page, or its beginning.
 * @param {() => Promise<Uint8Array>} load Fetches the page with all that it shows.
 */
export function drawPage(response, bytes, load) {
  const box = make("div", { class: "wb-card-page" });
  const showWhole = async () => {
    const whole = await load();
    box.replaceChildren(drawFrame(decode(whole, "utf-8")));
  };
  const isWhole = bytes.length >= response.size_bytes;
  const text = decode(bytes, response.charset);
  if (isWhole && !loadsMore(text)) box.append(drawFrame(text));
  else if (response.size_bytes <= MAX_PAGE_BYTES) showWhole();
  else {
    const button = drawButton("Show it all the same", { onclick: showWhole });
    box.append(drawNote(`The page has ${readableSize(response.size_bytes)}. `, button));
  }
  return box;
}

/** @param {string} text */
function drawFrame(text) {
  const frame = make("iframe", {
    sandbox: "",
    referrerpolicy: "no-referrer",
    class: "wb-card-frame",
    title: "The page, without scripts",
  });
  frame.style.height = `${pageHeight(text)}px`;
  frame.srcdoc = sandboxed(text);
  return frame;
}
