// What the first lines of a magic cell say: which magic, and where its body begins.

// IPython takes the indentation of a cell's first line away, from all of its lines.
const MAGIC = /^(?:[ \t]*\n)*[ \t]*(%%)(\w+)[ \t]*([^\n]*)(\n|$)/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\n]*)$/;
const LANGUAGES = {
  html: "page.html",
  HTML: "page.html",
  javascript: "script.js",
  js: "script.js",
  css: "style.css",
  svg: "picture.svg",
  SVG: "picture.svg",
  markdown: "text.md",
  bash: "script.sh",
  sh: "script.sh",
};
const PARTS = /"[^"]*"|'[^']*'|[\w.]+|\s+|[^\w\s]/g;
const OPENING = "([{";
const CLOSING = ")]}";
const METHOD = /^[A-Za-z]+(,[A-Za-z]+)*$/;
const VARIABLE = /<(?:([A-Za-z_]\w*)(\([^<>]*\))?:)?([A-Za-z_]\w*)>/g;

/** How many characters of a cell can belong to its head. */
export const HEAD_CHARS = 8000; // a header can hold a long token

/**
 * @typedef {{from: number, to: number, kind: string}} Piece A coloured part.
 * @typedef {object} Head
 * @property {string} magic Its name without the percent signs.
 * @property {string} file The name that says which language the body has; "" for none.
 * @property {Piece[]} pieces In their order.
 * @property {number} bodyFrom Where the body begins.
 * @property {string[]} variables The view's arguments: the rule's variables and others.
 */

/**
 * Read the head of a cell; null when the cell has no magic that is known here.
 * @param {string} text The cell, or at least its beginning.
 * @returns {Head | null}
 */
export function readHead(text) {
  const match = MAGIC.exec(text);
  const read = match && READERS[match[2]];
  if (!match || !read) return null;
  const line = match[3];
  const lineFrom = match[0].length - match[4].length - line.length;
  const magicFrom = match[0].indexOf("%%");
  const head = {
    magic: match[2],
    file: "",
    pieces: [{ from: magicFrom, to: magicFrom + 2 + match[2].length, kind: "Magic" }],
    bodyFrom: match[0].length,
    variables: [],
  };
  read(head, line, lineFrom, text);
  return head;
}

/** What changes the language of the body when it changes. */
export function keyOf(head) {
  return head ? `${head.magic} ${head.file} ${head.variables.join()}` : "";
}

const READERS = { template: readNamed, static: readNamed, writefile: readNamed };
READERS.http = readRequest;
READERS.route = readRoute;
for (const magic of Object.keys(LANGUAGES)) {
  READERS[magic] = (head) => {
    head.file = LANGUAGES[magic];
  };
}

/** `%%template NAME ...`, `%%static PATH`, `%%writefile [-a] PATH`. */
function readNamed(head, line, lineFrom) {
  for (const word of wordsOf(line, lineFrom)) {
    const isName = !head.file && !word.text.startsWith("-");
    if (isName) head.file = word.text.replace(/^["']|["']$/g, "");
    push(head, word, isName ? "Name" : optionOrText(word));
    if (word.text === "--with") break;
  }
}

/** `%%route [METHOD] RULE [(PARAMETERS)] ...`: variables and parameters are marked. */
function readRoute(head, line, lineFrom) {
  head.file = "view.py";
  const opening = findParameters(line);
  const end = opening < 0 ? line.length : findClosing(line, opening);
  readRouteWords(head, wordsOf(line.slice(0, Math.max(opening, 0) || end), lineFrom));
  if (opening < 0) return;
  readParameters(head, line.slice(opening, end), lineFrom + opening);
  const returns = /^\s*->\s*(?:(?!\s--)[^\n])*/.exec(line.slice(end));
  const after = end + (returns ? returns[0].length : 0);
  if (returns) {
    head.pieces.push({ from: lineFrom + end, to: lineFrom + after, kind: "Converter" });
  }
  for (const word of wordsOf(line.slice(after), lineFrom + after)) {
    push(head, word, optionOrText(word));
  }
}

/** Where the parenthesis stands that begins a word; -1 without one. */
function findParameters(line) {
  const words = line.matchAll(/(?:<[^<>]*>|"[^"]*"|'[^']*'|[^\s"'<]|<)+/g);
  for (const word of words) {
    if (word[0].startsWith("(")) return word.index;
    if (word[0].startsWith("--")) return -1;
  }
  return -1;
}

/** Where the bracket at `from` is closed, one behind; the line's end if it is not. */
function findClosing(line, from) {
  let depth = 0;
  let at = from;
  for (const part of line.slice(from).match(PARTS) ?? []) {
    at += part.length;
    if (OPENING.includes(part)) depth += 1;
    if (CLOSING.includes(part)) depth -= 1;
    if (depth === 0) return at;
  }
  return line.length;
}

/** `(item: NewItem, limit: int = 10)`: names, hints and defaults. */
function readParameters(head, text, from) {
  let depth = 0;
  let kind = "Variable";
  let at = from;
  for (const part of text.match(PARTS) ?? []) {
    if (OPENING.includes(part)) depth += 1;
    if (CLOSING.includes(part)) depth -= 1;
    if (depth === 1 && part === ",") kind = "Variable";
    else if (depth === 1 && part === ":") kind = "Converter";
    else if (depth === 1 && part === "=") kind = "Text";
    else if (part.trim() && !(depth <= 1 && "(),".includes(part))) {
      head.pieces.push({ from: at, to: at + part.length, kind });
      if (kind === "Variable") head.variables.push(part);
    }
    at += part.length;
  }
}

function readRouteWords(head, words) {
  let hasRule = false;
  for (const word of words) {
    if (!hasRule && word.text.startsWith("/")) {
      hasRule = true;
      pushRule(head, word);
    } else {
      push(
        head,
        word,
        !hasRule && METHOD.test(word.text) ? "Method" : optionOrText(word),
      );
    }
  }
}

function pushRule(head, word) {
  let from = word.from;
  for (const match of word.text.matchAll(VARIABLE)) {
    const start = word.from + match.index;
    if (start > from) head.pieces.push({ from, to: start, kind: "Name" });
    const nameFrom = start + match[0].length - 1 - match[3].length;
    if (match[1]) {
      head.pieces.push({
        from: start + 1,
        to: start + 1 + match[1].length,
        kind: "Converter",
      });
    }
    head.pieces.push({
      from: nameFrom,
      to: nameFrom + match[3].length,
      kind: "Variable",
    });
    head.variables.push(match[3]);
    from = start + match[0].length;
  }
  const end = word.from + word.text.length;
  if (end > from) head.pieces.push({ from, to: end, kind: "Name" });
}

/** `%%http METHOD URL ...`, then header lines, a blank line and a body, or a body. */
function readRequest(head, line, lineFrom, text) {
  for (const [number, word] of wordsOf(line, lineFrom).entries()) {
    const isMethod = number === 0 && METHOD.test(word.text);
    push(
      head,
      word,
      isMethod ? "Method" : word.text.startsWith("-") ? "Option" : "Name",
    );
  }
  const type = readHeaders(head, text);
  head.file = type === null ? fileOfBody(text.slice(head.bodyFrom)) : fileOfType(type);
}

/** Read header lines; return the content type, null when none is said. */
function readHeaders(head, text) {
  /** @type {string | null} */
  let type = null;
  let at = head.bodyFrom;
  const pieces = [];
  while (at < text.length) {
    const end = text.indexOf("\n", at) === -1 ? text.length : text.indexOf("\n", at);
    const line = text.slice(at, end);
    if (!line.trim()) {
      // A blank line ends the headers; without headers it belongs to the body.
      if (pieces.length) at = Math.min(end + 1, text.length);
      break;
    }
    const match = HEADER.exec(line);
    if (!match) break;
    const valueFrom = at + line.length - match[2].length;
    pieces.push({ from: at, to: at + match[1].length, kind: "Header" });
    if (match[2])
      pieces.push({ from: valueFrom, to: valueFrom + match[2].length, kind: "Text" });
    if (match[1].toLowerCase() === "content-type") type = match[2];
    at = Math.min(end + 1, text.length);
  }
  if (pieces.length) head.bodyFrom = at;
  head.pieces.push(...pieces);
  return type;
}

function fileOfType(type) {
  if (/\bjson\b/i.test(type)) return "body.json";
  if (/\bx-www-form-urlencoded\b/i.test(type)) return "body.form";
  if (/\bhtml\b/i.test(type)) return "body.html";
  return /\bxml\b/i.test(type) ? "body.xml" : "";
}

/** The kit guesses the type of a body that has none; so is it coloured. */
function fileOfBody(body) {
  if (/^\s*</.test(body)) return "body.xml";
  return /^[^\s=&:{}<>"]+=[^\s&]*(&|\s*$)/.test(body) ? "body.form" : "body.json";
}

function wordsOf(line, lineFrom) {
  const found = line.matchAll(/"[^"]*"|'[^']*'|\S+/g);
  return [...found].map((one) => ({ text: one[0], from: lineFrom + one.index }));
}

function optionOrText(word) {
  return word.text.startsWith("-") ? "Option" : "Text";
}

function push(head, word, kind) {
  head.pieces.push({ from: word.from, to: word.from + word.text.length, kind });
}
