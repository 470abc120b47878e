// A list of records as a table: its columns, its rows in another order, and fewer.

import { ExactNumber, isFoldable, jsonPreview, shortLeafText } from "./json.js";
import { entriesOf } from "./json_keys.js";

const MAX_COLUMNS = 40;
const LOOKED_AT = 1000; // rows whose keys become columns
const MAX_CELL_CHARS = 200;
const WHOLE = /^-?\d{1,400}$/;

/**
 * @typedef {Record<string, unknown>} JsonRecord
 * @typedef {{ column: string, isDescending: boolean } | null} Order
 */

/**
 * Tell whether a value is a list of records, which a table shows better than a tree.
 *
 * @param {unknown} value
 * @returns {value is JsonRecord[]}
 */
export function isRecords(value) {
  if (!Array.isArray(value) || !value.some(isFoldable)) return false;
  return value.every(isRecord);
}

/** @param {unknown} value */
function isRecord(value) {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !(value instanceof ExactNumber);
}

/**
 * Find the records of an answer: the whole of it, or the one list of them that it has,
 * as in `{"count": 2, "items": [...]}`.
 *
 * @param {unknown} value
 * @returns {{ name: string, records: JsonRecord[] } | null} `name` is empty for the whole.
 */
export function findRecords(value) {
  if (isRecords(value)) return { name: "", records: value };
  if (!isRecord(value)) return null;
  const found = [];
  for (const [name, records] of entriesOf(/** @type {object} */ (value))) {
    if (isRecords(records)) found.push({ name, records });
  }
  return found.length === 1 ? found[0] : null;
}

/** @param {JsonRecord[]} records */
export function columnsOf(records) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const record of records.slice(0, LOOKED_AT)) {
    for (const name of Object.keys(record)) names.add(name);
  }
  return [...names].slice(0, MAX_COLUMNS);
}

/**
 * Return the text of a table's cell; what has children is shortened.
 *
 * @param {unknown} value
 */
export function cellText(value) {
  if (value === undefined) return "";
  if (typeof value === "string")
    return value.length > MAX_CELL_CHARS ? shortLeafText(value) : value;
  return isFoldable(value) ? jsonPreview(value) : shortLeafText(value);
}

/**
 * Return the records that have a text in some cell, in an order.
 *
 * @param {JsonRecord[]} records
 * @param {string} text
 * @param {Order} order
 */
export function arrangeRecords(records, text, order) {
  const wanted = text.toLowerCase();
  const chosen = records.filter(
    (record) =>
      !wanted ||
      Object.values(record).some((one) => cellText(one).toLowerCase().includes(wanted)),
  );
  if (!order) return chosen;
  const { column, isDescending } = order;
  const there = chosen.filter((one) => one[column] !== undefined);
  const missing = chosen.filter((one) => one[column] === undefined);
  there.sort((one, other) => compareCells(one[column], other[column]));
  return [...(isDescending ? there.reverse() : there), ...missing];
}

/**
 * Compare numbers as numbers, the rest as text.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
function compareCells(one, other) {
  const [first, second] = [numberOf(one), numberOf(other)];
  if (first !== null && second !== null) {
    if (first === second) return compareExactly(String(one), String(other));
    return first < second ? -1 : 1;
  }
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true });
}

/**
 * Compare two numbers that are the same to JavaScript, as large ones may be.
 *
 * @param {string} one
 * @param {string} other
 */
function compareExactly(one, other) {
  if (!WHOLE.test(one) || !WHOLE.test(other)) return 0;
  const difference = BigInt(one) - BigInt(other);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** @param {unknown} value */
function numberOf(value) {
  if (typeof value === "number") return value;
  return value instanceof ExactNumber ? Number(value.text) : null;
}
