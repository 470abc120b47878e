// The history of a view: addresses, the document each belongs to, and its state.
// Entries that a page added itself share its document: going back among them is the
// page's own business (popstate), as in any browser.

const MAX_ENTRIES = 500;

export class History {
  constructor() {
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

  /** Add an entry for a new document. */
  visit(url, more = {}) {
    this.add({ url, document: ++this.documents, state: null, ...more });
  }

  /** Put another document in the place of the current entry. */
  replaceDocument(url) {
    if (this.index < 0) return this.visit(url);
    this.entries[this.index] = { url, document: ++this.documents, state: null };
  }

  /** The page's history.pushState, or a link to a place in it. */
  push(url, state = null) {
    this.add({ url, document: this.current.document, state });
  }

  /** The page's history.replaceState. */
  replace(url, state = null) {
    Object.assign(this.current, { url, state });
  }

  /** Move; returns {entry, isSameDocument}, or null where there is none. */
  go(delta) {
    const entry = this.entries[this.index + delta];
    if (!entry || delta === 0) return null;
    const isSameDocument = entry.document === this.current.document;
    this.index += delta;
    return { entry, isSameDocument };
  }

  add(entry) {
    this.entries.splice(this.index + 1);
    this.entries.push(entry);
    this.entries.splice(0, this.entries.length - MAX_ENTRIES);
    this.index = this.entries.length - 1;
  }
}
