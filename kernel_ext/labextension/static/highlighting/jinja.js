// A grammar of Jinja that lies over another language: it reads only `{{ }}`, `{% %}`
// and `{# #}`. JupyterLab's own Jinja mode reads whole lines, and stumbles over pieces.

import { lab } from "../lab.js";

const PIECES = /\{\{[^]*?(?:\}\}|$)|\{%[^]*?(?:%\}|$)|\{#[^]*?(?:#\}|$)/g;
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

const MAX_KNOWN = 10_000;

/** @type {any} */
let made = null;
/** @type {Map<string, any>} The trees of pieces, by their text. */
const known = new Map();

/** Return the parser, which is made once. */
export function jinjaParser() {
  made ??= makeParser();
  return made;
}

/**
 * Return where Jinja stands in a template; what is between raw and endraw is none.
 * @param {string} text
 * @param {number} offset Where the text begins in the document.
 */
export function jinjaPieces(text, offset) {
  const found = [];
  let isRaw = false;
  for (const match of text.matchAll(PIECES)) {
    const name = /^\{%[-+]?\s*(raw|endraw)\b/.exec(match[0])?.[1];
    if (isRaw && name !== "endraw") continue;
    isRaw = name === "raw";
    found.push({
      from: offset + match.index,
      to: offset + match.index + match[0].length,
    });
  }
  return found;
}

function makeParser() {
  const { Parser } = lab.lezer;
  const types = makeTypes();
  return new (class extends Parser {
    createParse(input, _fragments, ranges) {
      return new JinjaParse(types, input, ranges);
    }
  })();
}

function makeTypes() {
  const { NodeType, NodeSet } = lab.lezer;
  const { styleTags, tags } = lab.highlight;
  const { defineLanguageFacet, languageDataProp } = lab.language;
  const data = defineLanguageFacet({
    commentTokens: { block: { open: "{#", close: "#}" } },
    closeBrackets: { brackets: ["(", "[", "{", "'", '"'] },
  });
  const names = ["Jinja", "Piece", ...Object.keys(TAGS)];
  const plain = names.map((name, id) =>
    NodeType.define({
      id,
      name,
      top: id === 0,
      props: id === 0 ? [[languageDataProp, data]] : [],
    }),
  );
  const styles = Object.entries(TAGS).map(([name, tag]) => [
    name,
    tag === "function" ? tags.function(tags.variableName) : tags[tag],
  ]);
  const set = new NodeSet(plain).extend(styleTags(Object.fromEntries(styles)));
  return Object.fromEntries(set.types.map((type) => [type.name, type]));
}

/** Reads all pieces in one step; those that were read before are known already. */
class JinjaParse {
  constructor(types, input, ranges) {
    this.types = types;
    this.input = input;
    this.ranges = ranges;
    this.parsedPos = ranges[0].from;
    this.stoppedAt = null;
  }

  advance() {
    const start = this.ranges[0].from;
    this.parsedPos = this.ranges[this.ranges.length - 1].to;
    // Read once: thousands of small reads cost more than all of the rest.
    const text = this.input.read(start, this.parsedPos);
    const trees = this.ranges.map(({ from, to }) =>
      this.pieceTree(text.slice(from - start, to - start)),
    );
    const positions = this.ranges.map((range) => range.from - start);
    const length = this.parsedPos - start;
    return new lab.lezer.Tree(this.types.Jinja, trees, positions, length).balance();
  }

  pieceTree(text) {
    let tree = known.get(text);
    if (!tree) {
      if (known.size > MAX_KNOWN) known.clear();
      const { Tree } = lab.lezer;
      const tokens = tokensOf(text);
      const nodes = tokens.map(
        (one) => new Tree(this.types[one.kind], [], [], one.length),
      );
      const positions = tokens.map((one) => one.from);
      tree = new Tree(this.types.Piece, nodes, positions, text.length);
      known.set(text, tree);
    }
    return tree;
  }

  stopAt(position) {
    this.stoppedAt = position;
  }
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
