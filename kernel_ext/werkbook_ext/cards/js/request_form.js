// The form in which a card's request is changed before it is sent again.

import { make } from "../../widgets/js/dom.js";
import { drawButton } from "./drawing.js";
import { headersToSend, parseHeaders } from "./headers.js";

/** @import { CardState, TypedRequest } from "./card_state.d.ts" */

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const KEYS = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab's, while one types
const TEXT = { ...KEYS, spellcheck: "false" };

/**
 * Draw the form.
 *
 * @param {CardState} card
 * @param {object} acts
 * @param {(request: TypedRequest) => void} acts.send
 * @param {(request: TypedRequest) => void} acts.write Writes it into the cell.
 * @param {() => void} acts.close
 */
export function drawRequestForm(card, { send, write, close }) {
  const boxes = drawBoxes(card);
  const problem = make("p", { class: "wb-card-error", role: "alert" });
  /** @param {(request: TypedRequest) => void} act */
  const withRequest = (act) => {
    const request = readRequest(boxes);
    problem.textContent = typeof request === "string" ? request : "";
    if (typeof request !== "string") act(request);
  };
  const form = drawForm(boxes, problem, { write: () => withRequest(write), close });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    withRequest(send);
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  queueMicrotask(() => boxes.url.focus());
  return form;
}

/** @param {CardState} card */
function drawBoxes(card) {
  const first = card.hops[0];
  const methods = METHODS.includes(first.method) ? METHODS : [first.method, ...METHODS];
  const options = methods.map((name) =>
    make("option", { value: name, selected: name === first.method }, name),
  );
  const headers = headersToSend(card.request.headers).map((pair) => pair.join(": "));
  const example = { rows: "3", placeholder: "Accept: text/html" };
  return {
    method: make("select", KEYS, ...options),
    url: make("input", { ...TEXT, type: "text", value: first.url }),
    headers: make("textarea", { ...TEXT, ...example }, headers.join("\n")),
    body: make("textarea", { ...TEXT, rows: "4" }, card.sent),
  };
}

/**
 * @param {ReturnType<typeof drawBoxes>} boxes
 * @param {HTMLElement} problem
 * @param {{ write: () => void, close: () => void }} acts
 */
function drawForm(boxes, problem, { write, close }) {
  const first = [drawField("Method", boxes.method), drawField("URL", boxes.url)];
  const buttons = [
    drawButton("Send", { type: "submit" }),
    drawButton("Write to cell", {
      title: "Put the request into the cell above, as %http",
      onclick: write,
    }),
    drawButton("Cancel", { onclick: close }),
  ];
  return make(
    "form",
    { class: "wb-card-editor" },
    make("div", { class: "wb-card-row" }, ...first),
    drawField("Headers", boxes.headers),
    drawField("Body", boxes.body),
    problem,
    make("div", { class: "wb-card-row" }, ...buttons),
  );
}

/**
 * @param {string} label
 * @param {HTMLElement} box
 */
function drawField(label, box) {
  return make("label", { class: "wb-card-field" }, make("span", {}, label), box);
}

/**
 * Return the request, or what is wrong with it.
 *
 * @param {ReturnType<typeof drawBoxes>} boxes
 * @returns {TypedRequest | string}
 */
function readRequest({ method, url, headers, body }) {
  const pairs = parseHeaders(headers.value);
  if (pairs === null) return "A header is a line such as Accept: text/html.";
  if (!url.value.startsWith("/"))
    return "The URL is one of the app's: it starts with /.";
  return {
    method: method.value,
    url: url.value,
    headers: pairs,
    body: body.value || null,
  };
}
