// What a page loads, as texts and data: URLs: css with its imports, modules with theirs.

import { readReferences, referenceText } from "./css.js";
import { Edits } from "./edits.js";
import {
  absoluteImports,
  classicScript,
  readImports,
  readScripts,
  replaceLocation,
  withScripts,
} from "./scripts.js";
import { isOwn, resolve, withoutHash } from "./urls.js";

/**
 * @import { Arrived, Bytes, Head, Loaded } from "./messages.d.ts"
 * @import { LoadResource } from "./tab.d.ts"
 */

const MAX_DEPTH = 8;

/**
 * @param {Pick<Head, "headers">} head
 * @param {string} name
 */
export function headerOf(head, name) {
  const pair = (head.headers || []).find(([key]) => key.toLowerCase() === name);
  return pair ? pair[1] : "";
}

/**
 * Tell whether the parts of a body replace each other, maybe without an end.
 *
 * @param {Pick<Head, "headers">} head
 */
export function isMixed(head) {
  return /^\s*multipart\/x-mixed-replace\b/i.test(headerOf(head, "content-type"));
}

/**
 * @param {Head} head
 * @param {Bytes} body
 */
export function textOf(head, body) {
  return decoderOf(head, body, true).decode(body);
}

/**
 * Return a decoder of a response's character set, found as browsers find it: by the
 * byte order mark, the header, the page's own <meta>; else it is UTF-8, or where the
 * bytes are none, the one of old pages.
 *
 * @param {Head} head
 * @param {Bytes} body The body, or its beginning.
 * @param {boolean} isWhole
 */
export function decoderOf(head, body, isWhole) {
  const type = headerOf(head, "content-type");
  const named = [markedCharset(body), /charset=["']?([\w.:-]+)/i.exec(type)?.[1]];
  if (/^\s*text\/html/i.test(type)) named.push(metaCharset(body));
  for (const name of named) {
    if (!name) continue;
    try {
      return new TextDecoder(name);
    } catch {
      // No browser knows it.
    }
  }
  return new TextDecoder(isUtf8(body, isWhole) ? "utf-8" : "windows-1252");
}

/** @param {Bytes} body */
function markedCharset([first, second, third]) {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

/** @param {Bytes} body */
function metaCharset(body) {
  const start = new TextDecoder("latin1").decode(body.subarray(0, 1024));
  const name = /<meta\s[^>]*charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(start)?.[1];
  // A page whose <meta> could be read is not in UTF-16, whatever it says.
  return name && (/^utf-?16/i.test(name) ? "utf-8" : name);
}

/**
 * @param {Bytes} body
 * @param {boolean} isWhole Else its last character may be cut in two.
 */
function isUtf8(body, isWhole) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(body, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {Bytes} bytes
 * @returns {string}
 */
export function base64(bytes) {
  const native = /** @type {{ toBase64?: () => string }} */ (bytes);
  if (native.toBase64) return native.toBase64();
  const parts = [];
  for (let i = 0; i < bytes.length; i += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  }
  return btoa(parts.join(""));
}

/**
 * @param {string} type
 * @param {Bytes} bytes
 */
export function dataUrl(type, bytes) {
  return `data:${type};base64,${base64(bytes)}`;
}

/** @param {string} text */
const encode = (text) => new TextEncoder().encode(text);

/** The resources of one page. `load(url)` gives {head, body} or null. */
export class Resources {
  /**
   * @param {LoadResource} load
   * @param {Arrived[]} [arrived]
   */
  constructor(load, arrived = []) {
    this.load = load;
    /** @type {Map<string, Loaded | null>} */
    this.arrived = new Map(arrived.map((one) => [withoutHash(one.key), one]));
    /** @type {Map<string, Promise<string | null>>} */
    this.urls = new Map();
    /** @type {Map<string, string | null>} */
    this.modules = new Map();
  }

  /** @param {string} url */
  async get(url) {
    const key = withoutHash(url);
    if (!this.arrived.has(key)) this.arrived.set(key, await this.load(key));
    return this.arrived.get(key);
  }

  /**
   * Return a data: URL for an own address, null where the app has nothing there.
   *
   * @param {string | null} url
   * @param {string} [kind]
   * @param {number} [depth]
   * @returns {Promise<string | null>}
   */
  async dataUrl(url, kind = "", depth = 0) {
    if (!isOwn(url) || depth > MAX_DEPTH) return null;
    const key = `${kind} ${withoutHash(url)}`;
    const known = this.urls.get(key) ?? this.build(url, kind, depth);
    this.urls.set(key, known);
    return known;
  }

  /**
   * @param {string} url
   * @param {string} kind
   * @param {number} depth
   */
  async build(url, kind, depth) {
    const found = await this.get(url);
    if (!found || found.head.status >= 400 || isMixed(found.head)) return null;
    const type = headerOf(found.head, "content-type")
      .split(";")[0]
      .trim()
      .toLowerCase();
    if (kind === "css" || type === "text/css") {
      const css = await this.css(textOf(found.head, found.body), found.head.url, depth);
      return dataUrl("text/css;charset=utf-8", encode(css));
    }
    if (kind === "worker" || kind === "worker-module") {
      const js = await this.worker(found, kind === "worker-module", [url]);
      return dataUrl("text/javascript;charset=utf-8", encode(js));
    }
    if (kind === "script" || /javascript|ecmascript/.test(type)) {
      const js = classicScript(textOf(found.head, found.body), found.head.url);
      return dataUrl("text/javascript;charset=utf-8", encode(js));
    }
    const hash = url.slice(withoutHash(url).length);
    return dataUrl(type || "application/octet-stream", found.body) + hash;
  }

  /**
   * Tell whether what stands at an address is played, part by part.
   *
   * @param {string} url
   */
  async isLive(url) {
    const found = await this.get(url);
    return !!found && isMixed(found.head);
  }

  /**
   * Return a style sheet with all it refers to inside.
   *
   * @param {string} text
   * @param {string} base
   * @param {number} [depth]
   */
  async css(text, base, depth = 0) {
    const references = readReferences(text);
    if (!references.length) return text;
    const edits = new Edits(text);
    await Promise.all(
      references.map(async (one) => {
        const url = resolve(one.url, base);
        const data = await this.dataUrl(url, one.isImport ? "css" : "", depth + 1);
        if (data) edits.replace(one.start, one.end, referenceText(one, data));
      }),
    );
    return edits.result();
  }

  /**
   * Return a module's text with absolute imports, having loaded what it imports.
   *
   * @param {string} text
   * @param {string} url
   */
  async module(text, url) {
    const names = readImports(text).map((name) => relativeTo(name, url));
    await Promise.all(names.filter(isOwn).map((name) => this.addModule(name)));
    return replaceLocation(absoluteImports(text, url, (name) => relativeTo(name, url)));
  }

  /**
   * @param {string} url
   * @returns {Promise<void>}
   */
  async addModule(url) {
    if (this.modules.has(url)) return;
    this.modules.set(url, null);
    const found = await this.get(url);
    if (!found || found.head.status >= 400) return;
    const text = await this.module(textOf(found.head, found.body), found.head.url);
    this.modules.set(url, dataUrl("text/javascript;charset=utf-8", encode(text)));
  }

  /**
   * Return the script of a worker with what it imports inside: a worker has no import map.
   *
   * @param {Loaded} found
   * @param {boolean} isModule
   * @param {string[]} chain The scripts that this one is for: none is put into itself.
   * @returns {Promise<string>}
   */
  async worker({ head, body }, isModule, chain) {
    const text = textOf(head, body);
    /** @type {Map<string, string>} */
    const inside = new Map();
    for (const name of isModule ? readImports(text) : readScripts(text)) {
      const url = isModule ? relativeTo(name, head.url) : resolve(name, head.url);
      if (!isOwn(url) || chain.includes(url) || chain.length > MAX_DEPTH) continue;
      const found = await this.get(url);
      if (!found || found.head.status >= 400) continue;
      const js = await this.worker(found, isModule, [...chain, url]);
      inside.set(name, dataUrl("text/javascript;charset=utf-8", encode(js)));
    }
    const found = (/** @type {string} */ name) => inside.get(name) ?? null;
    const whole = isModule ? text : withScripts(text, found);
    return replaceLocation(absoluteImports(whole, head.url, found));
  }

  /**
   * Return the import map for all modules that were added.
   *
   * @returns {Record<string, string>}
   */
  importMap() {
    /** @type {Record<string, string>} */
    const map = {};
    for (const [name, data] of this.modules) if (data) map[name] = data;
    return map;
  }
}

/**
 * Return the address of a module's name; null for a bare one.
 *
 * @param {string} name
 * @param {string} url
 */
export function relativeTo(name, url) {
  return /^(\.{0,2}\/|https?:)/.test(name) ? resolve(name, url) : null;
}
