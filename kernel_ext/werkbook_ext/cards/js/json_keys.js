// The keys of a JSON text: in the order in which they were sent, and how many there are.
//
// JavaScript puts keys such as "10" before all others, by size. They get a mark while the
// text is read, and lose it where they are shown.

const MARK = "\ufdd0"; // no character: no text has it
const NUMBER = /^(?:0|[1-9]\d{0,9})$/;
const MARKED = new RegExp(`^${MARK}(?=\\d+$)`);
const SPACE = " \t\n\r";

/**
 * Return a JSON text whose keys JavaScript leaves in their order, and their number.
 *
 * @param {string} text
 * @returns {{ text: string, count: number }}
 */
export function markKeys(text) {
  const pieces = [];
  let [written, count, end] = [0, 0, 0];
  for (let start = text.indexOf('"'); start >= 0; start = text.indexOf('"', end)) {
    end = endOfString(text, start);
    if (!end) break;
    if (!isKey(text, end)) continue;
    count += 1;
    const isShort = end - start <= 12;
    if (!isShort || !NUMBER.test(text.slice(start + 1, end - 1))) continue;
    pieces.push(text.slice(written, start + 1), MARK);
    written = start + 1;
  }
  return { text: pieces.join("") + text.slice(written), count };
}

/**
 * Return the place behind a string; 0 where it does not end.
 *
 * @param {string} text
 * @param {number} start
 */
export function endOfString(text, start) {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
  } while (end > 0 && isEscaped(text, end));
  return end + 1;
}

/**
 * @param {string} text
 * @param {number} at
 */
function isEscaped(text, at) {
  let start = at;
  while (text[start - 1] === "\\") start -= 1;
  return (at - start) % 2 === 1;
}

/**
 * @param {string} text
 * @param {number} end Where a string ends.
 */
function isKey(text, end) {
  let at = end;
  while (at < text.length && SPACE.includes(text[at])) at += 1;
  return text[at] === ":";
}

/**
 * Return a key as it was sent.
 *
 * @param {string} key
 */
export const sentKey = (key) => key.replace(MARKED, "");

/**
 * Go through the items of a list or the values of an object, with their keys as sent.
 *
 * @param {object} value
 * @returns {Generator<[key: string, value: unknown]>}
 */
export function* entriesOf(value) {
  const isList = Array.isArray(value);
  for (const [key, item] of isList ? value.entries() : Object.entries(value)) {
    yield [isList ? String(key) : sentKey(String(key)), item];
  }
}

/**
 * Tell whether an object of a JSON text has a key twice: its first value is lost.
 *
 * @param {unknown} value What was read of it.
 * @param {string} text
 */
export function hasRepeatedKeys(value, text) {
  let left = markKeys(text).count;
  const waiting = [value];
  while (waiting.length) {
    const one = waiting.pop();
    if (Array.isArray(one)) for (const item of one) waiting.push(item);
    else if (one !== null && typeof one === "object" && isPlain(one)) {
      for (const item of Object.values(one)) {
        left -= 1;
        waiting.push(item);
      }
    }
  }
  return left > 0;
}

/** @param {object} value */
const isPlain = (value) => Object.getPrototypeOf(value) === Object.prototype;
