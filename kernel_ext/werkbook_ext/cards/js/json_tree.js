// A JSON value as nested <details>, which are filled when they are opened.

import { make } from "../../widgets/js/dom.js";
import { drawButton } from "./drawing.js";
import { ExactNumber, isFoldable, jsonCount, jsonPreview, leafText } from "./json.js";

const CHILDREN_AT_ONCE = 100;
const MAX_OPENED_CHILDREN = 20;

/**
 * Draw a JSON value.
 *
 * @param {unknown} value
 * @param {string} label
 */
export function drawJson(value, label) {
  const root = drawNode([], value);
  if (root instanceof HTMLDetailsElement && isFoldable(value)) {
    root.open = true;
    // The first level of a small value is of use only when it can be read at once.
    const isSmall = Object.keys(value).length <= MAX_OPENED_CHILDREN;
    if (isSmall) queueMicrotask(() => openChildren(root));
  }
  const options = { role: "region", "aria-label": label };
  return make("div", { class: "wb-card-code wb-card-tree", ...options }, root);
}

/** @param {HTMLDetailsElement} root */
function openChildren(root) {
  for (const child of root.querySelectorAll(":scope > .wb-card-children > details")) {
    child.setAttribute("open", "");
  }
}

/**
 * @param {(Node | string)[]} key What stands before the value.
 * @param {unknown} value
 */
function drawNode(key, value) {
  if (!isFoldable(value)) {
    return make("div", { class: "wb-card-leaf" }, ...key, drawLeaf(value));
  }
  const preview = make("span", { class: "wb-card-preview" }, `${jsonPreview(value)} `);
  const count = make("span", { class: "wb-card-folded" }, jsonCount(value));
  const node = make("details", {}, make("summary", {}, ...key, preview, count));
  node.addEventListener("toggle", () => fillNode(node, value), { once: true });
  return node;
}

/** @param {string} text */
function drawKey(text) {
  return [make("span", { class: "wb-card-key" }, text), ": "];
}

/** @param {unknown} value */
function drawLeaf(value) {
  const isNumber = value instanceof ExactNumber;
  const kind = value === null ? "null" : isNumber ? "number" : typeof value;
  return make("span", { class: `wb-card-${kind}` }, leafText(value));
}

/**
 * @param {HTMLDetailsElement} node
 * @param {object} value
 */
function fillNode(node, value) {
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const box = make("div", { class: "wb-card-children" });
  const more = () => {
    for (const [name, item] of entries.splice(0, CHILDREN_AT_ONCE)) {
      box.append(drawNode(drawKey(isList ? name : JSON.stringify(name)), item));
    }
    if (!entries.length) return;
    const count = Math.min(entries.length, CHILDREN_AT_ONCE);
    const button = drawButton(`Show ${count} of ${entries.length} more`);
    button.addEventListener("click", () => {
      button.remove();
      more();
    });
    box.append(button);
  };
  more();
  node.append(box);
}
