// Style sheets and style attributes that scripts write: what they refer to comes
// through the view and is put inside. What the page came with is complete already.

import { base } from "./addresses.js";
import { askOnce } from "./port.js";

const REFERS = /url\(\s*["']?(?!\s*["']?(?:data|blob):|#)|@import\s/i;
const asked = new WeakMap(); // element -> the text that was asked for last

/**
 * Have a style's references put inside; `write` takes the text that holds them.
 *
 * @param {Element} element
 * @param {string} text
 * @param {(css: string) => void} write
 */
async function complete(element, text, write) {
  if (!REFERS.test(text) || asked.get(element) === text) return;
  asked.set(element, text);
  try {
    const { css } = await askOnce({ t: "css", text, base: base() });
    if (asked.get(element) === text && css !== text) write(css);
  } catch {
    // What cannot be had is missing, as it would be in a tab.
  }
}

/** @param {Element} element */
function sheet(element) {
  complete(element, element.textContent, (css) => {
    element.textContent = css;
  });
}

/** @param {HTMLElement} element */
function attribute(element) {
  const text = element.getAttribute("style");
  if (text)
    complete(element, text, (css) => {
      element.style.cssText = css;
    });
}

/** @param {Node} node */
function added(node) {
  if (node.nodeType === Node.TEXT_NODE && node.parentNode?.nodeName === "STYLE")
    sheet(/** @type {Element} */ (node.parentNode));
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const root = /** @type {HTMLElement} */ (node);
  for (const element of [root, ...root.querySelectorAll("style, [style]")]) {
    if (element.nodeName === "STYLE") sheet(element);
    else attribute(/** @type {HTMLElement} */ (element));
  }
}

export function installStyles() {
  const watch = {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["style"],
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") attribute(/** @type {HTMLElement} */ (target));
      else addedNodes.forEach(added);
    }
  }).observe(document, watch);
}
