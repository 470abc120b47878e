// The grammar of a magic cell: its head in pieces, its body in a language of its own.

import { lab } from "../lab.js";
import { HEAD_CHARS, keyOf, readHead } from "./head.js";

const KINDS = ["Magic", "Name", "Option", "Text", "Method", "Converter", "Variable"];
KINDS.push("Header", "FormName", "FormValue");

/** @type {any} */
let types = null;

/** Make the types of nodes once: their identity is what highlighting goes by. */
function nodeTypes() {
  if (types) return types;
  const { NodeType, NodeSet } = lab.lezer;
  const { styleTags, tags } = lab.highlight;
  const data = lab.language.defineLanguageFacet();
  const names = ["Cell", "Body", ...KINDS];
  const made = names.map((name, id) =>
    NodeType.define({
      id,
      name,
      top: name === "Cell",
      props: name === "Cell" ? [[lab.language.languageDataProp, data]] : [],
    }),
  );
  const styled = new NodeSet(made).extend(
    styleTags({
      Magic: tags.keyword,
      Method: tags.keyword,
      Name: tags.string,
      Text: tags.string,
      FormValue: tags.string,
      Option: tags.operator,
      Converter: tags.typeName,
      Variable: tags.special(tags.variableName),
      Header: tags.propertyName,
      FormName: tags.propertyName,
    }),
  );
  types = {
    data,
    of: Object.fromEntries(styled.types.map((type) => [type.name, type])),
  };
  return types;
}

/**
 * Return the language of cells that have the head of this one.
 * @param {import("./head.js").Head} head
 * @param {any} body The parser of the body; null for plain text.
 */
export function cellLanguage(head, body) {
  const { Language } = lab.language;
  return new Language(nodeTypes().data, cellParser(keyOf(head), body), [], "werkbook");
}

function cellParser(key, body) {
  const { Parser, parseMixed } = lab.lezer;
  const wrap = parseMixed((node) =>
    node.name === "Body" && body && node.to > node.from ? { parser: body } : null,
  );
  class CellParser extends Parser {
    createParse(input, fragments, ranges) {
      const head = readHead(input.read(0, Math.min(input.length, HEAD_CHARS)));
      // While the language is being changed the text may be of another kind.
      const known = keyOf(head) === key ? head : null;
      return wrap(new HeadParse(known, input, ranges), input, fragments, ranges);
    }
    hasWrappers() {
      return true;
    }
  }
  return new CellParser();
}

/** Parses the head, which is short, in one step; the body is one node. */
class HeadParse {
  constructor(head, input, ranges) {
    this.head = head;
    this.input = input;
    this.parsedPos = ranges[0].from;
    this.stoppedAt = null;
  }

  advance() {
    this.parsedPos = this.input.length;
    return this.tree();
  }

  stopAt(position) {
    this.stoppedAt = position;
  }

  tree() {
    const { Tree } = lab.lezer;
    const { of } = nodeTypes();
    // CodeMirror asks for no more than what is seen, and goes on where a tree ends.
    const length = Math.min(this.input.length, this.stoppedAt ?? Infinity);
    const parts = (this.head?.pieces ?? []).filter((one) => one.to <= length);
    const bodyFrom = Math.min(this.head?.bodyFrom ?? 0, length);
    if (this.head?.file === "body.form") parts.push(...this.formPieces(bodyFrom));
    else if (length > bodyFrom)
      parts.push({ from: bodyFrom, to: length, kind: "Body" });
    const trees = parts.map((one) => new Tree(of[one.kind], [], [], one.to - one.from));
    return new Tree(
      of.Cell,
      trees,
      parts.map((one) => one.from),
      length,
    );
  }

  formPieces(bodyFrom) {
    const text = this.input.read(bodyFrom, this.input.length);
    return [...text.matchAll(/([^=&\s]+)(?:=([^&\n]*))?/g)].flatMap((match) => {
      const from = bodyFrom + match.index;
      const valueFrom = from + match[1].length + 1;
      const name = { from, to: from + match[1].length, kind: "FormName" };
      if (!match[2]) return [name];
      return [
        name,
        { from: valueFrom, to: valueFrom + match[2].length, kind: "FormValue" },
      ];
    });
  }
}
