// `fetch` and `navigator.sendBeacon`.

import { isOwn } from "../urls.js";
import { absolute } from "./addresses.js";
import { exchange } from "./exchange.js";

/** @import { Head, Pair } from "../messages.d.ts" */

const nativeFetch = window.fetch.bind(window);
const NativeRequest = window.Request;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const NO_BODY = new Set([101, 103, 204, 205, 304]);

/**
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function pageFetch(input, init) {
  const written = input instanceof NativeRequest ? input.url : String(input);
  const url = absolute(written);
  if (!isOwn(url)) return nativeFetch(input, init);
  const request = new NativeRequest(input instanceof NativeRequest ? input : url, init);
  const { method, signal, redirect, credentials } = request;
  if (signal.aborted) throw abortReason(signal);
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? await request.arrayBuffer() : null;
  const headers = [...request.headers];
  return new Promise((resolve, reject) => {
    /** @type {ReadableStreamDefaultController | null} */
    let stream = null;
    const stop = exchange(
      { method, url, headers, body, kind: "fetch", redirect, credentials },
      {
        head(head) {
          if (redirect !== "follow" && REDIRECTS.has(head.status)) {
            stop();
            if (redirect === "manual") resolve(opaqueRedirect(url));
            else reject(new TypeError("Failed to fetch: a redirect"));
            return;
          }
          const content = NO_BODY.has(head.status)
            ? null
            : new ReadableStream({
                start(controller) {
                  stream = controller;
                },
                cancel: () => stop(),
              });
          resolve(responseOf(head, content));
        },
        piece(bytes) {
          stream?.enqueue(bytes);
        },
        end(detail) {
          if (detail) stream?.error(new TypeError(detail));
          else stream?.close();
          stream = null;
        },
        fail(detail) {
          reject(new TypeError(`Failed to fetch: ${detail}`));
        },
      },
    );
    signal.addEventListener("abort", () => {
      stop();
      reject(abortReason(signal));
      stream?.error(abortReason(signal));
      stream = null;
    });
  });
}

/** @param {AbortSignal} signal */
function abortReason(signal) {
  return signal.reason ?? new DOMException("The request was aborted", "AbortError");
}

/**
 * @param {Head} head
 * @param {ReadableStream | null} content
 */
function responseOf(head, content) {
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    try {
      headers.append(name, value);
    } catch {
      // A header that no browser would take.
    }
  }
  const status = head.status >= 200 && head.status <= 599 ? head.status : 200;
  const response = new Response(content, {
    status,
    statusText: plain(head.reason),
    headers,
  });
  const own = { url: head.url, redirected: head.hops.length > 0, type: "basic" };
  return withOwn(response, own);
}

/**
 * Return what a redirect is to a page that follows none by itself.
 *
 * @param {string} url
 */
function opaqueRedirect(url) {
  const own = { url, type: "opaqueredirect", status: 0, ok: false };
  return withOwn(new Response(null), own);
}

/**
 * @param {Response} response
 * @param {Record<string, unknown>} own
 */
function withOwn(response, own) {
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}

/** @param {string} text */
function plain(text) {
  return String(text || "").replace(/[^\t\x20-\x7e]/g, "");
}

/**
 * @param {string | URL} address
 * @param {BodyInit | null} [data]
 */
function sendBeacon(address, data = null) {
  const url = absolute(address);
  if (!isOwn(url)) return false;
  const packed = new Response(data);
  packed.arrayBuffer().then((body) => {
    const type = packed.headers.get("content-type");
    /** @type {Pair[]} */
    const headers = type ? [["Content-Type", type]] : [];
    const ignore = { head() {}, piece() {}, end() {}, fail() {} };
    exchange({ method: "POST", url, headers, body, kind: "beacon" }, ignore);
  });
  return true;
}

export function installFetch() {
  window.fetch = pageFetch;
  Object.defineProperty(navigator, "sendBeacon", {
    value: sendBeacon,
    configurable: true,
  });
}
