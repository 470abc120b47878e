// One request of the page through the view: fetch, XMLHttpRequest and the others.

import { takeCookies } from "./cookies.js";
import { ask, forget, tell } from "./port.js";

/**
 * @import { Message, Pair } from "../messages.d.ts"
 * @import { AnswerListener, PageRequest } from "./bridge.d.ts"
 */

const HIDDEN = /^(set-cookie2?|content-encoding|transfer-encoding)$/i;

/**
 * Send a request; `take` has head(head), piece(bytes), end(detail), fail(detail).
 *
 * Returns a function that stops it.
 *
 * @param {PageRequest} request
 * @param {AnswerListener} take
 */
export function exchange(request, take) {
  const { body } = request;
  /** @type {Message<"page to view">} */
  const message = { t: "ask", ...request };
  const id = ask(message, body ? [body] : [], (answer) => {
    if (answer.t === "head") {
      takeCookies(answer.head.cookie);
      take.head({ ...answer.head, headers: shownHeaders(answer.head.headers) });
      if (answer.body?.byteLength) take.piece(new Uint8Array(answer.body));
      if (answer.isEnd) finish();
    } else if (answer.t === "piece") take.piece(new Uint8Array(answer.body));
    else if (answer.t === "end") finish(answer.detail);
    else if (answer.t === "fail") {
      forget(id);
      take.fail(answer.detail);
    }
  });
  /** @param {string} [detail] */
  function finish(detail) {
    forget(id);
    take.end(detail);
  }
  return () => {
    forget(id);
    tell({ t: "abort", id });
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
