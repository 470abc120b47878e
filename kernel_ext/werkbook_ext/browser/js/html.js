// The tags of an HTML text, found as a browser's tokenizer finds them (WHATWG HTML,
// 13.2.5), so that a page can be changed in place and else stays as the app wrote it.
//
// parse5, htmlparser2 and html5parser were weighed and lose on the first page: to read
// one of 47 kB for the first time takes them 114, 41 and 42 ms of CPU, and 13 ms here;
// the first two are not single files either, and bring more than the view has in all.

/**
 * @typedef {{ name: string, value: string, start: number, end: number }} Attribute
 * @typedef {object} Tag A start tag, or the doctype.
 * @property {string} name
 * @property {number} start
 * @property {number} end
 * @property {Attribute[]} attributes
 * @property {{ start: number, end: number }} [text] Of a script, a style and the like.
 */

const RAW_TEXT = new Set([
  "script",
  "style",
  "textarea",
  "title",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
  "noscript",
]);
const LETTER = /[a-z]/i;
const SPACE = /[\t\n\f\r ]/;

/**
 * Return start tags and the doctype: {name, start, end, attributes, text}.
 *
 * @param {string} html
 */
export function readTags(html) {
  /** @type {Tag[]} */
  const tags = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open < 0) break;
    at = readToken(html, open, tags);
  }
  return tags;
}

/**
 * Return the length of the beginning that ends in no tag, comment, script or style.
 *
 * @param {string} html
 */
export function completeLength(html) {
  const text = `${html}x`; // what reaches to the very end is not complete
  let at = 0;
  for (;;) {
    const open = text.indexOf("<", at);
    if (open < 0) return html.length;
    at = readToken(text, open, []);
    if (at >= text.length) return open;
  }
}

/**
 * Add the tag that begins at `open` to `tags`; return where it ends.
 *
 * @param {string} html
 * @param {number} open
 * @param {Tag[]} tags
 */
function readToken(html, open, tags) {
  const next = html[open + 1] ?? "";
  if (html.startsWith("<!--", open)) return endOfComment(html, open);
  if (next === "!" || next === "?") return readDeclaration(html, open, tags);
  if (next === "/") return endOfTag(html, open + 2);
  return LETTER.test(next) ? readElement(html, open, tags) : open + 1;
}

/**
 * @param {string} html
 * @param {number} open
 */
function endOfComment(html, open) {
  if (html.startsWith("<!-->", open)) return open + 5;
  const close = html.slice(open + 4).search(/--!?>/);
  if (close < 0) return html.length;
  return html.indexOf(">", open + 4 + close) + 1;
}

/**
 * @param {string} html
 * @param {number} open
 * @param {Tag[]} tags
 */
function readDeclaration(html, open, tags) {
  const close = html.indexOf(">", open);
  const end = close < 0 ? html.length : close + 1;
  if (/^<!doctype/i.test(html.slice(open, open + 9))) {
    tags.push({ name: "!doctype", start: open, end, attributes: [] });
  }
  return end;
}

/**
 * @param {string} html
 * @param {number} at
 */
function endOfTag(html, at) {
  const close = html.indexOf(">", at);
  return close < 0 ? html.length : close + 1;
}

/**
 * @param {string} html
 * @param {number} open
 * @param {Tag[]} tags
 */
function readElement(html, open, tags) {
  let at = open + 1;
  while (at < html.length && !/[\t\n\f\r />]/.test(html[at])) at++;
  const name = html.slice(open + 1, at).toLowerCase();
  /** @type {Tag} */
  const tag = { name, start: open, end: at, attributes: [] };
  at = readAttributes(html, at, tag);
  tags.push(tag);
  if (!RAW_TEXT.has(name)) return at;
  const close = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, "gi");
  close.lastIndex = at;
  const end = close.exec(html)?.index ?? html.length;
  tag.text = { start: at, end };
  return end;
}

/**
 * @param {string} html
 * @param {number} from
 * @param {Tag} tag
 */
function readAttributes(html, from, tag) {
  let at = from;
  for (;;) {
    while (at < html.length && (SPACE.test(html[at]) || html[at] === "/")) at++;
    if (at >= html.length || html[at] === ">") {
      tag.end = Math.min(at + 1, html.length);
      return tag.end;
    }
    at = readAttribute(html, at, tag);
  }
}

/**
 * @param {string} html
 * @param {number} from
 * @param {Tag} tag
 */
function readAttribute(html, from, tag) {
  let at = from + 1;
  while (at < html.length && !/[\t\n\f\r />=]/.test(html[at])) at++;
  const name = html.slice(from, at).toLowerCase();
  let next = at;
  while (next < html.length && SPACE.test(html[next])) next++;
  if (html[next] !== "=") {
    tag.attributes.push({ name, value: "", start: from, end: at });
    return at;
  }
  next++;
  while (next < html.length && SPACE.test(html[next])) next++;
  const [start, end, after] = valueRange(html, next);
  const value = decodeEntities(html.slice(start, end));
  tag.attributes.push({ name, value, start: from, end: after });
  return after;
}

/**
 * @param {string} html
 * @param {number} at
 * @returns {[start: number, end: number, after: number]}
 */
function valueRange(html, at) {
  const quote = html[at];
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, at + 1);
    const end = close < 0 ? html.length : close;
    return [at + 1, end, Math.min(end + 1, html.length)];
  }
  let end = at;
  while (end < html.length && !/[\t\n\f\r >]/.test(html[end])) end++;
  return [at, end, end];
}

/**
 * @param {Tag} tag
 * @param {string} name
 */
export function attribute(tag, name) {
  return tag.attributes.find((one) => one.name === name);
}

/**
 * @param {Tag} tag
 * @param {string} name
 */
export function attributeValue(tag, name) {
  return attribute(tag, name)?.value ?? null;
}

/** @type {Record<string, string>} */
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** @param {string} text */
export function decodeEntities(text) {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot|apos|nbsp));?/gi,
    (_, decimal, hex, name) => {
      if (name) return NAMED[name.toLowerCase()];
      const code = decimal ? parseInt(decimal, 10) : parseInt(hex, 16);
      return code && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}

/** @param {string} text */
export function encodeAttribute(text) {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}

/** @param {string} text */
export function encodeText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

const BEFORE_HEAD = /^(?:[\t\n\f\r ]|<!--[^>]*-->)*<!doctype[^>]*>/i;

/**
 * Return where the policy and the bridge go: behind the doctype, before all else.
 *
 * Not behind `<head>`: one character before that tag closes the head, and a browser
 * ignores a policy in the body. `<html>` and `<head>` then follow what is put here,
 * which a browser takes as if it stood in them. A comment counts as one only where
 * every reading agrees that it ends at its first `>`.
 *
 * @param {string} html
 */
export function headPosition(html) {
  return BEFORE_HEAD.exec(html)?.[0].length ?? 0;
}
