// JSON values: reading them, and what they look like while they are folded.

import { entriesOf, markKeys } from "./json_keys.js";

const MAX_PART_CHARS = 24;
// What may be a number that JavaScript writes otherwise: -0, 1.0, 1e3, a long or a tiny one.
const MAYBE_INEXACT = /-0(?![.\d])|\.\d*0(?!\d)|[\d.]{16}|\d[eE]|\.0{6}/;
// Strings are passed over: what stands in them is text.
const NO_NUMBER =
  /"[^"\\]*(?:\\[^][^"\\]*)*"|(?<=[[{,:\s]|^)-?(?:NaN|Infinity)(?=[\]},\s]|$)/g;

/** A number whose text JavaScript would write otherwise: `1.0`, `12345678901234567890`. */
export class ExactNumber {
  /** @param {string} text As it was sent. */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/**
 * Read a JSON text; undefined where it is none.
 *
 * Numbers that JavaScript cannot hold as they were sent are `ExactNumber`s, in browsers
 * that tell how they were. Keys are to be read by `entriesOf`.
 *
 * @param {string} text
 * @returns {any}
 */
export function parseJson(text) {
  /** @type {any} The reviver's third argument is newer than the types of TypeScript. */
  const exactly = (
    /** @type {string} */ _key,
    /** @type {any} */ value,
    /** @type {any} */ context,
  ) => {
    const source = typeof value === "number" ? context?.source : undefined;
    return source === undefined || source === String(value)
      ? value
      : new ExactNumber(source);
  };
  try {
    const marked = markKeys(text).text;
    return MAYBE_INEXACT.test(marked)
      ? JSON.parse(marked, exactly)
      : JSON.parse(marked); // a reviver takes long
  } catch {
    return undefined;
  }
}

/**
 * Say which word of a text is none of JSON's; nothing where there is none.
 *
 * @param {string} text
 */
export function wordProblem(text) {
  for (const [word] of text.matchAll(NO_NUMBER)) {
    if (word[0] === '"') continue;
    return `This is no JSON: it has no ${word}. Send null or a text instead.`;
  }
  return "";
}

/**
 * Say where a text is no JSON; nothing where it is.
 *
 * @param {string} text
 */
export function syntaxProblem(text) {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : error}.`;
  }
}

/**
 * Tell whether a value has children.
 *
 * @param {unknown} value
 * @returns {value is object}
 */
export function isFoldable(value) {
  if (typeof value !== "object" || value === null) return false;
  return !(value instanceof ExactNumber) && countChildren(value) > 0;
}

/**
 * Count the items of a list or the keys of an object.
 *
 * @param {object} value
 */
export function countChildren(value) {
  // The keys of a list would be a text for each of its items.
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/**
 * Return the beginning of a list or an object, for when its children are folded.
 *
 * @param {object} value
 * @param {number} [maxLength]
 */
export function jsonPreview(value, maxLength = 60) {
  const isList = Array.isArray(value);
  let text = "";
  for (const [key, item] of entriesOf(value)) {
    const part = `${isList ? "" : `${JSON.stringify(key)}: `}${shortJson(item)}`;
    const joint = text ? ", " : "";
    if (text.length + part.length > maxLength) {
      text += `${joint}…`;
      break;
    }
    text += joint + part;
  }
  return isList ? `[${text}]` : `{${text}}`;
}

/**
 * Return the text of a value without children.
 *
 * @param {unknown} value
 */
export function leafText(value) {
  return value instanceof ExactNumber ? value.text : JSON.stringify(value);
}

/**
 * Return the text of a value without children, its beginning where it is long.
 *
 * @param {unknown} value
 * @param {number} [maxLength]
 */
export function shortLeafText(value, maxLength = 200) {
  const text = leafText(value);
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength)}… ${text.length - maxLength} more characters`;
}

/** @param {unknown} value */
function shortJson(value) {
  if (isFoldable(value)) return Array.isArray(value) ? "[…]" : "{…}";
  const text = leafText(value);
  return text.length > MAX_PART_CHARS ? `${text.slice(0, 20)}…` : text;
}

/**
 * Say how many children a value has, such as `2 keys`.
 *
 * @param {object} value
 */
export function jsonCount(value) {
  const count = countChildren(value);
  const noun = Array.isArray(value) ? "item" : "key";
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
