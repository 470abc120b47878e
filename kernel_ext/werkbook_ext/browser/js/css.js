// What a style sheet loads.
//
// css-tree (203 kB) and @csstools/css-tokenizer (18 kB) were weighed and lose on the first
// page: Bootstrap's sheet takes them 207 and 110 ms of CPU at first, and 2 ms here.

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
