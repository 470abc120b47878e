// The shown page's document: the app's own text, what it loads put inside, the bridge
// first. Nothing else of it is changed.

import { Edits } from "./edits.js";
import {
  attribute,
  attributeValue,
  encodeAttribute,
  headPosition,
  readTags,
} from "./html.js";
import { policy } from "./policy.js";
import { headerOf } from "./resources.js";
import { classicScript } from "./scripts.js";
import { htmlOf } from "./shown_html.js";
import { isOwn, resolve } from "./urls.js";

/**
 * @import { Attribute, Tag } from "./html.js"
 * @import { Head, Loaded } from "./messages.d.ts"
 * @import { Resources } from "./resources.js"
 * @import { Refresh } from "./tab.d.ts"
 * @typedef {Loaded} ShownPage
 * @typedef {object} Built A page's document, or a part of it.
 * @property {string} html
 * @property {Refresh | null} refresh
 * @property {string[]} notes
 * @property {string | null} icon
 * @property {string} title
 * @typedef {object} Options
 * @property {string[]} allowed Hosts that the page may load from.
 * @property {object} config What the bridge is told; the page's own is added.
 * @property {(config: object) => string} bridge Gives the bridge's script.
 */

const OWN_POLICY = "The page's own Content-Security-Policy is not applied here.";
const JS_TYPE = /^$|^(text|application)\/(x-)?(java|ecma|j)script/i;
/** @type {Record<string, string[]>} */
const IMAGES = {
  img: ["src"],
  input: ["src"],
  source: ["src"],
  track: ["src"],
  video: ["src", "poster"],
  audio: ["src"],
  image: ["href", "xlink:href"],
  use: ["href", "xlink:href"],
};

/**
 * Return {html, refresh, notes, icon, title} for the frame's srcdoc.
 *
 * `bridge(config)` gives the script's text; `config` is completed with the page's own.
 *
 * @param {ShownPage} page
 * @param {Resources} resources
 * @param {Options} options
 */
export async function buildDocument(page, resources, options) {
  const part = await buildPart(htmlOf(page), page.head.url, null, resources);
  part.putHead(options, page.head);
  part.putImportMap();
  return part.built();
}

/**
 * Return a `Builder` that has done a part of a page; `base` is that of its first one.
 *
 * @param {string} source
 * @param {string} url
 * @param {string | null} base
 * @param {Resources} resources
 */
export async function buildPart(source, url, base, resources) {
  const builder = new Builder(source, base ?? url, resources);
  if (base !== null) builder.base = base; // a page's first <base> is the one that counts
  await builder.run();
  return builder;
}

class Builder {
  /**
   * @param {string} source
   * @param {string} url
   * @param {Resources} resources
   */
  constructor(source, url, resources) {
    const tags = readTags(source);
    this.source = source;
    this.tags = tags;
    this.edits = new Edits(source);
    this.resources = resources;
    const base = tags.find((tag) => tag.name === "base" && attribute(tag, "href"));
    this.base = (base && resolve(attributeValue(base, "href") ?? "", url)) || url;
    if (!isOwn(this.base)) this.base = url;
    /** @type {Refresh | null} */
    this.refresh = null;
    /** @type {string | null} */
    this.icon = null;
    this.title = "";
    /** @type {string[]} */
    this.notes = [];
    /** @type {Record<string, string | null>} */
    this.imports = {};
    /** @type {Promise<unknown>[]} */
    this.jobs = [];
  }

  async run() {
    for (const tag of this.tags) this.visit(tag);
    await Promise.all(this.jobs);
  }

  /** @param {Tag} tag */
  visit(tag) {
    if (tag.name === "base") this.remove(tag);
    else if (tag.name === "meta") this.meta(tag);
    else if (tag.name === "link") this.link(tag);
    else if (tag.name === "script") this.script(tag);
    else if (tag.name === "style") this.style(tag);
    else if (tag.name === "title") this.title ||= this.text(tag).trim();
    else if (tag.name === "iframe" || tag.name === "frame") this.inner(tag);
    for (const name of IMAGES[tag.name] || []) this.inline(tag, name);
    for (const one of tag.attributes) this.attribute(one);
  }

  /** @param {Tag} tag */
  text(tag) {
    return tag.text ? this.source.slice(tag.text.start, tag.text.end) : "";
  }

  /** @param {Tag} tag */
  remove(tag) {
    this.edits.replace(tag.start, tag.end, "");
  }

  /**
   * @param {Attribute} one
   * @param {string} value
   */
  set(one, value) {
    this.edits.replace(one.start, one.end, `${one.name}="${encodeAttribute(value)}"`);
  }

  /**
   * @param {Tag} tag
   * @param {...string} names
   */
  drop(tag, ...names) {
    for (const name of names) {
      const one = attribute(tag, name);
      if (one) this.edits.replace(one.start, one.end, "");
    }
  }

  /**
   * @param {Tag} tag
   * @param {string} name
   * @param {string} [kind]
   */
  inline(tag, name, kind = "") {
    const one = attribute(tag, name);
    const url = one && resolve(one.value, this.base);
    if (!one?.value || !isOwn(url)) return;
    this.jobs.push(
      this.resources.dataUrl(url, kind).then(async (data) => {
        if (!data) {
          if (await this.resources.isLive(url)) this.play(one, url);
          return;
        }
        this.set(one, data);
        this.drop(tag, "integrity", "crossorigin", "srcset");
      }),
    );
  }

  /**
   * Have the bridge play what replaces itself.
   *
   * @param {Attribute} one
   * @param {string} url
   */
  play(one, url) {
    this.edits.replace(one.start, one.end, `data-wb-live="${encodeAttribute(url)}"`);
  }

  /** @param {Attribute} one */
  attribute(one) {
    if (one.name.startsWith("on") && /location|import/.test(one.value)) {
      this.set(one, classicScript(one.value, this.base));
    } else if (one.name === "style" && /url\(/i.test(one.value)) {
      this.jobs.push(
        this.resources.css(one.value, this.base).then((css) => this.set(one, css)),
      );
    } else if (one.name === "srcset") {
      this.jobs.push(this.srcset(one));
    }
  }

  /** @param {Attribute} one */
  async srcset(one) {
    const parts = one.value.split(",").map((part) => part.trim().split(/\s+/));
    const texts = await Promise.all(
      parts.map(async ([name, ...rest]) => {
        const data = await this.resources.dataUrl(resolve(name, this.base));
        return [data || name, ...rest].join(" ");
      }),
    );
    this.set(one, texts.join(", "));
  }

  /** @param {Tag} tag */
  meta(tag) {
    const kind = (attributeValue(tag, "http-equiv") || "").toLowerCase();
    const content = attributeValue(tag, "content") || "";
    if (kind === "content-security-policy") {
      this.remove(tag);
      this.notes.push(OWN_POLICY);
    } else if (kind === "refresh") {
      this.remove(tag);
      this.refreshBy(content);
    }
  }

  /**
   * Go elsewhere later, as a page's <meta> or a response's header says.
   *
   * @param {string} content
   */
  refreshBy(content) {
    const match =
      /^\s*(\d+(?:\.\d+)?)\s*(?:[;,]\s*(?:url\s*=\s*)?["']?([^"']+))?/i.exec(content);
    if (!match) return;
    const url = resolve(match[2] ? match[2].trim() : "", this.base);
    this.refresh = { delay_ms: Number(match[1]) * 1000, url: url ?? this.base };
  }

  /** @param {Tag} tag */
  link(tag) {
    const relations = (attributeValue(tag, "rel") || "").toLowerCase().split(/\s+/);
    const url = resolve(attributeValue(tag, "href") || "", this.base);
    if (relations.includes("stylesheet")) this.inline(tag, "href", "css");
    else if (relations.includes("icon") && isOwn(url)) {
      this.drop(tag, "href");
      this.jobs.push(
        this.resources.dataUrl(url).then((data) => {
          this.icon ??= data;
        }),
      );
    } else if (
      relations.some((one) =>
        /^(preload|modulepreload|prefetch|manifest|apple-touch-icon|dns-prefetch|preconnect)$/.test(
          one,
        ),
      ) &&
      (isOwn(url) || !relations.includes("preconnect"))
    ) {
      if (isOwn(url)) this.remove(tag);
    }
  }

  /** @param {Tag} tag */
  script(tag) {
    const type = (attributeValue(tag, "type") || "").trim().toLowerCase();
    if (type === "importmap") this.readImportMap(tag);
    else if (type === "module") this.moduleScript(tag);
    else if (JS_TYPE.test(type)) {
      if (attribute(tag, "src")) this.inline(tag, "src", "script");
      else this.replaceText(tag, classicScript(this.text(tag), this.base));
    }
  }

  /**
   * @param {Tag} tag
   * @param {string} text
   */
  replaceText(tag, text) {
    if (!tag.text || text === this.text(tag)) return;
    this.edits.replace(tag.text.start, tag.text.end, text);
  }

  /** @param {Tag} tag */
  moduleScript(tag) {
    const src = attribute(tag, "src");
    if (!src) {
      this.jobs.push(
        this.resources
          .module(this.text(tag), this.base)
          .then((text) => this.replaceText(tag, text)),
      );
      return;
    }
    const url = resolve(src.value, this.base);
    if (!isOwn(url)) return;
    this.jobs.push(
      this.resources.addModule(url).then(() => {
        const data = this.resources.modules.get(url);
        if (data) this.set(src, data);
        this.drop(tag, "integrity", "crossorigin");
      }),
    );
  }

  /** @param {Tag} tag */
  readImportMap(tag) {
    const end = tag.text?.end ?? tag.end;
    this.edits.replace(tag.start, end, '<script type="application/json">');
    try {
      const map = JSON.parse(this.text(tag));
      for (const [name, target] of Object.entries(map.imports || {})) {
        const url = resolve(target, this.base);
        this.imports[name] = url;
        if (isOwn(url) && !url.endsWith("/"))
          this.jobs.push(this.resources.addModule(url));
      }
    } catch {
      this.notes.push("The page's import map is no JSON.");
    }
  }

  /**
   * Put the base, the policy and the bridge where the head begins.
   *
   * @param {Options} options
   * @param {Head} head
   */
  putHead({ bridge, config, allowed }, head) {
    const { url } = head;
    if (!this.refresh) this.refreshBy(headerOf(head, "refresh"));
    if (headerOf(head, "content-security-policy") && !this.notes.includes(OWN_POLICY))
      this.notes.push(OWN_POLICY);
    this.edits.insert(
      headPosition(this.source),
      `<base href="${encodeAttribute(this.base)}">` +
        `<meta http-equiv="Content-Security-Policy" content="${policy(allowed)}">` +
        `<script>${bridge({ ...config, url, base: this.base })}</script>`,
    );
  }

  /**
   * Put the import map before all else: the page's own, and what relative imports became.
   *
   * `known` has the names that an earlier part told, and gets those of this one.
   *
   * @param {Set<string>} [known]
   */
  putImportMap(known = new Set()) {
    const loaded = this.resources.importMap();
    const imports = { ...loaded };
    for (const [name, url] of Object.entries(this.imports)) {
      const target = loaded[url ?? ""] || url;
      if (target) imports[name] = target;
    }
    for (const name of known) delete imports[name];
    if (!Object.keys(imports).length) return;
    for (const name of Object.keys(imports)) known.add(name);
    const text = JSON.stringify({ imports }).replace(/</g, "\\u003c");
    this.edits.insert(
      headPosition(this.source),
      `<script type="importmap">${text}</script>`,
    );
  }

  /** @returns {Built} */
  built() {
    const { refresh, notes, icon, title } = this;
    return { html: this.edits.result(), refresh, notes, icon, title };
  }

  /** @param {Tag} tag */
  style(tag) {
    this.jobs.push(
      this.resources
        .css(this.text(tag), this.base)
        .then((css) => this.replaceText(tag, css)),
    );
  }

  /** @param {Tag} tag */
  inner(tag) {
    const url = resolve(attributeValue(tag, "src") || "", this.base);
    if (attribute(tag, "src") && isOwn(url)) {
      this.notes.push(`A frame inside the page is not shown: ${url}`);
    }
  }
}
