// What a style sheet loads.

const PARTS = new RegExp(
  [
    String.raw`/\*[\s\S]*?\*/`,
    String.raw`@import\s+(?:url\(\s*)?(?:"([^"]*)"|'([^']*)'|([^"')\s;]+))\s*\)?`,
    String.raw`url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')]*?))\s*\)`,
    String.raw`"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'`,
  ].join("|"),
  "gi",
);

/**
 * Return [{start, end, url, isImport}] of what `css` refers to.
 *
 * @param {string} css
 */
export function readReferences(css) {
  const found = [];
  for (const match of css.matchAll(PARTS)) {
    const imported = match[1] ?? match[2] ?? match[3];
    const url = imported ?? match[4] ?? match[5] ?? match[6];
    if (!url || /^(data:|blob:|#)/i.test(url)) continue;
    const end = match.index + match[0].length;
    found.push({ start: match.index, end, url, isImport: imported !== undefined });
  }
  return found;
}

/**
 * Return the text that refers to another address instead.
 *
 * @param {{ isImport: boolean }} reference
 * @param {string} url
 */
export function referenceText(reference, url) {
  return `${reference.isImport ? "@import " : ""}url("${url}")`;
}
