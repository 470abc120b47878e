// Which URL opens the app from where the reader is.

import { ORIGIN } from "./urls.js";

/**
 * @typedef {object} Server
 * @property {number} [port]
 * @property {{ name: string, value: string } | null} [token]
 * @property {string | null} [prefix] of a hub: the path of this user's Jupyter
 * @property {boolean} [has_own_domain] The hub gives each user one.
 * @typedef {object} Address
 * @property {string} [url] What can be opened without a thought.
 * @property {string} [rawUrl] The app itself, where its pages have Jupyter's origin.
 * @property {string} [why] There is none.
 */

export const RIGHTS =
  "There, pages of the app have all the rights of your Jupyter (files, kernels, on a " +
  "hub the hub's): open it so only if you trust the app. Here they have none.";
const SHELL = "/_werkbook/tab?page=";

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
 * Return how a server's page shown can be opened in a tab.
 *
 * Behind Jupyter's proxy `url` is that of a page of ours, which shows the app in the
 * sandbox. A hub's own prefix is believed wherever the reader is: behind a forwarded
 * port, too.
 *
 * @param {Server} server
 * @param {string} pageUrl
 * @param {{ hostname: string, origin: string }} [place]
 * @returns {Promise<Address>}
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
 * @returns {Address}
 */
function proxied(server, place, base, path) {
  const root = `${place.origin}${base}proxy/${server.port}`;
  const rawUrl = withToken(root + path, server);
  if (server.has_own_domain) return { url: rawUrl };
  return { url: withToken(root + SHELL + encodeURIComponent(path), server), rawUrl };
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
