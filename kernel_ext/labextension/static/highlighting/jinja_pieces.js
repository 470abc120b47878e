// Where Jinja stands in a template, read from its beginning as far as it was asked for.

import { HEAD_CHARS, readHead } from "./head.js";

const PIECES = /\{\{[^]*?(?:\}\}|$)|\{%[^]*?(?:%\}|$)|\{#[^]*?(?:#\}|$)/g;
const RAW = /^\{%[-+]?\s*raw\s*[-+]?%\}$/;
const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
const CHUNK_CHARS = 4000;
const END_RAW_CHARS = 40; // more than a tag that ends raw text has

/**
 * @typedef {{ from: number, to: number, isRaw: boolean }} Piece `isRaw`: behind it no
 *   Jinja is read until `endraw`.
 */

/** The pieces of one text; what is between raw and endraw is none. */
export class JinjaPieces {
  /**
   * @param {any} doc CodeMirror's text.
   * @param {Piece[]} pieces Those that are known, in order.
   * @param {number} from Where the template begins.
   * @param {number} readTo
   */
  constructor(doc, pieces, from, readTo) {
    this.doc = doc;
    this.pieces = pieces;
    this.from = from;
    this.readTo = readTo;
  }

  /** Return the pieces of a cell. */
  static of(doc) {
    const from = readHead(doc.sliceString(0, HEAD_CHARS))?.bodyFrom ?? 0;
    return new JinjaPieces(doc, [], from, from);
  }

  /** Return the pieces of the text after a change: what stands before it stays. */
  after(changes, doc) {
    const first = firstChanged(changes);
    if (first <= Math.max(this.from, HEAD_CHARS)) {
      const fresh = JinjaPieces.of(doc);
      if (first < this.from || fresh.from !== this.from) return fresh;
    }
    const count = firstIndex(this.pieces, (piece) => piece.to >= first);
    const kept = this.pieces.slice(0, count);
    const end = kept.length ? kept[kept.length - 1].to : this.from;
    return new JinjaPieces(doc, kept, this.from, end);
  }

  /** Return the pieces that touch a range. */
  between(from, to) {
    this.read(to);
    const start = firstIndex(this.pieces, (piece) => piece.to > from);
    const end = firstIndex(this.pieces, (piece) => piece.from >= to);
    return this.pieces.slice(start, end);
  }

  /** Say whether a position is in a piece; `side` says which side of a border it is on. */
  at(position, side) {
    return this.between(position - 1, position + 1).some(
      ({ from, to }) =>
        (from < position || (from === position && side > 0)) &&
        (to > position || (to === position && side < 0)),
    );
  }

  read(to) {
    let size = CHUNK_CHARS;
    while (this.readTo < Math.min(to, this.doc.length)) {
      const isCut = !this.readChunk(size);
      size = isCut ? size * 2 : CHUNK_CHARS;
    }
  }

  /** Read on; return false where a piece does not end within so many characters. */
  readChunk(size) {
    const offset = this.readTo;
    const text = this.doc.sliceString(offset, offset + size);
    const isLast = offset + text.length >= this.doc.length;
    let isRaw = this.pieces[this.pieces.length - 1]?.isRaw ?? false;
    let match = matchFrom(isRaw, text, 0);
    for (; match; match = matchFrom(isRaw, text, this.readTo - offset)) {
      const from = offset + match.index;
      const to = from + match[0].length;
      if (!isLast && to >= offset + text.length) {
        this.readTo = from;
        return false;
      }
      isRaw = RAW.test(match[0]);
      this.pieces.push({ from, to, isRaw });
      this.readTo = to;
    }
    // The last characters may be the first ones of a piece.
    const open = isLast ? 0 : isRaw ? END_RAW_CHARS : 1;
    this.readTo = Math.max(this.readTo, offset + text.length - open);
    return true;
  }
}

function matchFrom(isRaw, text, index) {
  const pattern = isRaw ? END_RAW : PIECES;
  pattern.lastIndex = index;
  return pattern.exec(text);
}

function firstChanged(changes) {
  let first = Infinity;
  changes.iterChangedRanges((from) => {
    first = Math.min(first, from);
  });
  return first;
}

/** Return the index of the first piece that is so; they are ordered by it. */
function firstIndex(pieces, isSo) {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(pieces[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
