// A long JSON text is read piece by piece, so that the page does something else between.
//
// `JSON.parse` with a reviver, which numbers need to stay as they were sent, takes seconds
// for a million of them. Each piece is some items of a list or of an object.

import { parseJson, syntaxProblem, wordProblem } from "./json.js";
import { endOfString, hasRepeatedKeys } from "./json_keys.js";

const PIECE_CHARS = 50_000; // read in some milliseconds
const MARKS = /["[\]{},]/;
const SPACE = /^\s*$/;

/**
 * @typedef {object} ReadJson
 * @property {unknown} value Undefined where the text is no JSON.
 * @property {string} problem Why it is none; empty where it is.
 * @property {boolean} isRepeated Whether an object of it has a key twice.
 */

/**
 * Read a JSON text, with a pause after each piece of it.
 *
 * @param {string} text
 * @param {number} [pieceChars]
 * @returns {Generator<undefined, ReadJson>} Yields at each pause.
 */
export function* readJson(text, pieceChars = PIECE_CHARS) {
  const reading = new Reading(pieceChars);
  try {
    const value = yield* reading.read(text.trim());
    return { value, problem: "", isRepeated: reading.isRepeated };
  } catch (error) {
    if (!(error instanceof NoJson)) throw error;
    // The message of what else is wrong has its place in the whole text.
    const problem = wordProblem(error.piece) || syntaxProblem(text);
    return { value: undefined, problem, isRepeated: false };
  }
}

/** A piece of the text is no JSON. */
class NoJson extends Error {
  /** @param {string} piece */
  constructor(piece) {
    super("no JSON");
    this.piece = piece;
  }
}

class Reading {
  isRepeated = false;

  /** @param {number} pieceChars */
  constructor(pieceChars) {
    this.pieceChars = pieceChars;
  }

  /**
   * @param {string} text A value, without space around it.
   * @returns {Generator<undefined, unknown>}
   */
  *read(text) {
    const isLong =
      text.length > this.pieceChars && (text[0] === "[" || text[0] === "{");
    if (!isLong) return this.readPiece(text);
    return text[0] === "[" ? yield* this.readList(text) : yield* this.readObject(text);
  }

  /** @param {string} text */
  readPiece(text) {
    const value = parseJson(text);
    if (value === undefined) throw new NoJson(text);
    this.isRepeated ||= hasRepeatedKeys(value, text);
    return value;
  }

  /**
   * @param {string} text
   * @returns {Generator<undefined, unknown[]>}
   */
  *readList(text) {
    /** @type {unknown[]} */
    const list = [];
    for (const piece of cutIntoPieces(text, this.pieceChars)) {
      yield;
      if (piece.length > this.pieceChars) list.push(yield* this.read(piece.trim()));
      else for (const item of this.readPiece(`[${piece}]`)) list.push(item);
    }
    return list;
  }

  /**
   * @param {string} text
   * @returns {Generator<undefined, Record<string, unknown>>}
   */
  *readObject(text) {
    /** @type {Record<string, unknown>} */
    const object = {};
    for (const piece of cutIntoPieces(text, this.pieceChars)) {
      yield;
      const isLong = piece.length > this.pieceChars;
      const some = isLong ? yield* this.readField(piece) : this.readPiece(`{${piece}}`);
      for (const [key, value] of Object.entries(some)) {
        this.isRepeated ||= Object.hasOwn(object, key);
        const options = { enumerable: true, configurable: true, writable: true };
        Object.defineProperty(object, key, { value, ...options }); // `__proto__`, too
      }
    }
    return object;
  }

  /**
   * @param {string} piece A key and its long value.
   * @returns {Generator<undefined, Record<string, unknown>>}
   */
  *readField(piece) {
    const field = /^\s*("(?:[^"\\]|\\[^])*")\s*:/.exec(piece);
    if (!field) throw new NoJson(piece);
    const value = yield* this.read(piece.slice(field[0].length).trim());
    const [key] = Object.keys(this.readPiece(`{${field[1]}:0}`));
    return Object.defineProperty({}, key, { value, enumerable: true });
  }
}

/**
 * Cut what stands in a list or an object at commas: some short items, or one long one.
 *
 * @param {string} text With its brackets.
 * @param {number} pieceChars
 * @returns {Generator<string>}
 */
function* cutIntoPieces(text, pieceChars) {
  const marks = new RegExp(MARKS, "g"); // others search while a piece is read
  let [depth, start, last] = [0, 1, 1]; // where the piece and its last item begin
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const at = mark.index;
    if (mark[0] === '"') {
      marks.lastIndex = endOfString(text, at);
      if (!marks.lastIndex) break;
    } else if (mark[0] === "[" || mark[0] === "{") depth += 1;
    else if (mark[0] !== ",") depth -= 1;
    const isEnd = depth === 0;
    if (isEnd && !(at === text.length - 1 && isClosed(text))) break;
    if (!isEnd && !(depth === 1 && mark[0] === ",")) continue;
    if (at - start > pieceChars && last > start) {
      yield filled(text.slice(start, last - 1));
      start = last;
    }
    if (isEnd) {
      const piece = text.slice(start, at);
      if (start > 1 || !SPACE.test(piece)) yield filled(piece);
      return;
    }
    if (at - start > pieceChars) {
      yield filled(text.slice(start, at));
      start = at + 1;
    }
    last = at + 1;
  }
  throw new NoJson(text);
}

/** @param {string} text */
function isClosed(text) {
  return text[text.length - 1] === (text[0] === "[" ? "]" : "}");
}

/**
 * Refuse what stands between two commas and is nothing.
 *
 * @param {string} piece
 */
function filled(piece) {
  if (SPACE.test(piece)) throw new NoJson(piece);
  return piece;
}
