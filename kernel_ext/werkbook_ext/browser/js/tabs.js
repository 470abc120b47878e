// Which URL opens the app from where the reader is.

import { ORIGIN } from "./urls.js";

/** @typedef {{ port?: number, token?: { name: string, value: string } | null }} Server */

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
 * @param {Server} server
 * @param {string} pageUrl
 * @param {{ hostname: string, origin: string }} [place]
 * @returns {Promise<{ url?: string, why?: string }>}
 */
export async function tabUrl(server, pageUrl, place = window.location) {
  const path = pageUrl.slice(ORIGIN.length);
  if (!server.port)
    return { why: "The app has no server here: there is no URL that reaches it." };
  if (LOOPBACK.test(place.hostname))
    return { url: withToken(`http://localhost:${server.port}${path}`, server) };
  const prefix = `${place.origin}${baseUrl()}proxy/${server.port}`;
  if (await hasProxy(place)) return { url: withToken(prefix + path, server) };
  return {
    why:
      "No network path leads from here to the kernel. " +
      "Install jupyter-server-proxy beside JupyterLab: pip install jupyter-server-proxy",
  };
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
