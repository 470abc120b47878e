// A JSON value as nested <details>, which are filled when they are opened.

import { make } from "../../widgets/js/dom.js";
import { copy } from "./clipboard.js";
import { drawButton, drawLongText } from "./drawing.js";
import {
  countChildren,
  ExactNumber,
  isFoldable,
  jsonCount,
  jsonPreview,
  leafText,
  shortLeafText,
} from "./json.js";
import { entriesOf } from "./json_keys.js";
import { pathTo } from "./json_paths.js";

const CHILDREN_AT_ONCE = 100;
const MAX_OPENED_CHILDREN = 20;
const MAX_OPENED = 2000; // nodes that "Expand all" opens at once
const MAX_LEAF_CHARS = 2000; // a browser lays megabytes on one line out for seconds
/** @type {WeakMap<Element, () => void>} Fills a node that was not opened yet. */
const fillers = new WeakMap();

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
    const isSmall = countChildren(value) <= MAX_OPENED_CHILDREN;
    if (isSmall) queueMicrotask(() => openChildren(root));
  }
  const options = { role: "region", "aria-label": label };
  return make("div", { class: "wb-card-code wb-card-tree", ...options }, root);
}

/** @param {HTMLDetailsElement} root */
function openChildren(root) {
  const children = ":scope > .wb-card-children > .wb-card-branch > details";
  for (const child of root.querySelectorAll(children)) child.setAttribute("open", "");
}

/**
 * Open all nodes of a tree, as many as a browser can lay out at once.
 *
 * @param {Element} place Where the tree is.
 */
export function openAll(place) {
  const waiting = [...place.querySelectorAll("details")];
  for (let count = 0; waiting.length && count < MAX_OPENED; count += 1) {
    const node = waiting.shift();
    if (!node) return;
    fillers.get(node)?.();
    node.open = true;
    if (count + waiting.length < MAX_OPENED) {
      const inner = node.querySelectorAll("details:not([open])");
      waiting.push(.../** @type {NodeListOf<HTMLDetailsElement>} */ (inner));
    }
  }
}

/**
 * @param {(Node | string)[]} key What stands before the value.
 * @param {unknown} value
 * @param {string} path
 */
function drawChild(key, value, path) {
  // Beside what folds, not in it: a button in a button is none for a screen reader.
  const node = drawNode(key, value, path);
  return make("div", { class: "wb-card-branch" }, node, drawCopyPath(path));
}

/**
 * @param {(Node | string)[]} key What stands before the value.
 * @param {unknown} value
 * @param {string} [path]
 */
function drawNode(key, value, path = "") {
  if (!isFoldable(value))
    return make("div", { class: "wb-card-leaf" }, ...key, drawLeaf(value));
  const preview = make("span", { class: "wb-card-preview" }, `${jsonPreview(value)} `);
  const count = make("span", { class: "wb-card-folded" }, jsonCount(value));
  const summary = make("summary", {}, ...key, preview, count);
  const node = make("details", {}, summary);
  const fill = () => {
    if (fillers.delete(node)) fillNode(node, value, path);
  };
  fillers.set(node, fill);
  node.addEventListener("toggle", fill, { once: true });
  return node;
}

/**
 * Draw the button that copies where a value is; the pointer or the focus brings it up.
 *
 * @param {string} path
 */
function drawCopyPath(path) {
  const name = { title: `Copy path: ${path}`, "aria-label": `Copy path ${path}` };
  const button = drawButton("path", name);
  button.classList.add("wb-card-copy-path");
  button.addEventListener("click", () => {
    copy(path, () => {
      button.textContent = "copied";
    });
  });
  button.addEventListener("blur", () => {
    button.textContent = "path";
  });
  return button;
}

/** @param {string} text */
function drawKey(text) {
  return [make("span", { class: "wb-card-key" }, text), ": "];
}

/** @param {unknown} value */
function drawLeaf(value) {
  const isNumber = value instanceof ExactNumber;
  const kind = value === null ? "null" : isNumber ? "number" : typeof value;
  const leaf = make("span", { class: `wb-card-${kind}` });
  const text = leafText(value);
  if (text.length <= MAX_LEAF_CHARS) {
    leaf.append(text);
    return leaf;
  }
  const showAll = () => leaf.replaceChildren(drawLongText("Text", text));
  const button = drawButton("Show all", { onclick: showAll });
  leaf.append(shortLeafText(value, MAX_LEAF_CHARS), " ", button);
  return leaf;
}

/**
 * @param {HTMLDetailsElement} node
 * @param {object} value
 * @param {string} path
 */
function fillNode(node, value, path) {
  const isList = Array.isArray(value);
  const entries = entriesOf(value);
  let left = countChildren(value);
  const box = make("div", { class: "wb-card-children" });
  const more = () => {
    for (let some = Math.min(left, CHILDREN_AT_ONCE); some > 0; some -= 1) {
      const [name, item] = entries.next().value;
      const key = drawKey(isList ? name : JSON.stringify(name));
      box.append(drawChild(key, item, pathTo(path, name, isList)));
      left -= 1;
    }
    if (!left) return;
    const count = Math.min(left, CHILDREN_AT_ONCE);
    const button = drawButton(`Show ${count} of ${left} more`);
    button.addEventListener("click", () => {
      button.remove();
      more();
    });
    box.append(button);
  };
  more();
  node.append(box);
}
