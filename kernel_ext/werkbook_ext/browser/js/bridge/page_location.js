// `location` and `document`'s addresses, as the page would have them at the app.

import { isSameDocument, ORIGIN, withoutHash } from "../urls.js";
import { absolute } from "./addresses.js";
import { config, here } from "./config.js";
import { tell } from "./port.js";

/**
 * Leave for another address; one that differs by its hash only is a place here.
 *
 * @param {unknown} target
 * @param {boolean} [isReplacing]
 */
export function go(target, isReplacing = false) {
  const url = absolute(target);
  if (url === null) throw new DOMException(`'${target}' is no address`, "SyntaxError");
  if (/^javascript:/i.test(url)) return;
  if (url.includes("#") && isSameDocument(url, here.url)) goToPlace(url, isReplacing);
  else tell({ t: "go", method: "GET", url, isReplacing });
}

/**
 * Show a place in the page, as a hash link does.
 *
 * @param {string} url
 * @param {boolean} [isReplacing]
 */
export function goToPlace(url, isReplacing = false) {
  const old = here.url;
  here.url = url;
  tell({ t: isReplacing || url === old ? "replace" : "push", url, state: null });
  scrollToPlace(url);
  if (url === old) return;
  const event = new HashChangeEvent("hashchange", { oldURL: old, newURL: url });
  setTimeout(() => window.dispatchEvent(event));
}

/** @param {string} url */
export function scrollToPlace(url) {
  const name = decodeURIComponent(url.slice(withoutHash(url).length + 1));
  const target =
    name && (document.getElementById(name) || document.getElementsByName(name)[0]);
  if (target) {
    target.scrollIntoView();
    if (target.tabIndex >= 0) target.focus({ preventScroll: true });
  } else if (!name || name === "top") window.scrollTo(0, 0);
}

const pageLocation = {
  assign: (/** @type {unknown} */ url) => go(url),
  replace: (/** @type {unknown} */ url) => go(url, true),
  reload: () => tell({ t: "reload" }),
  toString: () => here.url,
  ancestorOrigins: Object.freeze({
    length: 0,
    item: () => null,
    contains: () => false,
  }),
};

for (const name of /** @type {const} */ ([
  "href",
  "protocol",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
])) {
  Object.defineProperty(pageLocation, name, {
    enumerable: true,
    get: () => new URL(here.url)[name],
    set: (value) => {
      if (name === "href") return go(value);
      const url = new URL(here.url);
      url[name] = value;
      go(url.href);
    },
  });
}
Object.defineProperty(pageLocation, "origin", { enumerable: true, get: () => ORIGIN });
Object.defineProperty(pageLocation, Symbol.toPrimitive, { value: () => here.url });

export function installLocation() {
  const accessor = {
    get: () => pageLocation,
    set: (/** @type {unknown} */ url) => go(url),
    configurable: true,
  };
  for (const owner of [window, document, HTMLElement.prototype]) {
    Object.defineProperty(owner, "__wbLocation", accessor);
  }
  // Inline handlers look names up in their element first.
  Object.defineProperty(HTMLElement.prototype, "location", accessor);
  const texts = {
    URL: () => here.url,
    documentURI: () => here.url,
    referrer: () => config.referrer || "",
    domain: () => new URL(here.url).hostname,
  };
  for (const [name, get] of Object.entries(texts)) {
    Object.defineProperty(document, name, { get, configurable: true });
  }
  Object.defineProperty(window, "origin", { get: () => ORIGIN, configurable: true });
}
