// Replacements in a text, by position.

/** @typedef {{ start: number, end: number, text: string, order: number }} Edit */

export class Edits {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** @type {Edit[]} */
    this.made = [];
  }

  /**
   * @param {number} start
   * @param {number} end
   * @param {string} text
   */
  replace(start, end, text) {
    this.made.push({ start, end, text, order: this.made.length });
  }

  /**
   * @param {number} at
   * @param {string} text
   */
  insert(at, text) {
    this.replace(at, at, text);
  }

  result() {
    // What is inserted comes before what is replaced at the same place.
    /** @type {(edit: Edit) => number} */
    const width = (edit) => (edit.end > edit.start ? 1 : 0);
    const made = [...this.made].sort(
      (a, b) => a.start - b.start || width(a) - width(b) || a.order - b.order,
    );
    const parts = [];
    let at = 0;
    for (const edit of made) {
      if (edit.start < at) continue; // inside a part that is replaced already
      parts.push(this.text.slice(at, edit.start), edit.text);
      at = edit.end;
    }
    parts.push(this.text.slice(at));
    return parts.join("");
  }
}
