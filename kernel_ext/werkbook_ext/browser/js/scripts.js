// Changes to a page's scripts: the location object and the imports of modules.
//
// A script's `location` is that of its frame and can't be replaced, so the name is
// changed in the text. Code is told from strings, comments and regular expressions;
// what is not recognised stays as it is, and the page then is caught when it leaves.
//
// acorn (235 kB) and meriyah (118 kB) were weighed and lose on the first page: jQuery takes
// them 298 and 173 ms of CPU at first, and 81 ms here; they know nothing of a script whose
// syntax is newer than they are. es-module-lexer (45 kB, 12 ms) finds imports alone.

import { Edits } from "./edits.js";

const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|await|yield))$/;

/**
 * Return the text with all that is no code blanked, at the same length.
 *
 * @param {string} js
 */
export function maskCode(js) {
  const out = js.split("");
  /** @type {(from: number, to: number, fill: string) => void} */
  const blank = (from, to, fill) => {
    for (let i = from; i < to; i++) if (out[i] !== "\n") out[i] = fill;
  };
  let at = 0;
  /** @type {number[]} */
  const braces = []; // depths at which a template's ${ ends
  let depth = 0;
  let tail = ""; // the last code characters, to tell a regex from a division
  while (at < js.length) {
    const c = js[at];
    let end;
    if (c === "/" && js[at + 1] === "/") {
      end = js.indexOf("\n", at);
      end = end < 0 ? js.length : end;
      blank(at, end, " ");
    } else if (c === "/" && js[at + 1] === "*") {
      end = js.indexOf("*/", at + 2);
      end = end < 0 ? js.length : end + 2;
      blank(at, end, " ");
    } else if (c === '"' || c === "'") {
      end = endOfString(js, at, c);
      blank(at + 1, end - 1, "_");
      tail = "_";
    } else if (c === "`" || (c === "}" && braces.at(-1) === depth)) {
      if (c === "}") braces.pop();
      end = endOfTemplate(js, at + 1);
      const isOpen = js.startsWith("${", end - 2);
      blank(at + 1, isOpen ? end - 2 : end - 1, "_");
      if (isOpen) {
        braces.push(depth);
        tail = "{";
      } else tail = "_";
    } else if (c === "/" && BEFORE_REGEX.test(tail)) {
      end = endOfRegex(js, at);
      blank(at, end, "_");
      tail = "_";
    } else {
      if (c === "{") depth++;
      if (c === "}") depth--;
      end = at + 1;
      if (!/\s/.test(c))
        tail =
          /[\w$]/.test(tail.slice(-1)) &&
          /[\w$]/.test(c) &&
          /[\w$]/.test(js[at - 1] ?? "")
            ? (tail + c).slice(-12)
            : c;
    }
    at = end;
  }
  return out.join("");
}

/**
 * @param {string} js
 * @param {number} at
 * @param {string} quote
 */
function endOfString(js, at, quote) {
  let i = at + 1;
  while (i < js.length && js[i] !== quote && js[i] !== "\n")
    i += js[i] === "\\" ? 2 : 1;
  return Math.min(i + 1, js.length);
}

/**
 * @param {string} js
 * @param {number} at
 */
function endOfTemplate(js, at) {
  let i = at;
  while (i < js.length && js[i] !== "`") {
    if (js[i] === "$" && js[i + 1] === "{") return i + 2;
    i += js[i] === "\\" ? 2 : 1;
  }
  return Math.min(i + 1, js.length);
}

/**
 * @param {string} js
 * @param {number} at
 */
function endOfRegex(js, at) {
  let i = at + 1;
  let isInClass = false;
  while (i < js.length && js[i] !== "\n" && (isInClass || js[i] !== "/")) {
    if (js[i] === "[") isInClass = true;
    if (js[i] === "]") isInClass = false;
    i += js[i] === "\\" ? 2 : 1;
  }
  return Math.min(i + 1, js.length);
}

const MEMBERS =
  "href|assign|replace|reload|pathname|search|hash|origin|hostname|host|protocol|port|toString|ancestorOrigins";
const LOCATION =
  /(?<![\w$.]|\.\s)(?:(window|self|document|globalThis|top|parent)\s*(\?\.|\.)\s*)?location(?![\w$])/g;
const DECLARED =
  /\b(?:let|const|var)\s+(?:[^;={}()]*,\s*)?location\b|\b(?:let|const|var)\s*[{[][^=;]*\blocation\b|\bfunction\b[^(]*\([^)]*\blocation\b|[(,]\s*location\s*(?:,[^()]*)?\)\s*=>|\blocation\s*=>/;

/**
 * Return the script with `location` made the bridge's.
 *
 * @param {string} js
 */
export function replaceLocation(js) {
  if (!js.includes("location")) return js;
  const code = maskCode(js);
  const isDeclared = DECLARED.test(code);
  const edits = new Edits(js);
  for (const match of code.matchAll(LOCATION)) {
    const end = match.index + match[0].length;
    const after = code.slice(end, end + 80);
    if (match[1]) {
      // A framed page is its own top here.
      const owner = /top|parent/.test(match[1]) ? "window" : match[1];
      edits.replace(match.index, end, `${owner}${match[2]}__wbLocation`);
    } else if (!isDeclared && isUsed(after, code.slice(0, match.index))) {
      edits.replace(match.index, end, "__wbLocation");
    }
  }
  return edits.result();
}

/**
 * @param {string} after
 * @param {string} before
 */
function isUsed(after, before) {
  const next = after.match(/^\s*(=(?!=)|=>|\??\.|\[|[;)+}:,]|[!=]==?|$)/)?.[1];
  if (next === undefined || next === ":" || next === "=>") return false;
  if (next === "." || next === "?.") {
    return new RegExp(String.raw`^\s*\??\.\s*(?:${MEMBERS})\b`).test(after);
  }
  if (next === "," || next === "}") return !/[{,]\s*$/.test(before);
  return true;
}

const STATIC =
  /(?<![\w$.])(?:import|export)\b(?:[\w$*{}\s,]*?(?<![\w$])from)?\s*(["'])(_*)\1/g;
const DYNAMIC = /(?<![\w$.])import\s*(?=\()/g;
const META = /(?<![\w$.])import\s*\.\s*meta\s*\.\s*(url|resolve)\b/g;

/**
 * Have a script's `import(...)` come through the bridge.
 *
 * @param {string} code The script, masked.
 * @param {Edits} edits
 * @param {string} base Its own address, quoted.
 */
function replaceDynamic(code, edits, base) {
  for (const match of code.matchAll(DYNAMIC)) {
    const end = match.index + match[0].length;
    if (isMethod(code, end)) continue;
    edits.replace(match.index, end, `__wbImport(${base})`);
  }
}

/**
 * Tell whether what begins with this parenthesis are the parameters of a method.
 *
 * @param {string} code
 * @param {number} start
 */
function isMethod(code, start) {
  let depth = 0;
  for (let at = start; at < code.length; at += 1) {
    if (code[at] === "(") depth += 1;
    if (code[at] === ")") depth -= 1;
    if (!depth) return /^\s*\{/.test(code.slice(at + 1, at + 80));
  }
  return false;
}

/**
 * Return a script that is no module, with `location` and `import(...)` made the bridge's.
 *
 * @param {string} js
 * @param {string} url Its address.
 */
export function classicScript(js, url) {
  if (!/\bimport\s*\(/.test(js)) return replaceLocation(js);
  const edits = new Edits(js);
  replaceDynamic(maskCode(js), edits, JSON.stringify(url));
  return replaceLocation(edits.result());
}

const SCRIPTS = /(?<![\w$.]|\.\s)(?:self\s*\.\s*)?importScripts\s*\(([^()]*)\)/g;
const TEXT = /(["'])(_*)\1/g;

/**
 * Return the addresses, as written, that a worker's script gives to `importScripts`.
 *
 * @param {string} js
 */
export function readScripts(js) {
  if (!js.includes("importScripts")) return [];
  return scriptsIn(js, maskCode(js)).map((one) => one.name);
}

/**
 * Return a worker's script with other addresses in its `importScripts`.
 *
 * @param {string} js
 * @param {(name: string) => string | null} replacement
 */
export function withScripts(js, replacement) {
  if (!js.includes("importScripts")) return js;
  const edits = new Edits(js);
  for (const { start, end, name } of scriptsIn(js, maskCode(js))) {
    const other = replacement(name);
    if (other) edits.replace(start, end, other);
  }
  return edits.result();
}

/**
 * @param {string} js
 * @param {string} code
 */
function scriptsIn(js, code) {
  return [...code.matchAll(SCRIPTS)].flatMap((call) => {
    const first = call.index + call[0].length - 1 - call[1].length;
    return [...call[1].matchAll(TEXT)].map((match) => {
      const start = first + match.index + 1;
      const end = start + match[2].length;
      return { start, end, name: js.slice(start, end) };
    });
  });
}

/**
 * Return the addresses, as written, that a module imports at once.
 *
 * @param {string} js
 */
export function readImports(js) {
  if (!/\b(?:import|export)\b/.test(js)) return [];
  return importsIn(js, maskCode(js)).map((one) => one.name);
}

/**
 * @param {string} js
 * @param {string} code
 */
function importsIn(js, code) {
  return [...code.matchAll(STATIC)].map((match) => {
    const end = match.index + match[0].length - 1;
    const start = end - match[2].length;
    return { start, end, name: js.slice(start, end) };
  });
}

/**
 * Return the module with its imports made absolute.
 *
 * `absolute(name)` gives the address for a name that is relative, null for a bare one.
 *
 * @param {string} js
 * @param {string} url
 * @param {(name: string) => string | null} absolute
 */
export function absoluteImports(js, url, absolute) {
  const code = maskCode(js);
  const edits = new Edits(js);
  for (const one of importsIn(js, code)) {
    const target = absolute(one.name);
    if (target) edits.replace(one.start, one.end, target);
  }
  const base = JSON.stringify(url);
  replaceDynamic(code, edits, base);
  for (const match of code.matchAll(META)) {
    const end = match.index + match[0].length;
    const text = match[1] === "url" ? base : `__wbResolve(${base})`;
    edits.replace(match.index, end, text);
  }
  return edits.result();
}
