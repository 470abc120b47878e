// Facts and bodies as text: sizes, times, character sets, source with colours, bytes.

const UNITS = /** @type {const} */ ([
  [1e6, "MB"],
  [1e3, "kB"],
]);
const MAX_END_CHARS = 24;
const STATUS_KINDS = ["error", "info", "ok", "redirect", "warning", "error"];
const HTML_TOKEN =
  /(<!--[\s\S]*?(?:-->|$))|(<!doctype[^>]*>?)|(<\/?[a-zA-Z][^\s/>]*)|(\s+[^\s"'<>/=]+)(?=\s*=|[\s/>])|("[^"]*"|'[^']*')|(\/?>)/gi;
const HTML_KINDS = ["comment", "doctype", "tag", "attribute", "string", "tag"];
const [TAG_START, TAG_END] = [2, 5]; // the places of the two in HTML_KINDS

/**
 * Cut a URL into what may be shortened in a narrow place, and the end that stays.
 *
 * @param {string} url
 * @returns {[start: string, end: string]}
 */
export function cutUrl(url) {
  const length = Math.min(MAX_END_CHARS, Math.floor(url.length / 2));
  return [url.slice(0, url.length - length), url.slice(url.length - length)];
}

/** @param {number} bytes */
export function readableSize(bytes) {
  for (const [size, unit] of UNITS) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

/** @param {number} ms */
export function readableTime(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/**
 * Return what the colour of a status stands for, such as `warning`.
 *
 * @param {number} status
 */
export function statusKind(status) {
  return STATUS_KINDS[Math.floor(status / 100)] ?? "error";
}

/**
 * Return bytes as text; of a character set that no browser knows, as UTF-8.
 *
 * @param {Uint8Array} bytes
 * @param {string} charset
 */
export function decode(bytes, charset) {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/**
 * Cut HTML source into [kind, text]; the texts joined are the source again.
 *
 * @param {string} source
 */
export function highlightHtml(source) {
  /** @type {[kind: string, text: string][]} */
  const tokens = [];
  let end = 0;
  let isInTag = false;
  for (const match of source.matchAll(HTML_TOKEN)) {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    if (index > TAG_START && !isInTag) continue;
    if (match.index > end) tokens.push(["text", source.slice(end, match.index)]);
    tokens.push([HTML_KINDS[index], match[0]]);
    end = match.index + match[0].length;
    if (index === TAG_START) isInTag = true;
    else if (index === TAG_END) isInTag = false;
  }
  if (end < source.length) tokens.push(["text", source.slice(end)]);
  return tokens;
}

/**
 * Cut a long text into blocks, which the browser can skip while they are out of sight.
 *
 * A block ends where a line does; a line that is longer than a block is cut.
 *
 * @param {string} text
 * @param {number} [blockLength]
 */
export function cutIntoBlocks(text, blockLength = 16_000) {
  const blocks = [];
  let start = 0;
  while (text.length - start > blockLength) {
    const end = text.lastIndexOf("\n", start + blockLength);
    const isLine = end >= start;
    blocks.push(text.slice(start, isLine ? end : start + blockLength));
    start = isLine ? end + 1 : start + blockLength;
  }
  blocks.push(text.slice(start));
  return blocks;
}

/**
 * Return bytes as lines of hexadecimal numbers and characters.
 *
 * @param {Uint8Array} bytes
 * @param {number} [maxBytes]
 */
export function hexDump(bytes, maxBytes = 4096) {
  const lines = [];
  for (let start = 0; start < Math.min(bytes.length, maxBytes); start += 16) {
    const row = [...bytes.subarray(start, Math.min(start + 16, maxBytes))];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row
      .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."))
      .join("");
    lines.push(`${start.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join("\n");
}
