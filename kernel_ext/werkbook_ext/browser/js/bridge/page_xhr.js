// `XMLHttpRequest`, asynchronous (a synchronous one would need the page to stand still).

import { isOwn } from "../urls.js";
import { absolute } from "./addresses.js";
import { exchange } from "./exchange.js";

/** @import { Head, Pair } from "../messages.d.ts" */

const Native = window.XMLHttpRequest;
const EVENTS = [
  "loadstart",
  "progress",
  "abort",
  "error",
  "load",
  "timeout",
  "loadend",
];

class Target extends EventTarget {
  /**
   * @param {string} name
   * @param {number} [loaded]
   * @param {number} [total]
   */
  emit(name, loaded = 0, total = 0) {
    const options = { loaded, total, lengthComputable: total > 0 };
    this.dispatchEvent(
      name === "readystatechange" ? new Event(name) : new ProgressEvent(name, options),
    );
  }
}

/**
 * @param {object} target
 * @param {string[]} names
 */
function defineHandlers(target, names) {
  for (const name of names) {
    const key = `__on${name}`;
    Object.defineProperty(target, `on${name}`, {
      configurable: true,
      get() {
        return this[key]?.given ?? null;
      },
      set(given) {
        if (this[key]) this.removeEventListener(name, this[key].listener);
        const listener =
          typeof given === "function"
            ? (/** @type {Event} */ event) => given.call(this, event)
            : null;
        this[key] = listener && { given, listener };
        if (listener) this.addEventListener(name, listener);
      },
    });
  }
}

export class PageXMLHttpRequest extends Target {
  constructor() {
    super();
    this.upload = new Target();
    this.readyState = 0;
    this.loaded = 0;
    this.method = "";
    /** @type {string | null} */
    this.address = null;
    this.timeout = 0;
    this.withCredentials = false;
    this.mimeType = "";
    this.type = "";
    this.reset();
  }

  reset() {
    this.readyState = 0;
    /** @type {Head | null} */
    this.head = null;
    /** @type {Uint8Array<ArrayBuffer>[]} */
    this.pieces = [];
    this.loaded = 0;
    /** @type {Uint8Array<ArrayBuffer> | null} */
    this.whole = null;
    /** @type {(() => void) | null} */
    this.stop = null;
    /** @type {Pair[]} */
    this.requestHeaders = [];
  }

  /**
   * @param {string} method
   * @param {string | URL} url
   * @param {boolean} [isAsync]
   */
  open(method, url, isAsync = true) {
    if (isAsync === false) {
      throw new DOMException(
        "A synchronous XMLHttpRequest can't be sent from this view: " +
          "use fetch or an asynchronous one.",
        "InvalidAccessError",
      );
    }
    this.stop?.();
    this.reset();
    this.method = String(method).toUpperCase();
    this.address = absolute(url);
    this.setState(1);
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setRequestHeader(name, value) {
    if (this.readyState !== 1)
      throw new DOMException("open() first", "InvalidStateError");
    this.requestHeaders.push([String(name), String(value)]);
  }

  /** @param {Document | XMLHttpRequestBodyInit | null} [data] */
  async send(data = null) {
    if (this.readyState !== 1 || this.stop)
      throw new DOMException("open() first", "InvalidStateError");
    const { address } = this;
    if (!isOwn(address)) return setTimeout(() => this.fail("error"));
    this.stop = () => {};
    const hasBody =
      data !== null && data !== undefined && !/^(GET|HEAD)$/.test(this.method);
    this.emit("loadstart");
    const headers = [...this.requestHeaders];
    const body = hasBody ? await this.pack(data, headers) : null;
    if (!this.stop) return undefined; // aborted meanwhile
    if (this.timeout) this.timer = setTimeout(() => this.end("timeout"), this.timeout);
    if (body) this.upload.emit("progress", body.byteLength, body.byteLength);
    this.stop = exchange(
      { method: this.method, url: address, headers, body, kind: "xhr" },
      {
        head: (head) => this.takeHead(head, hasBody),
        piece: (bytes) => this.takePiece(bytes),
        end: (detail) => (detail ? this.fail("error") : this.finish()),
        fail: () => this.fail("error"),
      },
    );
    return undefined;
  }

  /**
   * @param {Document | XMLHttpRequestBodyInit} data
   * @param {Pair[]} headers
   */
  async pack(data, headers) {
    const isDocument = data instanceof Document;
    const packed = new Response(
      isDocument ? new XMLSerializer().serializeToString(data) : data,
    );
    const type = isDocument
      ? "text/html;charset=UTF-8"
      : packed.headers.get("content-type");
    if (type && !headers.some(([name]) => name.toLowerCase() === "content-type")) {
      headers.push(["Content-Type", type]);
    }
    return packed.arrayBuffer();
  }

  /**
   * @param {Head} head
   * @param {boolean} hadBody
   */
  takeHead(head, hadBody) {
    if (hadBody) for (const name of ["load", "loadend"]) this.upload.emit(name);
    this.head = head;
    this.setState(2);
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  takePiece(bytes) {
    this.pieces.push(bytes);
    this.loaded += bytes.byteLength;
    this.whole = null;
    this.setState(3);
    this.emit(
      "progress",
      this.loaded,
      Number(this.getResponseHeader("content-length")) || 0,
    );
  }

  finish() {
    clearTimeout(this.timer);
    this.stop = null;
    this.setState(4);
    this.emit("load", this.loaded, this.loaded);
    this.emit("loadend", this.loaded, this.loaded);
  }

  /** @param {string} name */
  fail(name) {
    clearTimeout(this.timer);
    this.stop = null;
    this.head = null;
    this.setState(4);
    this.emit(name);
    this.emit("loadend");
  }

  /** @param {string} name */
  end(name) {
    this.stop?.();
    this.fail(name);
  }

  abort() {
    if (this.stop) this.end("abort");
    this.readyState = 0;
  }

  /** @param {number} state */
  setState(state) {
    this.readyState = state;
    this.emit("readystatechange");
  }

  get status() {
    return this.head ? this.head.status : 0;
  }

  get statusText() {
    return this.head ? this.head.reason : "";
  }

  get responseURL() {
    return this.head ? this.head.url.split("#")[0] : "";
  }

  get responseType() {
    return this.type;
  }

  set responseType(value) {
    this.type = String(value);
  }

  get bytes() {
    if (this.whole) return this.whole;
    const whole = new Uint8Array(this.loaded);
    let at = 0;
    for (const piece of this.pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    this.whole = whole;
    return whole;
  }

  get text() {
    const type = this.mimeType || this.getResponseHeader("content-type") || "";
    const named = /charset=["']?([\w.:-]+)/i.exec(type);
    try {
      return new TextDecoder(named ? named[1] : "utf-8").decode(this.bytes);
    } catch {
      return new TextDecoder().decode(this.bytes);
    }
  }

  get responseText() {
    if (this.type !== "" && this.type !== "text") {
      throw new DOMException("responseType is not text", "InvalidStateError");
    }
    return this.readyState >= 3 && this.head ? this.text : "";
  }

  get response() {
    if (this.type === "" || this.type === "text") return this.responseText;
    if (this.readyState !== 4 || !this.head) return null;
    if (this.type === "arraybuffer") return this.bytes.slice().buffer;
    if (this.type === "document") return this.responseXML;
    const type = this.mimeType || this.getResponseHeader("content-type") || "";
    if (this.type === "blob") return new Blob([this.bytes], { type });
    try {
      return JSON.parse(this.text);
    } catch {
      return null;
    }
  }

  get responseXML() {
    if (this.readyState !== 4 || !this.head) return null;
    const type = (this.mimeType || this.getResponseHeader("content-type") || "")
      .split(";")[0]
      .trim();
    if (type === "text/html") {
      return this.type === "document"
        ? new DOMParser().parseFromString(this.text, "text/html")
        : null;
    }
    return /[/+]xml$/.test(type)
      ? new DOMParser().parseFromString(this.text, "application/xml")
      : null;
  }

  /** @param {string} name */
  getResponseHeader(name) {
    const wanted = String(name).toLowerCase();
    const found = (this.head?.headers || []).filter(
      ([key]) => key.toLowerCase() === wanted,
    );
    return found.length ? found.map(([, value]) => value).join(", ") : null;
  }

  getAllResponseHeaders() {
    return (this.head?.headers || [])
      .map(([name, value]) => `${name.toLowerCase()}: ${value}\r\n`)
      .join("");
  }

  /** @param {string} type */
  overrideMimeType(type) {
    this.mimeType = String(type);
  }
}

export function installXhr() {
  defineHandlers(PageXMLHttpRequest.prototype, [...EVENTS, "readystatechange"]);
  defineHandlers(Target.prototype, EVENTS);
  ["UNSENT", "OPENED", "HEADERS_RECEIVED", "LOADING", "DONE"].forEach((name, value) => {
    Object.defineProperty(PageXMLHttpRequest, name, { value });
    Object.defineProperty(PageXMLHttpRequest.prototype, name, { value });
  });
  Object.defineProperty(PageXMLHttpRequest, "name", { value: Native.name });
  window.XMLHttpRequest = /** @type {any} */ (PageXMLHttpRequest);
}
