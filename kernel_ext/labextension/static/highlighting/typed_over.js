// Closing tags that the editor wrote are typed over, as closing brackets are.
//
// CodeMirror writes `</ul>` when `<ul>` is typed, and the rest of it when `</` is. Who
// types the closing tag as well would have it twice.

import { lab } from "../lab.js";

const CLOSING = /^<\/[^\s<>/]+>$/;
const REST = /^[^\s<>/]+>$/;

/**
 * @typedef {object} Written What the editor wrote and the reader may type.
 * @property {{from: number, to: number}[]} tags Whole closing tags, ahead of what is typed.
 * @property {{at: number, text: string} | null} rest What is left of one behind `</`.
 */

/** @type {any} */
let made = null;

/** Return the extension, for every editor the same. */
export function typedOver() {
  made ??= makeExtension();
  return made;
}

function makeExtension() {
  const { StateEffect, StateField } = lab.state;
  const setRest = StateEffect.define();
  const field = StateField.define({
    create: () => ({ tags: [], rest: null }),
    update: (written, transaction) => updated(written, transaction, setRest),
  });
  const handler = lab.view.EditorView.inputHandler.of((view, from, to, text) => {
    const change =
      from === to && typed(view.state, view.state.field(field), from, text);
    if (!change) return false;
    const { rest, ...spec } = change;
    view.dispatch({ ...spec, effects: setRest.of(rest), scrollIntoView: true });
    return true;
  });
  return [field, handler];
}

/**
 * Return what the editor has written, a change later.
 * @param {Written} written
 * @returns {Written}
 */
function updated(written, transaction, setRest) {
  const effect = transaction.effects.find((one) => one.is(setRest));
  const { changes, newDoc, newSelection } = transaction;
  const isThere = !written.rest || newSelection.main.head === written.rest.at;
  if (!effect && !transaction.docChanged && isThere) return written;
  const tags = written.tags
    .map(({ from, to }) => ({
      from: changes.mapPos(from, 1),
      to: changes.mapPos(to, -1),
    }))
    .filter(({ from, to }) => from < to && CLOSING.test(newDoc.sliceString(from, to)));
  let rest = effect ? effect.value : null;
  if (transaction.isUserEvent("input.complete")) {
    changes.iterChanges((_fromA, _toA, from, to, inserted) => {
      const text = inserted.toString();
      if (CLOSING.test(text)) tags.push({ from, to });
      else if (REST.test(text) && newDoc.sliceString(from - 2, from) === "</") {
        rest = { at: to, text };
      }
    });
  }
  return { tags, rest };
}

/**
 * Return the change that takes the place of a character; null where it is to be written.
 * @param {Written} written
 * @param {number} at Where it is typed.
 * @param {string} text What is typed.
 */
function typed(state, written, at, text) {
  const { tags, rest } = written;
  if (rest?.at === at && rest.text.startsWith(text)) {
    const left = rest.text.slice(text.length);
    return { rest: left ? { at, text: left } : null };
  }
  if (text !== "/" || state.sliceDoc(at - 1, at) !== "<") return null;
  const tag = tags.find(({ from }) => from >= at && !state.sliceDoc(at, from).trim());
  if (!tag) return null;
  const line = state.doc.lineAt(at);
  const isAlone = line.to < tag.from && !state.sliceDoc(line.from, at - 1).trim();
  if (!isAlone && at < tag.from) return null;
  // A line that holds only the `<` goes; the tag that is there keeps its own.
  const changes = isAlone
    ? { from: line.from, to: state.doc.lineAt(tag.from).from }
    : { from: at - 1, to: at };
  const anchor = tag.to - (changes.to - changes.from);
  const left = state.sliceDoc(tag.from + 2, tag.to);
  const userEvent = "input.type";
  return {
    changes,
    selection: { anchor },
    userEvent,
    rest: { at: anchor, text: left },
  };
}
