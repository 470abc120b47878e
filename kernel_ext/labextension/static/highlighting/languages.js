// The languages of bodies: JupyterLab's own grammars, with Jinja laid over templates.

import { lab } from "../lab.js";
import { jinjaParser, jinjaPieces } from "./jinja.js";

const PLAIN = new Set(["txt", "text"]);
const MIMES = {
  py: "text/x-ipython",
  html: "text/html",
  htm: "text/html",
  xhtml: "text/html",
  svg: "application/xml",
};

const ELEMENT = "Element"; // of HTML and XML

/** @type {WeakMap<object, { from: number, to: number }[]>} The Jinja of what is parsed. */
const pieces = new WeakMap();

/** Finds the language of a head's body; each is made once. */
export class Languages {
  /** @param {any} registry JupyterLab's language registry. */
  constructor(registry) {
    this.registry = registry;
    /** @type {Map<string, Promise<any>>} */
    this.found = new Map();
  }

  /**
   * Return the `LanguageSupport` of a head's body; null for plain text.
   * @param {import("./head.js").Head} head
   */
  of(head) {
    const suffix = suffixOf(head);
    const key = `${head.magic === "template"} ${suffix}`;
    if (!this.found.has(key)) {
      const isTemplate = head.magic === "template";
      this.found.set(key, isTemplate ? this.template(suffix) : this.plain(suffix));
    }
    return this.found.get(key);
  }

  async plain(suffix) {
    if (!suffix || PLAIN.has(suffix) || suffix === "form") return null;
    const spec = MIMES[suffix]
      ? this.registry.findByMIME(MIMES[suffix])
      : this.registry.findByFileName(`name.${suffix}`);
    const known = spec && (await this.registry.getLanguage(spec));
    return known?.support ?? null;
  }

  async template(suffix) {
    const base = await this.plain(suffix);
    if (!base) return null;
    const language = withJinja(base.language);
    return language ? new lab.language.LanguageSupport(language, base.support) : base;
  }
}

/** Lay Jinja over a language; null where its parser cannot be mixed with another one. */
function withJinja(language) {
  const wrap = lab.lezer.parseMixed(overJinja);
  if (language.configure) return language.configure({ wrap });
  const { data, parser, name } = language; // Markdown; a parser of CodeMirror 5 cannot
  if (!parser.configure) return null;
  return new lab.language.Language(data, parser.configure({ wrap }), [], name);
}

/**
 * Say which Jinja lies over a node: each element has its own, and the top what is in none.
 *
 * JupyterLab and the parser go through all of an overlay for one key: if all Jinja lay
 * over the top, a key in a long template would cost as much as the whole of it.
 */
function overJinja(node, input) {
  const isTop = node.type.isTop && !node.node.parent;
  if (!isTop && node.name !== ELEMENT) return null;
  if (isTop) pieces.set(input, jinjaPieces(input.read(node.from, node.to), node.from));
  const overlay = ownPieces(node.node, pieces.get(input) ?? []);
  return overlay.length ? { parser: jinjaParser(), overlay } : null;
}

/**
 * Return the pieces in a node that are in none of its elements; one that a piece begins
 * or ends in the middle of owns none.
 * @param {any} node
 * @param {{ from: number, to: number }[]} all In order.
 */
function ownPieces(node, all) {
  const own = [];
  let at = firstFrom(all, node.from);
  const end = firstFrom(all, node.to);
  for (let child = node.firstChild; child && at < end; child = child.nextSibling) {
    if (child.name !== ELEMENT) continue;
    while (at < end && all[at].to <= child.from) own.push(all[at++]);
    const inside = [];
    let isCrossed = at > 0 && all[at - 1].to > child.from;
    for (; at < end && all[at].from < child.to; at++) {
      isCrossed ||= all[at].from < child.from || all[at].to > child.to;
      inside.push(all[at]);
    }
    if (isCrossed) own.push(...inside);
  }
  while (at < end) own.push(all[at++]);
  return own;
}

/**
 * Return the index of the first piece that begins at a position or after it.
 * @param {{ from: number }[]} all
 * @param {number} position
 */
function firstFrom(all, position) {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].from < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `mail.html.j2` is HTML; a template without a suffix is HTML, too. */
function suffixOf(head) {
  const name = head.file.split("/").pop() ?? "";
  const parts = name.toLowerCase().split(".");
  if (head.magic === "template") {
    if (/^(j2|jinja2?)$/.test(parts[parts.length - 1])) parts.pop();
    if (parts.length < 2) return name ? "html" : "";
  }
  return parts.length > 1 ? parts[parts.length - 1] : "";
}
