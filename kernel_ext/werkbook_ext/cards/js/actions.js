// The buttons of a card: send its request again, change it, copy it.

import { make } from "../../widgets/js/dom.js";
import { asCurl, asRequests, asTest } from "./copies.js";
import { drawButton } from "./drawing.js";
import { headersToSend } from "./headers.js";

/** @import { CardState, TypedRequest } from "./card_state.d.ts" */

/**
 * Draw the buttons.
 *
 * @param {CardState} card
 * @param {object} options
 * @param {() => string} options.readText Gives the body, which a copied test expects.
 * @param {boolean} options.isBusy Whether a request is under way.
 * @param {(request: TypedRequest) => void} options.send
 * @param {() => void} options.edit
 * @param {(text: string) => void} options.say
 */
export function drawActions(card, { readText, isBusy, send, edit, say }) {
  const options = {
    role: "toolbar",
    "aria-label": "What can be done with the request",
  };
  const box = make("div", { class: "wb-card-actions", ...options });
  const isKnown = card.sent || !card.request.size_bytes; // bytes did not come along
  /** @type {(label: string, title: string, onclick: () => void) => HTMLButtonElement} */
  const add = (label, title, onclick) => {
    const button = drawButton(label, { title, onclick });
    box.append(button);
    return button;
  };
  if (card.can_send && isKnown) {
    const title = "Send the same request again";
    const again = add("Send again", title, () => send(sameRequest(card)));
    again.classList.add("wb-card-again");
    again.disabled = isBusy;
  }
  if (card.can_send) add("Edit", "Change the request and send it", edit);
  box.append(make("span", { class: "wb-card-note" }, "Copy as"));
  add("curl", "Copy the request as a curl command", () => copy(asCurl(card), say));
  add("requests", "Copy the request as Python, with the requests library", () =>
    copy(asRequests(card), say),
  );
  add("test", "Copy the request as a pytest function", () =>
    copy(asTest(card, readText()), say),
  );
  return box;
}

/**
 * Return the request as it was typed: cookies come from the jar, lengths from the body.
 *
 * @param {CardState} card
 * @returns {TypedRequest}
 */
function sameRequest(card) {
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

/**
 * @param {string} text
 * @param {(text: string) => void} say
 */
async function copy(text, say) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the clipboard's permission the old way works, from a click.
    const box = make("textarea", { class: "wb-card-hidden", readonly: true }, text);
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say("Copied.");
}
