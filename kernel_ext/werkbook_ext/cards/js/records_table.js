// A list of records as a table that can be sorted and searched.

import { make } from "../../widgets/js/dom.js";
import { drawButton, drawNote } from "./drawing.js";
import { sentKey } from "./json_keys.js";
import { arrangeRecords, cellText, columnsOf } from "./records.js";

/** @import { JsonRecord, Order } from "./records.js" */

const ROWS_AT_ONCE = 200;

/**
 * Draw the records that have a text somewhere; a click on a column sorts by it.
 *
 * @param {JsonRecord[]} records
 * @param {string} text
 */
export function drawRecords(records, text) {
  const columns = columnsOf(records);
  const body = make("tbody");
  const more = make("div", {});
  /** @type {Order} */
  let order = null;
  const heads = columns.map((column) => {
    const sort = () => {
      const isSame = order?.column === column;
      order = { column, isDescending: isSame && !order?.isDescending };
      showOrder(heads, columns, order);
      fill();
    };
    const name = sentKey(column);
    const button = drawButton(name, { title: `Sort by ${name}`, onclick: sort });
    button.classList.add("wb-card-sort");
    return make("th", { scope: "col" }, button);
  });
  const fill = () => {
    const rows = arrangeRecords(records, text, order);
    body.replaceChildren();
    addRows(rows, columns, body, more);
  };
  fill();
  const head = make("thead", {}, make("tr", {}, ...heads));
  const table = make("table", { class: "wb-card-table wb-card-records" }, head, body);
  return make("div", { class: "wb-card-wide" }, table, more);
}

/**
 * @param {HTMLElement[]} heads
 * @param {string[]} columns
 * @param {NonNullable<Order>} order
 */
function showOrder(heads, columns, order) {
  for (const [index, head] of heads.entries()) {
    if (columns[index] !== order.column) head.removeAttribute("aria-sort");
    else {
      head.setAttribute("aria-sort", order.isDescending ? "descending" : "ascending");
    }
  }
}

/**
 * @param {JsonRecord[]} rows
 * @param {string[]} columns
 * @param {HTMLElement} body
 * @param {HTMLElement} more Has the button that adds those that are left.
 */
function addRows(rows, columns, body, more) {
  if (!rows.length) return more.replaceChildren(drawNote("No record has this text."));
  const add = () => {
    const some = rows.splice(0, ROWS_AT_ONCE);
    body.append(...some.map((record) => drawRecord(record, columns)));
    const count = Math.min(rows.length, ROWS_AT_ONCE);
    const button = drawButton(`Show ${count} of ${rows.length} more`, { onclick: add });
    more.replaceChildren(...(count ? [drawNote(button)] : []));
  };
  return add();
}

/**
 * @param {JsonRecord} record
 * @param {string[]} columns
 */
function drawRecord(record, columns) {
  const cells = columns.map((name) => make("td", {}, cellText(record[name])));
  return make("tr", {}, ...cells);
}
