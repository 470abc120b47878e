// Places in a JSON value, as people type them: `items[0].name`; and what is found there.

import { isFoldable, leafText } from "./json.js";
import { entriesOf } from "./json_keys.js";

const NAME = /^[A-Za-z_$][\w$]*$/;

/**
 * Return the path of a child.
 *
 * @param {string} path That of its parent; empty for the whole value.
 * @param {string} key
 * @param {boolean} isInList
 */
export function pathTo(path, key, isInList) {
  if (isInList) return `${path}[${key}]`;
  if (!NAME.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path ? `${path}.${key}` : key;
}

const STEP = 5000;

/**
 * Find what has a text in its name or, where it has no children, in its value.
 *
 * What is found comes in the order in which it stands. Paths are made for that alone: a
 * list may have a million numbers.
 *
 * @param {unknown} value
 * @param {string} text
 * @returns {Generator<{ path: string, value: unknown } | null>} None after each few
 *   thousand values, so that a page may do something else.
 */
export function* searchJson(value, text) {
  const wanted = text.toLowerCase();
  let count = 0;
  /** @param {unknown} item */
  const hasText = (item) =>
    typeof item === "number" // as leafText writes it, and there are many
      ? `${item}`.includes(wanted)
      : String(leafText(item)).toLowerCase().includes(wanted);
  if (!isFoldable(value)) {
    if (hasText(value)) yield { path: "", value };
    return;
  }
  const open = [enter(value, "")];
  while (open.length) {
    const level = open[open.length - 1];
    const { done, value: entry } = level.entries.next();
    if (done) {
      open.pop();
      continue;
    }
    count += 1;
    if (count % STEP === 0) yield null;
    const [key, item] = entry;
    const isInner = isFoldable(item);
    const isFound =
      (!level.isList && key.toLowerCase().includes(wanted)) ||
      (!isInner && hasText(item));
    if (!isFound && !isInner) continue;
    const path = pathTo(level.path, key, level.isList);
    if (isFound) yield { path, value: item };
    if (isInner) open.push(enter(item, path));
  }
}

/**
 * @param {object} value
 * @param {string} path
 */
function enter(value, path) {
  return { entries: entriesOf(value), isList: Array.isArray(value), path };
}
