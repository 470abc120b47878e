// A card: the request with its status, what can be done with it, and its tabs.

import { bytesOf } from "../../widgets/js/bytes.js";
import { make } from "../../widgets/js/dom.js";
import { KernelWatch } from "../../widgets/js/kernel_watch.js";
import { drawActions, drawAgain } from "./actions.js";
import { drawBody } from "./body.js";
import { copy } from "./clipboard.js";
import { drawButton, drawTable } from "./drawing.js";
import { findHeader } from "./headers.js";
import { asHttp } from "./http_source.js";
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
import { cutUrl, decode, readableSize, readableTime, statusKind } from "./text.js";
import { writeToCell } from "./write_back.js";

export const RESTARTED = "The kernel was restarted: run the cell again.";
// JupyterLab's keys (`d d` deletes a cell) are not meant for a card that has the focus.
const SAID_MS = 2500; // how long a word such as "Copied." stays
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
  const watch = new KernelWatch(model, el, () => card.tellOfRestart());
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
    this.isMenuOpen = false;
    this.isGone = false;
    /** @type {HTMLElement | null} */
    this.waitingRow = null;
    /** @type {CardState | null} What stands below that row. */
    this.drawn = null;
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
      if (last) this.sayBriefly(`Answered ${last.status} ${last.reason}.`);
    });
    this.model.on("change:waiting", () => this.drawWait());
    this.model.on("change:is_busy", () => {
      const again = this.element.querySelector(".wb-card-again");
      again?.toggleAttribute("disabled", this.model.get("is_busy"));
    });
    this.model.on("msg:custom", (message) => {
      if (message?.type === "failed") {
        if (!this.drawn) this.element.append(this.status); // nothing was shown yet
        this.say(String(message.text));
      }
      if (message?.type === "forgotten") {
        this.sayBriefly("Cookies and storage are cleared.");
      }
    });
    this.model.on("comm_live_update", () => {
      if (!this.model.comm_live) this.tellOfRestart();
    });
  }

  /** Nothing is waited for any more, and nothing can be sent. */
  tellOfRestart() {
    this.isGone = true;
    this.say(RESTARTED);
    if (this.model.get("waiting")) this.draw();
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.silence);
    this.status.textContent = text;
  }

  /**
   * Say what needs to be known for a moment only.
   *
   * @param {string} text
   */
  sayBriefly(text) {
    this.say(text);
    this.silence = setTimeout(() => this.say(""), SAID_MS);
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

  /** Have the next request come from someone whom the app has never seen. */
  forget() {
    try {
      this.model.send({ type: "forget" });
    } catch {
      this.say("The kernel is gone: run the cell again.");
    }
  }

  /**
   * Write a request into the cell that this card stands under, or have it copied.
   *
   * @param {TypedRequest} request
   */
  write(request) {
    if (writeToCell(this.element, request)) this.sayBriefly("Written to the cell.");
    else copy(asHttp(request), () => this.sayBriefly("Copied: paste it into a cell."));
  }

  toggleMenu() {
    this.isMenuOpen = !this.isMenuOpen;
    this.draw();
    /** @type {HTMLElement | null} */
    const menu = this.element.querySelector(".wb-card-more");
    menu?.focus();
  }

  toggleForm() {
    this.isEditing = !this.isEditing;
    this.draw();
  }

  draw() {
    const { card } = this;
    const asked = this.model.get("waiting");
    const row = asked ? this.keepWaiting(asked) : null;
    const isThere = card && !(asked && !card.hops[0].status);
    // The line stays in its place: a button that is taken away meanwhile loses the
    // reader's click and focus.
    /** @type {(Node | null)[]} */
    const kept = isThere ? [row] : [row, this.status];
    for (const part of [...this.element.childNodes])
      if (!kept.includes(part)) part.remove();
    if (row && !row.parentNode) this.element.append(row);
    if (isThere) this.element.append(this.drawCard(card));
    this.drawn = isThere ? card : null;
  }

  /** Show or take away the line alone where the card below stays as it is. */
  drawWait() {
    if (!this.drawn || this.drawn !== this.card) {
      this.draw();
      return;
    }
    const asked = this.model.get("waiting");
    if (asked) this.element.prepend(this.keepWaiting(asked));
    else this.waitingRow?.remove();
  }

  /**
   * Return the line of what is waited for: the same one as long as it says the same.
   *
   * @param {string} asked
   */
  keepWaiting(asked) {
    const words = this.isGone
      ? `${asked} was not answered. ${RESTARTED}`
      : `waiting for ${asked} …`;
    if (this.waitingRow?.isConnected && this.waitingRow.dataset.words === words) {
      return this.waitingRow;
    }
    const row = this.drawWaiting(words);
    row.dataset.words = words;
    this.waitingRow = row;
    return row;
  }

  /**
   * Draw the line that stands while a request has no whole answer.
   *
   * @param {string} words
   */
  drawWaiting(words) {
    const stop = drawButton("Stop", {
      title: "Wait no longer, and keep what has come",
      onclick: () => this.stop(),
    });
    const options = {
      class: "wb-card-waiting wb-card-row",
      role: "status",
      ...KEYS_STAY,
    };
    const text = make("span", { class: "wb-card-url" }, words);
    return make("div", options, text, this.isGone ? null : stop);
  }

  stop() {
    try {
      this.model.send({ type: "stop" });
    } catch {
      this.say("The kernel is gone: run the cell again.");
    }
  }

  /** @param {CardState} card */
  drawCard(card) {
    const { method, url, status, reason } = card.hops[card.hops.length - 1];
    const bytes = bytesOf(this.model.get("content"));
    const readText = () => decode(bytes, card.response.charset);
    /** @param {TypedRequest} request */
    const send = (request) => this.send(request);
    const edit = () => this.toggleForm();
    const forget = () => this.forget();
    /** @param {string} words */
    const say = (words) => this.sayBriefly(words);
    /** @param {TypedRequest} request */
    const write = (request) => this.write(request);
    const again = drawAgain(card, this.model.get("is_busy"), send);
    const tabs = this.tabs(card, bytes);
    const box = make(
      "section",
      {
        class: "wb-card",
        ...KEYS_STAY,
        "aria-label": `${method} ${url}, ${status} ${reason}`,
      },
      drawHead(card, again, this.drawMore(), this.status),
      this.isMenuOpen ? drawActions(card, { readText, edit, forget, say }) : null,
      card.note ? make("p", { class: "wb-card-note" }, card.note) : null,
      this.isEditing ? drawRequestForm(card, { send, write, close: edit }) : null,
      ...drawTabs(tabs, this.chosenTab, (name) => {
        this.chosenTab = name;
      }),
    );
    box.dataset.status = String(status);
    return box;
  }

  /** Draw the button that shows and hides what else can be done. */
  drawMore() {
    return make(
      "button",
      {
        type: "button",
        class: "wb-card-button wb-card-quiet wb-card-more",
        title: "What can be done with the request",
        "aria-label": "Actions",
        "aria-expanded": String(this.isMenuOpen),
        onclick: () => this.toggleMenu(),
      },
      "\u22ef",
    );
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

/**
 * @param {CardState} card
 * @param {...(Node | null)} last What stands at the end of the row.
 */
function drawHead(card, ...last) {
  const { response } = card;
  const facts = [readableTime(card.duration_ms), readableSize(response.size_bytes)];
  if (findHeader(response.headers, "content-type")) facts.push(response.mimetype);
  return make(
    "div",
    { class: "wb-card-head" },
    make("div", { class: "wb-card-hops" }, ...card.hops.map(drawHop)),
    make("span", { class: "wb-card-facts" }, facts.join(" · ")),
    ...last,
  );
}

/** @param {Hop} hop */
function drawHop({ method, url, status, reason }) {
  const kind = `wb-card-status wb-card-${statusKind(status)}`;
  return make(
    "div",
    { class: "wb-card-hop" },
    make("span", { class: "wb-card-method" }, method),
    make(
      "span",
      { class: "wb-card-url wb-card-cut", title: url },
      ...cutUrl(url).map((part) => make("span", {}, part)),
    ),
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
