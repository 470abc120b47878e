// Style sheets and style attributes that scripts write: what they refer to comes
// through the view and is put inside. What the page came with is complete already.

import { base } from "./addresses.js";
import { askOnce } from "./port.js";

const REFERS = /url\(\s*["']?(?!\s*["']?(?:data|blob):|#)|@import\s/i;
const asked = new WeakMap(); // element -> the text that was asked for last

/** Have a style's references put inside; `write` takes the text that holds them. */
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

function sheet(element) {
  complete(element, element.textContent, (css) => {
    element.textContent = css;
  });
}

function attribute(element) {
  const text = element.getAttribute("style");
  if (text)
    complete(element, text, (css) => {
      element.style.cssText = css;
    });
}

function added(node) {
  if (node.nodeType === Node.TEXT_NODE && node.parentNode?.nodeName === "STYLE")
    sheet(node.parentNode);
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const element of [node, ...node.querySelectorAll("style, [style]")]) {
    if (element.nodeName === "STYLE") sheet(element);
    else attribute(element);
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
      if (type === "attributes") attribute(target);
      else addedNodes.forEach(added);
    }
  }).observe(document, watch);
}
