// Which URL opens the app from where the reader is.

import { ORIGIN } from "./urls.js";

/**
 * @typedef {object} Server
 * @property {number} [port]
 * @property {{ name: string, value: string } | null} [token]
 * @property {string | null} [prefix] of a hub: the path of this user's Jupyter
 */

export const RIGHTS =
  "In a tab, pages of the app have all the rights of your Jupyter (files, kernels, on a " +
  "hub the hub's): open it there only if you trust the app. Here they have none.";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$|\.localhost$/;

export function baseUrl() {
  const data = document.getElementById("jupyter-config-data");
  try {
    return JSON.parse(data?.textContent ?? "").baseUrl || "/";
  } catch {
    return document.body?.dataset.baseUrl || "/";
  }
}

/**
 * Return {url} or {why} for a server and the page shown.
 *
 * `hasRights` tells that the page has Jupyter's origin there. A hub's own prefix is
 * believed wherever the reader is: behind a forwarded port, too.
 *
 * @param {Server} server
 * @param {string} pageUrl
 * @param {{ hostname: string, origin: string }} [place]
 * @returns {Promise<{ url?: string, why?: string, hasRights?: boolean }>}
 */
export async function tabUrl(server, pageUrl, place = window.location) {
  const path = pageUrl.slice(ORIGIN.length);
  if (!server.port)
    return { why: "The app has no server here: there is no URL that reaches it." };
  if (server.prefix) return proxied(server, place, server.prefix, path);
  if (LOOPBACK.test(place.hostname))
    return { url: withToken(`http://localhost:${server.port}${path}`, server) };
  if (await hasProxy(place)) return proxied(server, place, baseUrl(), path);
  return {
    why:
      "No network path leads from here to the kernel. " +
      "Install jupyter-server-proxy beside JupyterLab: pip install jupyter-server-proxy",
  };
}

/**
 * @param {Server} server
 * @param {{ origin: string }} place
 * @param {string} base
 * @param {string} path
 */
function proxied(server, place, base, path) {
  const url = `${place.origin}${base}proxy/${server.port}${path}`;
  return { url: withToken(url, server), hasRights: true };
}

/**
 * @param {string} url
 * @param {Server} server
 */
function withToken(url, { token }) {
  if (!token) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${token.name}=${encodeURIComponent(token.value)}`;
}

/** @param {{ origin: string }} place */
async function hasProxy(place) {
  try {
    const url = `${place.origin}${baseUrl()}server-proxy/servers-info`;
    return (await fetch(url, { credentials: "same-origin" })).ok;
  } catch {
    return false;
  }
}
