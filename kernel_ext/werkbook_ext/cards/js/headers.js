// Headers as lists of [name, value].

/** @import { Header } from "./card_state.d.ts" */

// Every client adds these headers by itself, and a copy need not repeat them.
const OWN_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-length",
  "host",
  "user-agent",
]);

/**
 * Return the value of a header; an empty text where there is none.
 *
 * @param {Header[]} headers
 * @param {string} name
 */
export function findHeader(headers, name) {
  const found = headers.find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found ? found[1] : "";
}

/**
 * Return the headers that somebody typed, without those that clients add.
 *
 * @param {Header[]} headers
 */
export function typedHeaders(headers) {
  return headers.filter(
    ([name, value]) =>
      !OWN_HEADERS.has(name.toLowerCase()) ||
      (name.toLowerCase() === "accept" && value !== "*/*"),
  );
}

/**
 * Return the typed headers without the cookies, which come from the jar.
 *
 * @param {Header[]} headers
 */
export function headersToSend(headers) {
  return typedHeaders(headers).filter(([name]) => name.toLowerCase() !== "cookie");
}

/**
 * Read the header box, one `Name: value` a line; null where a line is no header.
 *
 * @param {string} text
 * @returns {Header[] | null}
 */
export function parseHeaders(text) {
  /** @type {Header[]} */
  const headers = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const colon = line.indexOf(":");
    if (colon < 1) return null;
    headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return headers;
}
