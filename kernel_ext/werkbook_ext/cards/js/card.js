// A card: the request with its status, what can be done with it, and its tabs.

import { bytesOf } from "../../widgets/js/bytes.js";
import { make } from "../../widgets/js/dom.js";
import { KernelWatch } from "../../widgets/js/kernel_watch.js";
import { drawActions } from "./actions.js";
import { drawBody } from "./body.js";
import { drawTable } from "./drawing.js";
import { findHeader } from "./headers.js";
import { drawPage } from "./page.js";
import {
  drawChanges,
  drawCookies,
  drawPlainText,
  drawRequest,
  drawTrace,
  drawTraceback,
} from "./panels.js";
import { drawRequestForm } from "./request_form.js";
import { drawTabs } from "./tabs.js";
import { decode, readableSize, readableTime, statusKind } from "./text.js";

export const RESTARTED = "The kernel was restarted: run the cell again.";
// JupyterLab's keys (`d d` deletes a cell) are not meant for a card that has the focus.
const KEYS_STAY = { "data-lm-suppress-shortcuts": "true" };

/**
 * @import { RenderProps, WidgetModel } from "../../widgets/js/widget_model.d.ts"
 * @import { CardState, Hop, TypedRequest } from "./card_state.d.ts"
 * @import { Tab } from "./tabs.js"
 */

/**
 * Show the card of a model in an element, and keep it up to date.
 *
 * @param {RenderProps} props
 */
export function renderCard({ model, el }) {
  const card = new CardView(model, el);
  const watch = new KernelWatch(model, el, () => card.say(RESTARTED));
  card.listen();
  card.draw();
  return () => watch.close();
}

class CardView {
  /**
   * @param {WidgetModel} model
   * @param {HTMLElement} element
   */
  constructor(model, element) {
    this.model = model;
    this.element = element;
    this.loadBody = loader(model, "body");
    this.loadPage = loader(model, "page");
    this.loadChanges = loader(model, "changes");
    this.loadTrace = loader(model, "trace");
    /** @type {string | null} */
    this.chosenTab = null;
    this.isEditing = false;
    const options = { role: "status", "aria-live": "polite" };
    this.status = make("span", { class: "wb-card-live", ...options });
  }

  /** @returns {CardState | null} */
  get card() {
    const state = this.model.get("state");
    return state?.hops ? state : null;
  }

  listen() {
    this.model.on("change:state", () => {
      this.draw();
      const last = this.card?.hops.at(-1);
      if (last) this.say(`Answered ${last.status} ${last.reason}.`);
    });
    this.model.on("change:is_busy", () => {
      const again = this.element.querySelector(".wb-card-again");
      again?.toggleAttribute("disabled", this.model.get("is_busy"));
    });
    this.model.on("msg:custom", (message) => {
      if (message?.type === "failed") this.say(String(message.text));
    });
    this.model.on("comm_live_update", () => {
      if (!this.model.comm_live) this.say(RESTARTED);
    });
  }

  /** @param {string} text */
  say(text) {
    this.status.textContent = text;
  }

  /** @param {TypedRequest} request */
  send(request) {
    try {
      this.model.send({ type: "send", request });
      this.isEditing = false;
      this.say("Sending…");
    } catch {
      this.say("The kernel is gone: run the cell again.");
    }
  }

  toggleForm() {
    this.isEditing = !this.isEditing;
    this.draw();
  }

  draw() {
    const { card } = this;
    this.element.replaceChildren(...(card ? [this.drawCard(card)] : []));
  }

  /** @param {CardState} card */
  drawCard(card) {
    const { method, url, status, reason } = card.hops[card.hops.length - 1];
    const bytes = bytesOf(this.model.get("content"));
    const readText = () => decode(bytes, card.response.charset);
    /** @param {TypedRequest} request */
    const send = (request) => this.send(request);
    const edit = () => this.toggleForm();
    /** @param {string} words */
    const say = (words) => this.say(words);
    const isBusy = this.model.get("is_busy");
    const tabs = this.tabs(card, bytes);
    const box = make(
      "section",
      {
        class: "wb-card",
        ...KEYS_STAY,
        "aria-label": `${method} ${url}, ${status} ${reason}`,
      },
      drawHead(card),
      card.note ? make("p", { class: "wb-card-note" }, card.note) : null,
      drawActions(card, { readText, isBusy, send, edit, say }),
      this.status,
      this.isEditing ? drawRequestForm(card, send, edit) : null,
      ...drawTabs(tabs, this.chosenTab, (name) => {
        this.chosenTab = name;
      }),
    );
    box.dataset.status = String(status);
    return box;
  }

  /**
   * Return the tabs that a card has something for.
   *
   * @param {CardState} card
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @returns {Tab[]}
   */
  tabs(card, bytes) {
    const { response, showing } = card;
    /** @type {[isThere: unknown, name: string, draw: () => Node][]} */
    const tabs = [
      [card.error, "Traceback", () => drawTraceback(card)],
      [
        response.kind === "html",
        "Page",
        () => drawPage(response, bytes, () => this.loadPage(showing)),
      ],
      [true, "Body", () => drawBody(response, bytes, () => this.loadBody(showing))],
      [true, "Headers", () => drawTable(response.headers, ["Header", "Value"])],
      [true, "Request", () => drawRequest(card)],
      [card.output, "Output", () => drawPlainText(card.output)],
      [
        card.cookies.length || card.session !== null,
        "Cookies",
        () => drawCookies(card),
      ],
      [
        this.model.get("has_changes"),
        "Changes",
        () => drawChanges(() => this.loadChanges(showing)),
      ],
      [card.can_trace, "Trace", () => drawTrace(card, () => this.loadTrace(showing))],
    ];
    return tabs.filter(([isThere]) => isThere).map(([, name, draw]) => [name, draw]);
  }
}

/** @param {CardState} card */
function drawHead(card) {
  const { response } = card;
  const facts = [readableTime(card.duration_ms), readableSize(response.size_bytes)];
  if (findHeader(response.headers, "content-type")) facts.push(response.mimetype);
  return make(
    "div",
    { class: "wb-card-head" },
    make("div", { class: "wb-card-hops" }, ...card.hops.map(drawHop)),
    make("span", { class: "wb-card-facts" }, facts.join(" · ")),
  );
}

/** @param {Hop} hop */
function drawHop({ method, url, status, reason }) {
  const kind = `wb-card-status wb-card-${statusKind(status)}`;
  return make(
    "div",
    { class: "wb-card-hop" },
    make("span", { class: "wb-card-method" }, method),
    make("span", { class: "wb-card-url" }, url),
    make("span", { class: kind }, `${status} ${reason}`.trim()),
  );
}

// JupyterLite drops what waits behind a cell that fails: ask again until it is heard.
const AGAIN_MS = 4000;
const MAX_ASKED = 15;

/**
 * Return a function that asks the kernel for bytes: the whole body, the page with its
 * styles and images inside, or the changes as JSON. Its argument is the number of what
 * is shown, so that no card waits for what belongs to the one before it.
 *
 * @param {WidgetModel} model
 * @param {"body" | "changes" | "page" | "trace"} type
 * @returns {(showing: number) => Promise<Uint8Array<ArrayBuffer>>}
 */
function loader(model, type) {
  /** @type {Map<number, ((bytes: Uint8Array<ArrayBuffer>) => void)[]>} */
  const waiting = new Map();
  model.on("msg:custom", (message, buffers) => {
    if (message?.type !== type || !buffers?.length) return;
    for (const done of waiting.get(message.showing) ?? []) done(bytesOf(buffers[0]));
    waiting.delete(message.showing);
  });
  return (showing) =>
    new Promise((done) => {
      const others = waiting.get(showing);
      if (others) {
        others.push(done);
        return;
      }
      waiting.set(showing, [done]);
      const ask = (/** @type {number} */ left) => {
        if (!waiting.has(showing) || !left) return;
        model.send({ type, showing });
        setTimeout(() => ask(left - 1), AGAIN_MS);
      };
      ask(MAX_ASKED);
    });
}
