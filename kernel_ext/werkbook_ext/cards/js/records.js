// A list of records as a table: its columns, its rows in another order, and fewer.

import { ExactNumber, isFoldable, jsonPreview, leafText } from "./json.js";

const MAX_COLUMNS = 40;
const LOOKED_AT = 1000; // rows whose keys become columns

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
  if (!Array.isArray(value) || value.length < 2) return false;
  return value.every((one) => isFoldable(one) && !Array.isArray(one));
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
  if (typeof value === "string") return value;
  return isFoldable(value) ? jsonPreview(value) : leafText(value);
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
  const chosen = records.filter((record) =>
    Object.values(record).some((one) => cellText(one).toLowerCase().includes(wanted)),
  );
  if (!order) return chosen;
  const { column, isDescending } = order;
  const sorted = chosen.sort((one, other) => compareCells(one[column], other[column]));
  return isDescending ? sorted.reverse() : sorted;
}

/**
 * Compare numbers as numbers, the rest as text; what is not there comes last.
 *
 * @param {unknown} one
 * @param {unknown} other
 */
function compareCells(one, other) {
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined);
  }
  const [first, second] = [numberOf(one), numberOf(other)];
  if (first !== null && second !== null) return first - second;
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true });
}

/** @param {unknown} value */
function numberOf(value) {
  if (typeof value === "number") return value;
  return value instanceof ExactNumber ? Number(value.text) : null;
}
