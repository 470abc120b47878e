// The history of a view: addresses, the document each belongs to, and its state.
// Entries that a page added itself share its document: going back among them is the
// page's own business (popstate), as in any browser.

/**
 * @import { Kept } from "./tab.d.ts"
 * @typedef {object} Entry
 * @property {string} url
 * @property {number} document The number of the document that shows it.
 * @property {unknown} state What the page's own script keeps with it.
 * @property {Kept} [kept]
 */

const MAX_ENTRIES = 500;

export class History {
  constructor() {
    /** @type {Entry[]} */
    this.entries = [];
    this.index = -1;
    this.documents = 0;
  }

  get current() {
    return this.entries[this.index];
  }

  get canGoBack() {
    return this.index > 0;
  }

  get canGoForward() {
    return this.index < this.entries.length - 1;
  }

  /**
   * Add an entry for a new document.
   *
   * @param {string} url
   * @param {Partial<Entry>} [more]
   */
  visit(url, more = {}) {
    this.add({ url, document: ++this.documents, state: null, ...more });
  }

  /**
   * Put another document in the place of the current entry.
   *
   * @param {string} url
   */
  replaceDocument(url) {
    if (this.index < 0) return this.visit(url);
    this.entries[this.index] = { url, document: ++this.documents, state: null };
  }

  /**
   * The page's history.pushState, or a link to a place in it.
   *
   * @param {string} url
   * @param {unknown} [state]
   */
  push(url, state = null) {
    this.add({ url, document: this.current.document, state });
  }

  /**
   * The page's history.replaceState.
   *
   * @param {string} url
   * @param {unknown} [state]
   */
  replace(url, state = null) {
    Object.assign(this.current, { url, state });
  }

  /**
   * Move; returns {entry, isSameDocument}, or null where there is none.
   *
   * @param {number} delta
   */
  go(delta) {
    const entry = this.entries[this.index + delta];
    if (!entry || delta === 0) return null;
    const isSameDocument = entry.document === this.current.document;
    this.index += delta;
    return { entry, isSameDocument };
  }

  /** @param {Entry} entry */
  add(entry) {
    this.entries.splice(this.index + 1);
    this.entries.push(entry);
    this.entries.splice(0, this.entries.length - MAX_ENTRIES);
    this.index = this.entries.length - 1;
  }
}
