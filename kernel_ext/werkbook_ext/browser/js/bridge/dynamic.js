// Elements that scripts make: what they load comes through the view, as blob: URLs.
//
// Setting `src` or `href` waits for the resource and then sets it; the page reads its
// own address back. What comes in as HTML text is found by an observer: the policy
// has refused it by then, so its error event is kept from the page.

import { isOwn, withoutHash } from "../urls.js";
import { absolute } from "./addresses.js";
import { play, stopPlaying } from "./live_parts.js";
import { askOnce } from "./port.js";

/** @typedef {Element & { rel?: string, type?: string }} Loading An element that loads. */

/** @type {Record<string, string[]>} */
const LOADING = {
  IMG: ["src"],
  SCRIPT: ["src"],
  LINK: ["href"],
  SOURCE: ["src"],
  VIDEO: ["src", "poster"],
  AUDIO: ["src"],
  TRACK: ["src"],
  INPUT: ["src"],
};
/** @type {WeakMap<Element, Record<string, string>>} */
const addresses = new WeakMap(); // element -> {name: address as written}
/** @type {WeakSet<Element>} */
const pending = new WeakSet();
const setAttribute = Element.prototype.setAttribute;
const getAttribute = Element.prototype.getAttribute;

/**
 * @param {Loading} element
 * @param {string} name
 * @param {string} value
 */
function isLoading(element, name, value) {
  if (!LOADING[element.tagName]?.includes(name) || !isOwn(absolute(value)))
    return false;
  if (element.tagName !== "LINK") return true;
  return /\b(stylesheet|icon)\b/i.test(element.rel ?? "") || !element.rel;
}

/** @param {Loading} element */
function kindOf(element) {
  if (element.tagName === "LINK") return "css";
  if (element.tagName !== "SCRIPT") return "";
  return element.type === "module" ? "module" : "script";
}

/**
 * @param {Loading} element
 * @param {string} name
 * @param {string} value
 */
async function load(element, name, value) {
  remember(element, name, value);
  pending.add(element);
  const url = absolute(value) ?? value;
  try {
    const answer = await askOnce({
      t: "resource",
      url: withoutHash(url),
      kind: kindOf(element),
    });
    if (addresses.get(element)?.[name] !== value) return; // set again meanwhile
    if (answer.isLive) {
      play(element, withoutHash(url));
      return;
    }
    if (answer.importMap) addImportMap(answer.importMap);
    const blob = new Blob([answer.body], { type: answer.type });
    setAttribute.call(
      element,
      name,
      answer.importMap ? url : URL.createObjectURL(blob),
    );
  } catch {
    pending.delete(element);
    element.dispatchEvent(new Event("error"));
    return;
  }
  setTimeout(() => pending.delete(element), 1000);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
function remember(element, name, value) {
  stopPlaying(element);
  const written = addresses.get(element) ?? {};
  written[name] = value;
  addresses.set(element, written);
}

/** @param {Record<string, string>} imports */
export function addImportMap(imports) {
  window.__wbImports ??= new Set();
  const known = window.__wbImports;
  const fresh = Object.fromEntries(
    Object.entries(imports).filter(([name]) => !known.has(name)),
  );
  if (!Object.keys(fresh).length) return;
  for (const name of Object.keys(fresh)) known.add(name);
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({ imports: fresh });
  (document.head || document.documentElement).append(map);
  map.remove();
}

/**
 * @param {object} prototype
 * @param {string} name
 */
function patchProperty(prototype, name) {
  const native = Object.getOwnPropertyDescriptor(prototype, name);
  if (!native?.get || !native.set) return;
  const { get, set } = native;
  Object.defineProperty(prototype, name, {
    ...native,
    get() {
      const written = addresses.get(this)?.[name];
      return written === undefined ? get.call(this) : absolute(written);
    },
    set(value) {
      const text = String(value);
      if (isLoading(this, name, text)) load(this, name, text);
      else {
        delete addresses.get(this)?.[name];
        stopPlaying(this);
        set.call(this, value);
      }
    },
  });
}

function patchAttributes() {
  Element.prototype.setAttribute = function (name, value) {
    const key = String(name).toLowerCase();
    const text = String(value);
    if (LOADING[this.tagName] && isLoading(this, key, text)) load(this, key, text);
    else setAttribute.call(this, name, value);
  };
  Element.prototype.getAttribute = function (name) {
    const written = addresses.get(this)?.[String(name).toLowerCase()];
    return written === undefined ? getAttribute.call(this, name) : written;
  };
}

/**
 * Load what an element that came as text refers to.
 *
 * @param {Loading} element
 */
function adopt(element) {
  for (const name of LOADING[element.tagName] || []) {
    const value = getAttribute.call(element, name);
    if (!value || !isLoading(element, name, value)) continue;
    if (element.tagName === "SCRIPT") continue; // scripts in HTML text never run
    load(element, name, value);
  }
}

function observe() {
  const query = Object.keys(LOADING).join(",");
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        const element = /** @type {Element} */ (node);
        adopt(element);
        element.querySelectorAll(query).forEach(adopt);
      }
    }
  }).observe(document, { subtree: true, childList: true });
  window.addEventListener(
    "error",
    (event) => {
      const element = event.target;
      if (
        element instanceof Element &&
        (pending.has(element) || isRefused(element)) &&
        event.isTrusted
      ) {
        event.stopImmediatePropagation();
      }
    },
    true,
  );
}

/** @param {Element} element */
function isRefused(element) {
  return (LOADING[element.tagName] || []).some((name) => {
    const value = getAttribute.call(element, name);
    return value && isOwn(absolute(value));
  });
}

function patchImports() {
  const importNow = (/** @type {string} */ url) => import(url);
  window.__wbResolve = (base) => (name) => new URL(name, base).href;
  window.__wbImport = (base) => async (name) => {
    const isRelative = /^(\.{0,2}\/|https?:)/.test(name);
    const url = isRelative ? absolute(new URL(name, base).href) : name;
    if (!isOwn(url)) return importNow(name);
    const answer = await askOnce({ t: "resource", url, kind: "module" });
    addImportMap(answer.importMap);
    return importNow(url);
  };
}

export function installDynamic() {
  patchProperty(HTMLImageElement.prototype, "src");
  patchProperty(HTMLScriptElement.prototype, "src");
  patchProperty(HTMLLinkElement.prototype, "href");
  patchProperty(HTMLSourceElement.prototype, "src");
  patchProperty(HTMLMediaElement.prototype, "src");
  patchProperty(HTMLVideoElement.prototype, "poster");
  patchProperty(HTMLInputElement.prototype, "src");
  patchProperty(HTMLTrackElement.prototype, "src");
  patchAttributes();
  patchImports();
  observe();
}
