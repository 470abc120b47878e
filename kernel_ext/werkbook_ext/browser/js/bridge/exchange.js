// One request of the page through the view: fetch, XMLHttpRequest and the others.

import { takeCookies } from "./cookies.js";
import { ask, forget, tell } from "./port.js";
import { Turns } from "./turns.js";

/**
 * @import { Message, Pair } from "../messages.d.ts"
 * @import { AnswerListener, PageRequest } from "./bridge.d.ts"
 */

const turns = new Turns();
const HIDDEN = /^(set-cookie2?|content-encoding|transfer-encoding)$/i;

/**
 * Send a request; `take` has head(head), piece(bytes), end(detail), fail(detail).
 *
 * Returns a function that stops it. One that is stopped on its way keeps its turn until
 * the view says that it is gone: a page asks no faster than it is answered.
 *
 * @param {PageRequest} request
 * @param {AnswerListener} take
 */
export function exchange(request, take) {
  const { body } = request;
  /** @type {Message<"page to view">} */
  const message = { t: "ask", ...request };
  let id = 0;
  let isWanted = true;
  const turn = turns.enter(() => {
    id = ask(message, body ? [body] : [], (answer) => {
      if (answer.t !== "piece") turn?.leave();
      if (!isWanted) forget(id);
      else if (answer.t === "head") {
        takeCookies(answer.head.cookie);
        take.head({ ...answer.head, headers: shownHeaders(answer.head.headers) });
        if (answer.body?.byteLength) take.piece(new Uint8Array(answer.body));
        if (answer.isEnd) finish();
      } else if (answer.t === "piece") take.piece(new Uint8Array(answer.body));
      else if (answer.t === "end") finish(answer.detail);
      else if (answer.t === "fail") {
        over();
        take.fail(answer.detail);
      }
    });
  });
  if (!turn) queueMicrotask(() => take.fail("too many requests at once"));
  function over() {
    isWanted = false;
    forget(id);
  }
  /** @param {string} [detail] */
  function finish(detail) {
    over();
    take.end(detail);
  }
  return () => {
    if (!isWanted) return;
    isWanted = false;
    if (turn?.hasCome) tell({ t: "abort", id });
    else turn?.leave();
  };
}

/** @param {Pair[]} headers */
function shownHeaders(headers) {
  const isCoded = headers.some(([name]) => /^content-encoding$/i.test(name));
  // The body comes decoded: its length is another one then.
  return headers.filter(
    ([name]) => !HIDDEN.test(name) && !(isCoded && /^content-length$/i.test(name)),
  );
}
