// Elements, made in one line each.

/**
 * Return a new element.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on...` are listeners, `class` and others as in HTML.
 * @param {...any} children Elements or text; null is left out.
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((one) => one !== null && one !== undefined));
  return made;
}

/** Return milliseconds as people read them. */
export function shownTime(ms) {
  if (ms === null || ms === undefined) return "";
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Return a size as people read it. */
export function shownSize(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Return the class of a status: `ok`, `moved`, `wrong` or `failed`. */
export function kindOfStatus(status) {
  if (!status) return "none";
  return status < 300
    ? "ok"
    : status < 400
      ? "moved"
      : status < 500
        ? "wrong"
        : "failed";
}
