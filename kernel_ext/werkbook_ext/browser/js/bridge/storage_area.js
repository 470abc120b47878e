// `localStorage` and `sessionStorage`, which a sandboxed page has none of.

/** @import { StoreChange } from "../messages.d.ts" */

const QUOTA = 5_000_000;

/**
 * Return a Storage over a Map of values.
 *
 * `changed([[name, value]])` hears of each change made through it.
 *
 * @param {Map<string, string>} map
 * @param {(changes: StoreChange[]) => void} changed
 * @returns {Storage}
 */
export function makeStorage(map, changed) {
  const size = () =>
    [...map].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  /** @type {Record<string | symbol, any>} */
  const methods = {
    getItem: (/** @type {unknown} */ name) => map.get(String(name)) ?? null,
    setItem: (/** @type {unknown} */ name, /** @type {unknown} */ value) => {
      const [key, text] = [String(name), String(value)];
      if (size() - (map.get(key)?.length ?? 0) + key.length + text.length > QUOTA) {
        throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
      }
      if (map.get(key) === text) return;
      map.set(key, text);
      changed([[key, text]]);
    },
    removeItem: (/** @type {unknown} */ name) => {
      if (map.delete(String(name))) changed([[String(name), null]]);
    },
    clear: () => {
      if (map.size) changed([[null, null]]);
      map.clear();
    },
    key: (/** @type {number} */ index) => [...map.keys()][index] ?? null,
  };
  const has = (/** @type {string | symbol} */ name) =>
    typeof name === "string" && map.has(name);
  const storage = new Proxy(methods, {
    get: (_, name) => {
      if (name === "length") return map.size;
      if (name === Symbol.toStringTag) return "Storage";
      return methods[name] ?? (typeof name === "string" ? map.get(name) : undefined);
    },
    set: (_, name, value) => {
      methods.setItem(name, value);
      return true;
    },
    has: (_, name) => name in methods || has(name),
    deleteProperty: (_, name) => {
      methods.removeItem(name);
      return true;
    },
    ownKeys: () => [...map.keys()],
    getOwnPropertyDescriptor: (_, name) =>
      has(name)
        ? {
            value: map.get(String(name)),
            enumerable: true,
            configurable: true,
            writable: true,
          }
        : undefined,
    defineProperty: (_, name, { value }) => {
      methods.setItem(name, value);
      return true;
    },
  });
  return /** @type {any} */ (storage);
}
