// What differs between the answers of two runs, line by line.

import { parseJson } from "./json.js";

/**
 * @import { Header } from "./card_state.d.ts"
 * @typedef {[mark: " " | "-" | "+", line: string]} DiffRow
 * @typedef {DiffRow | [mark: "…", count: number]} FoldedRow
 */

// Headers that differ at each answer are not worth telling in a comparison, and the
// length says nothing that the body does not.
const VARYING = new Set([
  "date",
  "age",
  "etag",
  "last-modified",
  "expires",
  "content-length",
  "x-request-id",
]);

/**
 * Return an answer as the lines that are compared.
 *
 * @param {string} line The request with its status.
 * @param {Header[]} headers
 * @param {string} text The body.
 */
export function comparable(line, headers, text) {
  const value = parseJson(text);
  const body = typeof value === "object" ? JSON.stringify(value, null, 2) : text;
  const shown = headers
    .filter(([name]) => !VARYING.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}`);
  return [line, ...shown, "", body].join("\n");
}

/**
 * Compare the lines of two texts.
 *
 * @param {string} before
 * @param {string} after
 * @param {number} [maxCells] Texts with more pairs of lines are told as all different.
 * @returns {DiffRow[]}
 */
export function diffLines(before, after, maxCells = 4_000_000) {
  const old = before.split("\n");
  const now = after.split("\n");
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return [
    ...marked(" ", old.slice(0, start)),
    ...changedLines(
      old.slice(start, old.length - end),
      now.slice(start, now.length - end),
      maxCells,
    ),
    ...marked(" ", end ? old.slice(-end) : []),
  ];
}

/**
 * @param {DiffRow[0]} mark
 * @param {string[]} lines
 * @returns {DiffRow[]}
 */
function marked(mark, lines) {
  return lines.map((line) => [mark, line]);
}

/**
 * @param {string[]} old
 * @param {string[]} now
 * @param {number} maxCells
 * @returns {DiffRow[]}
 */
function changedLines(old, now, maxCells) {
  if (old.length * now.length > maxCells)
    return [...marked("-", old), ...marked("+", now)];
  const width = now.length + 1;
  const lengths = commonLengths(old, now);
  /** @type {DiffRow[]} */
  const rows = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      rows.push([" ", old[i]]);
      i += 1;
      j += 1;
    } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
      rows.push(["-", old[i]]);
      i += 1;
    } else {
      rows.push(["+", now[j]]);
      j += 1;
    }
  }
  return [...rows, ...marked("-", old.slice(i)), ...marked("+", now.slice(j))];
}

/**
 * Return, for each pair of line numbers, how many lines the rests have in common.
 *
 * @param {string[]} old
 * @param {string[]} now
 */
function commonLengths(old, now) {
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      lengths[at] =
        old[i] === now[j]
          ? lengths[at + width + 1] + 1
          : Math.max(lengths[at + width], lengths[at + 1]);
    }
  }
  return lengths;
}

/**
 * Fold unchanged lines that are far from any change into one row of ["…", how many].
 *
 * @param {DiffRow[]} rows
 * @param {number} [context] How many lines around a change stay.
 */
export function foldSame(rows, context = 2) {
  const isNear = rows.map((_, index) =>
    rows
      .slice(Math.max(0, index - context), index + context + 1)
      .some(([mark]) => mark !== " "),
  );
  /** @type {FoldedRow[]} */
  const folded = [];
  for (const [index, row] of rows.entries()) {
    const last = folded.at(-1);
    if (isNear[index]) folded.push(row);
    else if (last?.[0] === "…") last[1] += 1;
    else folded.push(["…", 1]);
  }
  return folded;
}
