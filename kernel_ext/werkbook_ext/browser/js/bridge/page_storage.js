// The page's storage: its values come with the page, changes go to the view.

import { config, here } from "./config.js";
import { listen, tell } from "./port.js";
import { makeStorage } from "./storage_area.js";

/** @import { StoreChange } from "../messages.d.ts" */

export function installStorage() {
  for (const area of /** @type {const} */ (["local", "session"])) {
    const map = new Map(config[area] || []);
    const storage = makeStorage(map, (changes) => tell({ t: "store", area, changes }));
    Object.defineProperty(window, `${area}Storage`, {
      value: storage,
      configurable: true,
    });
    if (area === "local") listen("store", ({ changes }) => take(map, changes));
  }
}

/**
 * Take what another view of the app changed, and say so as a browser does.
 *
 * @param {Map<string | null, string>} map
 * @param {StoreChange[]} changes
 */
function take(map, changes) {
  for (const [key, newValue] of changes) {
    const oldValue = map.get(key) ?? null;
    if (key === null) map.clear();
    else if (newValue === null) map.delete(key);
    else map.set(key, newValue);
    const options = { key, newValue, oldValue, url: here.url };
    window.dispatchEvent(new StorageEvent("storage", options));
  }
}
