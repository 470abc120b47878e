// `WebSocket` (https://websockets.spec.whatwg.org/), whose frames go through the view.

import { isOwn, resolve } from "../urls.js";
import { base } from "./addresses.js";
import { takeCookies } from "./cookies.js";
import { ask, forget, tell } from "./port.js";
import { Outgoing, sizeOf } from "./socket_queue.js";

/** @import { SocketData } from "../messages.d.ts" */

const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
const [CONNECTING, OPEN, CLOSING, CLOSED] = STATES.keys();
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MAX_REASON_BYTES = 123;
const EVENTS = ["open", "message", "error", "close"];
const NativeWebSocket = window.WebSocket;

export class PageWebSocket extends EventTarget {
  #url;
  #id = 0;
  #readyState = CONNECTING;
  #protocol = "";
  /** @type {BinaryType} */
  #binaryType = "blob";
  #outgoing = new Outgoing((frames, transfer) =>
    tell({ t: "frames", id: this.#id, frames }, transfer),
  );
  /** @type {Record<string, ((event: any) => void) | null>} */
  #handlers = {};

  /**
   * @param {string | URL} address
   * @param {string | Iterable<string>} [protocols]
   */
  constructor(address, protocols = []) {
    super();
    const url = socketUrl(address);
    const names = protocolNames(protocols);
    this.#url = url.href;
    const own = ownAddress(url);
    // To hosts that %browse --allow names; the policy keeps all others away.
    // biome-ignore lint/correctness/noConstructorReturn: so it is one that is open
    if (!own) return /** @type {any} */ (new NativeWebSocket(url, names));
    this.#id = ask({ t: "socket", url: own, protocols: names }, [], (answer) =>
      this.#take(answer),
    );
  }

  get url() {
    return this.#url;
  }

  get readyState() {
    return this.#readyState;
  }

  get bufferedAmount() {
    return this.#outgoing.bufferedAmount;
  }

  get extensions() {
    return "";
  }

  get protocol() {
    return this.#protocol;
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(value) {
    if (value === "blob" || value === "arraybuffer") this.#binaryType = value;
  }

  /** @param {string | ArrayBufferLike | Blob | ArrayBufferView} data */
  send(data) {
    // biome-ignore lint/complexity/noArguments: the standard has one parameter
    if (!arguments.length) {
      throw new TypeError(
        "Failed to execute 'send' on 'WebSocket': 1 argument required, but only 0 present.",
      );
    }
    if (this.#readyState === CONNECTING) {
      throw new DOMException(
        "Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.",
        "InvalidStateError",
      );
    }
    const frame = frameOf(data);
    if (this.#readyState === OPEN) this.#outgoing.put(frame);
    else this.#outgoing.drop(frame);
  }

  /**
   * @param {number} [code]
   * @param {string} [reason]
   */
  close(code, reason) {
    const given = code === undefined ? undefined : clampedCode(code);
    if (given !== undefined && given !== 1000 && !(given >= 3000 && given <= 4999)) {
      throw new DOMException(
        `Failed to execute 'close' on 'WebSocket': The close code must be either 1000, or between 3000 and 4999. ${given} is neither.`,
        "InvalidAccessError",
      );
    }
    const text = reason === undefined ? "" : wellFormed(reason);
    if (sizeOf(text) > MAX_REASON_BYTES) {
      throw new DOMException(
        `Failed to execute 'close' on 'WebSocket': The close reason must not be greater than ${MAX_REASON_BYTES} UTF-8 bytes.`,
        "SyntaxError",
      );
    }
    if (this.#readyState >= CLOSING) return;
    const wasOpen = this.#readyState === OPEN;
    this.#readyState = CLOSING;
    if (wasOpen) {
      this.#outgoing.end(() =>
        tell({ t: "shut", id: this.#id, code: given, reason: text }),
      );
      return;
    }
    tell({ t: "abort", id: this.#id });
    setTimeout(() => this.#closed({ code: 1006, reason: "", isClean: false }));
  }

  /** @param {any} answer */
  #take(answer) {
    if (answer.t === "accepted") this.#accepted(answer);
    else if (answer.t === "frames") for (const one of answer.frames) this.#got(one);
    else if (answer.t === "taken") this.#outgoing.taken();
    else if (answer.t === "closed") this.#closed(answer);
  }

  /** @param {{ protocol: string, cookie: string }} answer */
  #accepted({ protocol, cookie }) {
    takeCookies(cookie);
    if (this.#readyState !== CONNECTING) return;
    this.#readyState = OPEN;
    this.#protocol = protocol;
    this.dispatchEvent(new Event("open"));
  }

  /** @param {SocketData} frame */
  #got(frame) {
    if (this.#readyState !== OPEN) return;
    const isBlob = typeof frame !== "string" && this.#binaryType === "blob";
    const data = isBlob ? new Blob([frame]) : frame;
    const { origin } = new URL(this.#url);
    this.dispatchEvent(new MessageEvent("message", { data, origin }));
  }

  /** @param {{ code: number, reason: string, isClean: boolean }} ending */
  #closed({ code, reason, isClean }) {
    if (this.#readyState === CLOSED) return;
    forget(this.#id);
    this.#readyState = CLOSED;
    this.#outgoing.stop();
    if (!isClean) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(new CloseEvent("close", { wasClean: isClean, code, reason }));
  }

  static {
    for (const name of EVENTS) {
      Object.defineProperty(PageWebSocket.prototype, `on${name}`, {
        get() {
          return this.#handlers[name] ?? null;
        },
        set(handler) {
          if (!(name in this.#handlers)) {
            this.addEventListener(name, (/** @type {Event} */ event) =>
              this.#handlers[name]?.call(this, event),
            );
          }
          this.#handlers[name] = typeof handler === "function" ? handler : null;
        },
        enumerable: true,
        configurable: true,
      });
    }
  }
}

/**
 * Return the address of a WebSocket, or throw what browsers throw.
 *
 * @param {unknown} address
 */
function socketUrl(address) {
  const text = wellFormed(address);
  /** @param {string} why */
  const fail = (why) =>
    new DOMException(`Failed to construct 'WebSocket': ${why}`, "SyntaxError");
  let url;
  try {
    url = new URL(text, base());
  } catch {
    throw fail(`The URL '${text}' is invalid.`);
  }
  const scheme = { "http:": "ws:", "https:": "wss:" }[url.protocol] ?? url.protocol;
  if (scheme !== "ws:" && scheme !== "wss:") {
    throw fail(
      `The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '${url.protocol.slice(0, -1)}' is not allowed.`,
    );
  }
  if (url.href.includes("#")) {
    throw fail(
      `The URL contains a fragment identifier ('${url.hash.slice(1)}'). Fragment identifiers are not allowed in WebSocket URLs.`,
    );
  }
  url.protocol = scheme;
  return url;
}

/**
 * Return the app's own address, null for any other.
 *
 * @param {URL} url
 */
function ownAddress(url) {
  const own = resolve(url.href.replace(/^wss?:/, "http:"), null);
  return isOwn(own) ? own : null;
}

/** @param {string | Iterable<string>} protocols */
function protocolNames(protocols) {
  const isList = typeof protocols === "object" && protocols !== null;
  const names = isList ? [...protocols].map(wellFormed) : [wellFormed(protocols)];
  for (const [place, name] of names.entries()) {
    const isTwice = names.indexOf(name) !== place;
    if (TOKEN.test(name) && !isTwice) continue;
    const why = isTwice ? "is duplicated" : "is invalid";
    throw new DOMException(
      `Failed to construct 'WebSocket': The subprotocol '${name}' ${why}.`,
      "SyntaxError",
    );
  }
  return names;
}

/**
 * Return what is sent for a value: a text, bytes, or a Blob that is yet to be read.
 *
 * @param {unknown} data
 */
function frameOf(data) {
  if (data instanceof Blob) return data;
  if (data instanceof ArrayBuffer) return data.slice(0);
  if (ArrayBuffer.isView(data)) {
    const { buffer, byteOffset, byteLength } = data;
    return new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
  }
  return wellFormed(data);
}

/** @param {number} code */
function clampedCode(code) {
  const number = Number(code);
  if (Number.isNaN(number)) return 0;
  return Math.round(Math.min(Math.max(number, 0), 65535));
}

/** @param {unknown} value */
function wellFormed(value) {
  const text = `${value}`;
  // A half character of its own becomes U+FFFD, as in each string that a browser sends.
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

export function installWebSocket() {
  STATES.forEach((name, value) => {
    const constant = { value, enumerable: true };
    Object.defineProperty(PageWebSocket, name, constant);
    Object.defineProperty(PageWebSocket.prototype, name, constant);
  });
  Object.defineProperty(PageWebSocket, "name", { value: "WebSocket" });
  Object.defineProperty(PageWebSocket.prototype, Symbol.toStringTag, {
    value: "WebSocket",
    configurable: true,
  });
  Object.defineProperty(window, "WebSocket", {
    value: PageWebSocket,
    writable: true,
    configurable: true,
  });
}
