// What can be done with a card's request: sent again, changed, copied, as someone new.

import { make } from "../../widgets/js/dom.js";
import { copy } from "./clipboard.js";
import { asCurl, asRequests, asTest } from "./copies.js";
import { drawButton } from "./drawing.js";
import { headersToSend } from "./headers.js";
import { asHttp } from "./http_source.js";

/**
 * @import { CardState, TypedRequest } from "./card_state.d.ts"
 * @typedef {object} Acts
 * @property {() => string} readText Gives the body, which a copied test expects.
 * @property {() => void} edit
 * @property {() => void} forget
 * @property {(text: string) => void} say
 */

/**
 * Draw the button that sends the request again, or nothing where it can't be sent.
 *
 * @param {CardState} card
 * @param {boolean} isBusy Whether a request is under way.
 * @param {(request: TypedRequest) => void} send
 */
export function drawAgain(card, isBusy, send) {
  const isKnown = card.sent || !card.request.size_bytes; // bytes did not come along
  if (!card.can_send || !isKnown) return null;
  const again = drawButton("\u21bb", {
    title: "Send the same request again",
    "aria-label": "Send again",
    onclick: () => send(sameRequest(card)),
  });
  again.classList.add("wb-card-quiet", "wb-card-again");
  again.disabled = isBusy;
  return again;
}

/**
 * Draw the other buttons, which are shown when they are asked for.
 *
 * @param {CardState} card
 * @param {Acts} acts
 */
export function drawActions(card, { readText, edit, forget, say }) {
  const options = {
    role: "toolbar",
    "aria-label": "What can be done with the request",
  };
  const box = make("div", { class: "wb-card-actions", ...options });
  /** @type {(label: string, title: string, onclick: () => void) => void} */
  const add = (label, title, onclick) => {
    box.append(drawButton(label, { title, onclick }));
  };
  /** @type {(label: string, title: string, text: () => string) => void} */
  const addCopy = (label, title, text) => add(label, title, () => copy(text(), say));
  if (card.can_send) add("Edit", "Change the request and send it", edit);
  if (card.can_forget) {
    add("New visitor", "Clear the cookies and what pages stored", forget);
  }
  box.append(make("span", { class: "wb-card-note" }, "Copy as"));
  const request = sameRequest(card);
  addCopy("%http", "Copy the request as a cell", () => asHttp(request));
  addCopy("curl", "Copy the request as a curl command", () => asCurl(card));
  const library = "Copy the request as Python, with the requests library";
  addCopy("requests", library, () => asRequests(card));
  const test = "Copy the request as a pytest function";
  addCopy("test", test, () => asTest(card, readText()));
  return box;
}

/**
 * Return the request as it was typed: cookies come from the jar, lengths from the body.
 *
 * @param {CardState} card
 * @returns {TypedRequest}
 */
export function sameRequest(card) {
  const { method, url, status } = card.hops[0];
  const isShownAsItCame = card.hops.length === 1 && status >= 300 && status < 400;
  return {
    method,
    url,
    headers: headersToSend(card.request.headers),
    body: card.sent || null,
    is_followed: !isShownAsItCame,
  };
}
