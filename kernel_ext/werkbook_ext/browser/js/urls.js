// Addresses: the page lives at an origin that resolves nowhere, the app's own
// addresses are turned into it.

export const ORIGIN = "http://app.invalid";
const OWN = [ORIGIN, "http://localhost"];

/** Return the absolute address, null when there is none. */
export function resolve(text, base) {
  let url;
  try {
    url = new URL(text, base);
  } catch {
    return null;
  }
  if (OWN.includes(url.origin)) return ORIGIN + url.pathname + url.search + url.hash;
  return url.href;
}

export function isOwn(href) {
  return typeof href === "string" && href.startsWith(ORIGIN + "/");
}

export function withoutHash(href) {
  return href.split("#", 1)[0];
}

export function isSameDocument(a, b) {
  return withoutHash(a) === withoutHash(b);
}

/** Return what the address bar shows. */
export function shownAddress(href) {
  return isOwn(href) ? href.slice(ORIGIN.length) : href;
}

/** Return the address for what was typed into the bar. */
export function typedAddress(text, base) {
  const typed = text.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return resolve(typed, base);
  if (typed.startsWith("?") || typed.startsWith("#")) return resolve(typed, base);
  return resolve(typed.startsWith("/") ? typed : "/" + typed, ORIGIN);
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$|\.localhost$/;

/** Tell whether a host's name means this machine. */
export function isLoopback(hostname) {
  return LOOPBACK.test(hostname);
}

/** Tell whether a URL is of Jupyter's own server, under whichever of its names. */
export function isJupyters(url, place = globalThis.location) {
  if (!place) return false;
  const isSameHost =
    url.hostname === place.hostname ||
    (isLoopback(url.hostname) && isLoopback(place.hostname));
  return isSameHost && portOf(url) === portOf(place);
}

function portOf({ protocol, port }) {
  return port || (protocol === "https:" ? "443" : "80");
}
