// `localStorage` and `sessionStorage`, which a sandboxed page has none of.

const QUOTA = 5_000_000;

/**
 * Return a Storage over a Map of values.
 *
 * `changed([[name, value]])` hears of each change made through it.
 */
export function makeStorage(map, changed) {
  const size = () =>
    [...map].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const methods = {
    getItem: (name) => map.get(String(name)) ?? null,
    setItem: (name, value) => {
      const [key, text] = [String(name), String(value)];
      if (size() - (map.get(key)?.length ?? 0) + key.length + text.length > QUOTA) {
        throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
      }
      if (map.get(key) === text) return;
      map.set(key, text);
      changed([[key, text]]);
    },
    removeItem: (name) => {
      if (map.delete(String(name))) changed([[String(name), null]]);
    },
    clear: () => {
      if (map.size) changed([[null, null]]);
      map.clear();
    },
    key: (index) => [...map.keys()][index] ?? null,
  };
  return new Proxy(methods, {
    get: (_, name) =>
      name === "length"
        ? map.size
        : name === Symbol.toStringTag
          ? "Storage"
          : (methods[name] ?? (typeof name === "string" ? map.get(name) : undefined)),
    set: (_, name, value) => {
      methods.setItem(name, value);
      return true;
    },
    has: (_, name) => name in methods || map.has(name),
    deleteProperty: (_, name) => {
      methods.removeItem(name);
      return true;
    },
    ownKeys: () => [...map.keys()],
    getOwnPropertyDescriptor: (_, name) =>
      map.has(name)
        ? { value: map.get(name), enumerable: true, configurable: true, writable: true }
        : undefined,
    defineProperty: (_, name, { value }) => {
      methods.setItem(name, value);
      return true;
    },
  });
}
