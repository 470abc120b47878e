// Replacements in a text, by position.

export class Edits {
  constructor(text) {
    this.text = text;
    this.made = [];
  }

  replace(start, end, text) {
    this.made.push({ start, end, text, order: this.made.length });
  }

  insert(at, text) {
    this.replace(at, at, text);
  }

  result() {
    // What is inserted comes before what is replaced at the same place.
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
