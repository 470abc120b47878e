// The Content-Security-Policy of a page: what it may load, and from where.

import { isJupyters } from "./urls.js";

/** @import { Place } from "./urls.js" */

/**
 * Return the Content-Security-Policy of a page: the bridge, and the hosts allowed.
 *
 * `place` is where Jupyter is: no page may ask that, whatever is allowed.
 *
 * @param {string[]} [allowed]
 * @param {Place | undefined} [place]
 */
export function policy(allowed = [], place = globalThis.location) {
  const hosts = allowed.filter((host) => isAllowable(host, place));
  const more = hosts.length ? ` ${hosts.join(" ")}` : "";
  return [
    "default-src 'none'",
    `script-src 'unsafe-inline' 'unsafe-eval' data: blob:${more}`,
    `style-src 'unsafe-inline' data: blob:${more}`,
    `img-src data: blob:${more}`,
    `font-src data: blob:${more}`,
    `media-src data: blob:${more}`,
    "worker-src data: blob:",
    `connect-src data: blob:${more}`, // of these the page has the bytes already
    "form-action 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri http://app.invalid",
  ].join("; ");
}

const HOST = /^(?:https?:\/\/)?(?:\*\.)?[\w-]+(?:\.[\w-]+)*(?::\d+)?$/;

/**
 * Tell whether pages may load from a host.
 *
 * What could mean Jupyter's own server may not: any host, any port of its host, a
 * pattern that its host fits, another name of the same machine.
 *
 * @param {string} host
 * @param {Place | undefined} place
 */
function isAllowable(host, place) {
  if (!HOST.test(host)) return false;
  if (!place) return true;
  const pattern = host.replace(/^https?:\/\//, "").toLowerCase();
  const [name, port] = pattern.split(":");
  if (name.startsWith("*.")) return !`.${place.hostname}`.endsWith(name.slice(1));
  const scheme = /^https?:/.exec(host)?.[0];
  const ports = port ? [port] : scheme ? [portOf(scheme)] : ["80", "443"];
  return !ports.some((one) => isJupyters({ hostname: name, port: one }, place));
}

/** @param {string} scheme */
const portOf = (scheme) => (scheme === "https:" ? "443" : "80");
