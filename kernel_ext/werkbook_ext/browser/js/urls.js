// Addresses: the page lives at an origin that resolves nowhere, the app's own
// addresses are turned into it.

/** @typedef {{ protocol?: string, hostname: string, port: string }} Place */

export const ORIGIN = "http://app.invalid";
const OWN = [ORIGIN, "http://localhost"];

/**
 * Return the absolute address, null when there is none.
 *
 * @param {string} text
 * @param {string | null} base
 * @returns {string | null}
 */
export function resolve(text, base) {
  let url;
  try {
    url = new URL(text, base ?? undefined);
  } catch {
    return null;
  }
  if (OWN.includes(url.origin)) return ORIGIN + url.pathname + url.search + url.hash;
  return url.href;
}

/**
 * @param {unknown} href
 * @returns {href is string}
 */
export function isOwn(href) {
  return typeof href === "string" && href.startsWith(`${ORIGIN}/`);
}

/** @param {string} href */
export function withoutHash(href) {
  return href.split("#", 1)[0];
}

/**
 * @param {string} a
 * @param {string} b
 */
export function isSameDocument(a, b) {
  return withoutHash(a) === withoutHash(b);
}

/**
 * Return what the address bar shows.
 *
 * @param {string} href
 */
export function shownAddress(href) {
  return isOwn(href) ? href.slice(ORIGIN.length) : href;
}

/**
 * Return the address for what was typed into the bar.
 *
 * @param {string} text
 * @param {string} base
 */
export function typedAddress(text, base) {
  const typed = text.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return resolve(typed, base);
  if (typed.startsWith("?") || typed.startsWith("#")) return resolve(typed, base);
  return resolve(typed.startsWith("/") ? typed : `/${typed}`, ORIGIN);
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$|\.localhost$/;

/**
 * Tell whether a host's name means this machine.
 *
 * @param {string} hostname
 */
export function isLoopback(hostname) {
  return LOOPBACK.test(hostname);
}

/**
 * Tell whether a URL is of Jupyter's own server, under whichever of its names.
 *
 * @param {Place} url
 * @param {Place | undefined} [place]
 */
export function isJupyters(url, place = globalThis.location) {
  if (!place) return false;
  const isSameHost =
    url.hostname === place.hostname ||
    (isLoopback(url.hostname) && isLoopback(place.hostname));
  return isSameHost && portOf(url) === portOf(place);
}

/** @param {{ protocol?: string, port: string }} place */
function portOf({ protocol, port }) {
  return port || (protocol === "https:" ? "443" : "80");
}
