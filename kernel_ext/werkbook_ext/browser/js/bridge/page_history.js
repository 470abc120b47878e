// `history`: the view keeps the entries, so that Jupyter's own Back is left alone.

import { isOwn } from "../urls.js";
import { absolute } from "./addresses.js";
import { config, here } from "./config.js";
import { scrollToPlace } from "./page_location.js";
import { listen, tell } from "./port.js";

let state = config.historyState ?? null;
let length = config.historyLength || 1;

/**
 * @param {"push" | "replace"} kind
 * @param {unknown} value
 * @param {string | URL | null | undefined} url
 */
function change(kind, value, url) {
  const target = url === undefined || url === null ? here.url : absolute(url);
  if (!isOwn(target)) {
    throw new DOMException(`'${url}' is not an address of this app`, "SecurityError");
  }
  state = structuredClone(value ?? null);
  here.url = target;
  if (kind === "push") length++;
  tell({ t: kind, url: target, state });
}

/**
 * @param {"push" | "replace"} kind
 * @returns {History["pushState"]}
 */
function changer(kind) {
  return (value, _title, url) => change(kind, value, url);
}

export function installHistory() {
  const own = {
    pushState: changer("push"),
    replaceState: changer("replace"),
    back: () => tell({ t: "traverse", delta: -1 }),
    forward: () => tell({ t: "traverse", delta: 1 }),
    go: (/** @type {number} */ delta) =>
      delta ? tell({ t: "traverse", delta: Number(delta) }) : tell({ t: "reload" }),
  };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(history, name, { value, configurable: true, writable: true });
  }
  Object.defineProperty(history, "state", { get: () => state, configurable: true });
  Object.defineProperty(history, "length", { get: () => length, configurable: true });
  listen("popstate", (message) => {
    const old = here.url;
    here.url = message.url;
    state = message.state;
    window.dispatchEvent(new PopStateEvent("popstate", { state }));
    if (old.split("#")[0] === here.url.split("#")[0] && old !== here.url) {
      scrollToPlace(here.url);
      const event = new HashChangeEvent("hashchange", {
        oldURL: old,
        newURL: here.url,
      });
      window.dispatchEvent(event);
    }
  });
}
