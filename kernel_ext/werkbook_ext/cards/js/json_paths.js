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

/**
 * Find what has a text in its name or, where it has no children, in its value.
 *
 * @param {unknown} value
 * @param {string} text
 * @param {number} limit
 * @returns {{ path: string, value: unknown }[]} At most one more than the limit.
 */
export function findInJson(value, text, limit) {
  const wanted = text.toLowerCase();
  /** @type {{ path: string, value: unknown }[]} */
  const found = [];
  /** @type {{ path: string, key: string, value: unknown }[]} */
  const waiting = [{ path: "", key: "", value }];
  while (waiting.length && found.length <= limit) {
    const { path, key, value: item } = waiting.pop() ?? { path: "", key: "", value };
    const isInner = isFoldable(item);
    const own = isInner ? key : `${key}\n${leafText(item)}`;
    if (own.toLowerCase().includes(wanted)) found.push({ path, value: item });
    if (!isInner) continue;
    for (const child of childrenOf(item, path).reverse()) waiting.push(child);
  }
  return found;
}

/**
 * @param {object} value
 * @param {string} path
 */
function childrenOf(value, path) {
  const isList = Array.isArray(value);
  return [...entriesOf(value)].map(([key, child]) => ({
    path: pathTo(path, key, isList),
    key: isList ? "" : key,
    value: child,
  }));
}
