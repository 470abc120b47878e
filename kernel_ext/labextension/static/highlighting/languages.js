// The languages of bodies: JupyterLab's own grammars, with Jinja laid over templates.

import { lab } from "../lab.js";
import { jinjaOverlay } from "./jinja.js";

const PLAIN = new Set(["txt", "text"]);
const MIMES = {
  py: "text/x-ipython",
  html: "text/html",
  htm: "text/html",
  xhtml: "text/html",
  svg: "application/xml",
};

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
    const { LanguageSupport } = lab.language;
    return new LanguageSupport(base.language, [jinjaOverlay(), base.support]);
  }
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
