// Jinja over another language: only `{{ }}`, `{% %}` and `{# #}` are read, and only where
// they are seen. As trees in the tree of the other language they would be gone through as
// a whole for each key, by the parser and by JupyterLab.

import { lab } from "../lab.js";
import { JinjaPieces } from "./jinja_pieces.js";

const TOKEN =
  /(?<comment>\{#[^]*)|(?<delimiter>\{\{[-+]?|\{%[-+]?|[-+]?\}\}|[-+]?%\})|(?<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)|(?<number>\d[\d_]*(?:\.\d+)?)|(?<name>[^\W\d]\w*)|(?<operator>\|\||[|.~+*/%=!<>-]=?)|(?<bracket>[()[\]{}])/gu;
const STATEMENTS = new Set(
  (
    "for endfor if elif else endif block endblock extends include import from macro " +
    "endmacro call endcall filter endfilter set endset with endwith autoescape " +
    "endautoescape raw endraw trans pluralize endtrans do continue break"
  ).split(" "),
);
const WORDS = new Set(
  "in is not and or recursive ignore missing without context as scoped required".split(
    " ",
  ),
);
const ATOMS = new Set("true false none True False None".split(" "));
const TAGS = {
  Comment: "blockComment",
  Delimiter: "meta",
  String: "string",
  Number: "number",
  Keyword: "keyword",
  Atom: "atom",
  Filter: "function",
  Property: "propertyName",
  Name: "variableName",
  Operator: "operator",
  Bracket: "bracket",
};

const DATA = {
  commentTokens: { block: { open: "{#", close: "#}" } },
  closeBrackets: { brackets: ["(", "[", "{", "'", '"'] },
};
const MAX_KNOWN = 10_000;

/** @type {Map<string, Token[]>} The tokens of pieces, by their text. */
const known = new Map();

/** @typedef {{ kind: string, from: number, length: number }} Token In its piece. */

/** Return the editor extension that colours Jinja in a template's body. */
export function jinjaOverlay() {
  const { EditorState, StateField } = lab.state;
  const field = StateField.define({
    create: (state) => JinjaPieces.of(state.doc),
    update: (pieces, transaction) =>
      transaction.docChanged
        ? pieces.after(transaction.changes, transaction.newDoc)
        : pieces,
  });
  const data = EditorState.languageData.of((state, position, side) =>
    state.field(field).at(position, side) ? [DATA] : [],
  );
  return [field, data, colours(field)];
}

function colours(field) {
  const { Decoration, ViewPlugin } = lab.view;
  class Colours {
    constructor(view) {
      this.marks = new Marks();
      this.marks.restyle(view.state);
      this.decorations = this.seen(view);
    }
    update(update) {
      const isNew = this.marks.restyle(update.state) || update.docChanged;
      if (isNew || update.viewportChanged) this.decorations = this.seen(update.view);
    }
    seen(view) {
      const found = [];
      for (const { from, to } of view.visibleRanges) {
        for (const piece of view.state.field(field).between(from, to)) {
          const text = view.state.sliceDoc(piece.from, piece.to);
          for (const token of knownTokens(text)) {
            const at = piece.from + token.from;
            if (at < to && at + token.length > from)
              found.push(this.marks.of(token.kind).range(at, at + token.length));
          }
        }
      }
      return Decoration.set(found);
    }
  }
  return ViewPlugin.fromClass(Colours, { decorations: (plugin) => plugin.decorations });
}

/** The marks of the kinds of tokens, in the colours of the editor's theme. */
class Marks {
  constructor() {
    this.classes = "";
    /** @type {Map<string, any>} */
    this.byKind = new Map();
  }

  /** Take the theme's classes; return whether they are others than before. */
  restyle(state) {
    const { highlightingFor } = lab.language;
    const found = Object.keys(TAGS).map((kind) =>
      highlightingFor(state, [tagOf(kind)]),
    );
    const classes = found.join();
    if (classes === this.classes) return false;
    this.classes = classes;
    // Without a class of its own it would have the colour of what it stands in.
    const marks = found.map((name) =>
      lab.view.Decoration.mark({ class: name || "wb-jinja" }),
    );
    this.byKind = new Map(Object.keys(TAGS).map((kind, index) => [kind, marks[index]]));
    return true;
  }

  of(kind) {
    return this.byKind.get(kind);
  }
}

function tagOf(kind) {
  const { tags } = lab.highlight;
  return TAGS[kind] === "function"
    ? tags.function(tags.variableName)
    : tags[TAGS[kind]];
}

function knownTokens(text) {
  let tokens = known.get(text);
  if (!tokens) {
    if (known.size > MAX_KNOWN) known.clear();
    tokens = tokensOf(text);
    known.set(text, tokens);
  }
  return tokens;
}

function tokensOf(text) {
  const found = [];
  let before = "";
  for (const match of text.matchAll(TOKEN)) {
    const kind = kindOf(match.groups, before);
    found.push({ kind, from: match.index, length: match[0].length });
    before = match[0];
  }
  return found;
}

function kindOf(groups, before) {
  if (groups.name !== undefined) return kindOfName(groups.name, before);
  const name = Object.keys(groups).find((one) => groups[one] !== undefined) ?? "";
  return name[0].toUpperCase() + name.slice(1);
}

function kindOfName(name, before) {
  if (before === "|" || before === "is") return "Filter";
  if (before === ".") return "Property";
  if (/^\{%/.test(before) && STATEMENTS.has(name)) return "Keyword";
  if (WORDS.has(name) || name === "if" || name === "else") return "Keyword";
  return ATOMS.has(name) ? "Atom" : "Name";
}
