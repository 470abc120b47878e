// What several parts of a card are drawn with.

import { make } from "../../widgets/js/dom.js";
import { cutIntoBlocks } from "./text.js";

const BLOCKS_AT_ONCE = 25;

/**
 * Draw a table whose first column names its rows.
 *
 * @param {string[][]} rows
 * @param {string[]} labels
 */
export function drawTable(rows, labels) {
  const heads = labels.map((label) => make("th", { scope: "col" }, label));
  const lines = rows.map(([first, ...rest]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, first),
      ...rest.map((cell) => make("td", {}, cell)),
    ),
  );
  return make(
    "table",
    { class: "wb-card-table" },
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...lines),
  );
}

/**
 * Draw a remark.
 *
 * @param {...(Node | string)} children
 */
export function drawNote(...children) {
  return make("p", { class: "wb-card-note" }, ...children);
}

/**
 * Draw a button of the card.
 *
 * @param {string} label
 * @param {Parameters<typeof make>[1]} [options]
 */
export function drawButton(label, options = {}) {
  return make("button", { class: "wb-card-button", type: "button", ...options }, label);
}

/**
 * Draw source or other text that keeps its spaces.
 *
 * @param {string} label
 * @param {...(Node | string)} children
 */
export function drawCode(label, ...children) {
  const options = { tabindex: "0", role: "region", "aria-label": label };
  return make("pre", { class: "wb-card-code", ...options }, ...children);
}

/**
 * Draw text of any length: in blocks, of which the browser lays out those in sight.
 *
 * @param {string} label
 * @param {string} text
 */
export function drawLongText(label, text) {
  const options = { tabindex: "0", role: "region", "aria-label": label };
  const box = make("div", { class: "wb-card-code wb-card-long", ...options });
  const blocks = cutIntoBlocks(text);
  const add = () => {
    const some = blocks.splice(0, BLOCKS_AT_ONCE);
    box.append(...some.map((block) => make("pre", {}, block)));
    if (blocks.length) setTimeout(add, 0);
  };
  add();
  return box;
}
