// What a page loads, as texts and data: URLs: css with its imports, modules with theirs.

import { Edits } from "./edits.js";
import { readReferences, referenceText } from "./css.js";
import { absoluteImports, readImports, replaceLocation } from "./scripts.js";
import { isOwn, resolve, withoutHash } from "./urls.js";

const MAX_DEPTH = 8;

export function headerOf(head, name) {
  const pair = (head.headers || []).find(([key]) => key.toLowerCase() === name);
  return pair ? pair[1] : "";
}

export function textOf(head, body) {
  return decoderOf(head).decode(body);
}

/** Return a decoder of the character set that a response names, UTF-8 by default. */
export function decoderOf(head) {
  const named = /charset=["']?([\w.:-]+)/i.exec(headerOf(head, "content-type"));
  try {
    return new TextDecoder(named ? named[1] : "utf-8");
  } catch {
    return new TextDecoder();
  }
}

export function base64(bytes) {
  if (bytes.toBase64) return bytes.toBase64();
  const parts = [];
  for (let i = 0; i < bytes.length; i += 0x8000) {
    parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + 0x8000)));
  }
  return btoa(parts.join(""));
}

export function dataUrl(type, bytes) {
  return `data:${type};base64,${base64(bytes)}`;
}

const encode = (text) => new TextEncoder().encode(text);

/** The resources of one page. `load(url)` gives {head, body} or null. */
export class Resources {
  constructor(load, arrived = []) {
    this.load = load;
    this.arrived = new Map(arrived.map((one) => [withoutHash(one.key), one]));
    this.urls = new Map();
    this.modules = new Map();
  }

  async get(url) {
    const key = withoutHash(url);
    if (!this.arrived.has(key)) this.arrived.set(key, await this.load(key));
    return this.arrived.get(key);
  }

  /** Return a data: URL for an own address, null where the app has nothing there. */
  async dataUrl(url, kind = "", depth = 0) {
    if (!isOwn(url) || depth > MAX_DEPTH) return null;
    const key = `${kind} ${withoutHash(url)}`;
    if (!this.urls.has(key)) this.urls.set(key, this.build(url, kind, depth));
    return this.urls.get(key);
  }

  async build(url, kind, depth) {
    const found = await this.get(url);
    if (!found || found.head.status >= 400) return null;
    const type = headerOf(found.head, "content-type")
      .split(";")[0]
      .trim()
      .toLowerCase();
    if (kind === "css" || type === "text/css") {
      const css = await this.css(textOf(found.head, found.body), found.head.url, depth);
      return dataUrl("text/css;charset=utf-8", encode(css));
    }
    if (kind === "script" || /javascript|ecmascript/.test(type)) {
      const js = replaceLocation(textOf(found.head, found.body));
      return dataUrl("text/javascript;charset=utf-8", encode(js));
    }
    const hash = url.slice(withoutHash(url).length);
    return dataUrl(type || "application/octet-stream", found.body) + hash;
  }

  /** Return a style sheet with all it refers to inside. */
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

  /** Return a module's text with absolute imports, having loaded what it imports. */
  async module(text, url) {
    const names = readImports(text).map((name) => relativeTo(name, url));
    await Promise.all(names.filter(isOwn).map((name) => this.addModule(name)));
    return replaceLocation(absoluteImports(text, url, (name) => relativeTo(name, url)));
  }

  async addModule(url) {
    if (this.modules.has(url)) return;
    this.modules.set(url, null);
    const found = await this.get(url);
    if (!found || found.head.status >= 400) return;
    const text = await this.module(textOf(found.head, found.body), found.head.url);
    this.modules.set(url, dataUrl("text/javascript;charset=utf-8", encode(text)));
  }

  /** Return the import map for all modules that were added. */
  importMap() {
    return Object.fromEntries([...this.modules].filter(([, data]) => data));
  }
}

/** Return the address of a module's name; null for a bare one. */
export function relativeTo(name, url) {
  return /^(\.{0,2}\/|https?:)/.test(name) ? resolve(name, url) : null;
}
