// Pictures and pages whose parts replace each other: `multipart/x-mixed-replace`.

import { boundaryOf, MixedParts } from "./mixed_parts.js";
import { pageFetch } from "./page_fetch.js";

/** @import { Part } from "./mixed_parts.js" */

const MARK = "data-wb-live"; // put there by the view, with the address
const setAttribute = Element.prototype.setAttribute;
/** @type {WeakMap<Element, string>} */
const playing = new WeakMap();

/**
 * Show each part in an element as it comes, until that shows something else.
 *
 * @param {Element} element
 * @param {string} url
 */
export async function play(element, url) {
  playing.set(element, url);
  const isWanted = () => element.isConnected && playing.get(element) === url;
  while (await playOnce(element, url, isWanted));
}

/** @param {Element} element */
export function stopPlaying(element) {
  playing.delete(element);
}

/**
 * Play one answer; true where it is to be asked for again, as it was cut for its length.
 *
 * @param {Element} element
 * @param {string} url
 * @param {() => boolean} isWanted
 */
async function playOnce(element, url, isWanted) {
  let count = 0;
  try {
    const response = await pageFetch(url);
    const parts = new MixedParts(
      boundaryOf(response.headers.get("content-type")) ?? "",
    );
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) return false;
      if (!isWanted()) {
        await reader.cancel();
        return false;
      }
      const part = parts.add(value);
      if (!part) continue;
      count += 1;
      show(element, part);
    }
  } catch {
    return count > 0 && isWanted();
  }
  return false;
}

/**
 * @param {Element} element
 * @param {Part} part
 */
function show(element, { type, body }) {
  if (element.tagName === "IMG") return showPicture(element, type, body);
  if (type.startsWith("image/")) {
    const image = element.querySelector("img") ?? document.createElement("img");
    if (!image.isConnected) element.replaceChildren(image);
    return showPicture(image, type, body);
  }
  const text = new TextDecoder().decode(body);
  if (/^text\/html\b/i.test(type)) element.innerHTML = text;
  else {
    const lines = document.createElement("pre");
    lines.textContent = text;
    element.replaceChildren(lines);
  }
  return undefined;
}

/**
 * @param {Element} image
 * @param {string} type
 * @param {Uint8Array<ArrayBuffer>} body
 */
function showPicture(image, type, body) {
  const address = URL.createObjectURL(new Blob([body], { type }));
  const release = () => URL.revokeObjectURL(address);
  image.addEventListener("load", release, { once: true });
  setAttribute.call(image, "src", address);
}

export function installLiveParts() {
  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll(`[${MARK}]`)) {
      play(element, element.getAttribute(MARK) ?? "");
      element.removeAttribute(MARK);
    }
  });
}
