// What a page asked for, a line each; one of them at a time is open, with its card.

import { make } from "../../widgets/js/dom.js";
import { kindOfStatus } from "./toolbar.js";
import { shownAddress } from "./urls.js";

/** @import { LoggedAnswer, LoggedRequest } from "./messages.d.ts" */

const MAX_ROWS = 300;

export class NetworkLog {
  /**
   * `showCard(number, place)` puts the card of a response into an element.
   *
   * @param {(number: number, place: HTMLElement) => unknown} showCard
   */
  constructor(showCard) {
    this.showCard = showCard;
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Row | null} */
    this.opened = null;
    this.empty = make("p", { class: "wb-empty", text: "No requests yet." });
    this.element = make("div", { class: "wb-requests" }, this.empty);
  }

  /**
   * Add a request; returns what to call when it is answered.
   *
   * @param {LoggedRequest} request
   * @returns {(answer: LoggedAnswer) => void}
   */
  add(request) {
    const row = new Row(request, (isOpen) => this.toggle(row, isOpen));
    this.rows.push(row);
    this.empty.hidden = true;
    this.element.append(row.element);
    for (const old of this.rows.splice(0, this.rows.length - MAX_ROWS))
      this.remove(old);
    return (answer) => {
      Object.assign(request, answer);
      row.draw();
      if (row === this.opened) this.fill(row);
    };
  }

  /** @param {Row} row */
  remove(row) {
    row.element.remove();
    if (row === this.opened) this.opened = null;
  }

  clear() {
    for (const row of this.rows.splice(0)) this.remove(row);
    this.empty.hidden = false;
  }

  /**
   * @param {Row} row
   * @param {boolean} isOpen
   */
  toggle(row, isOpen) {
    if (!isOpen) {
      if (row === this.opened) this.opened = null;
      row.place.replaceChildren();
      return;
    }
    if (this.opened) this.opened.element.open = false;
    this.opened = row;
    this.fill(row);
  }

  /** @param {Row} row */
  fill(row) {
    const { head, problem } = row.request;
    if (head?.number) this.showCard(head.number, row.place);
    else row.place.textContent = problem ?? "No answer yet.";
  }
}

class Row {
  /**
   * @param {LoggedRequest} request
   * @param {(isOpen: boolean) => void} toggled
   */
  constructor(request, toggled) {
    this.request = request;
    this.status = make("span", { class: "wb-code" });
    this.took = make("span", { class: "wb-took" });
    this.place = make("div", { class: "wb-exchange" });
    this.element = make(
      "details",
      { class: "wb-request" },
      make(
        "summary",
        {},
        make("span", { class: "wb-method", text: request.method }),
        make("span", {
          class: "wb-where",
          text: shownAddress(request.url),
          title: shownAddress(request.url),
        }),
        this.status,
        make("span", { class: "wb-kind", text: request.kind }),
        this.took,
      ),
      this.place,
    );
    this.element.addEventListener("toggle", () => toggled(this.element.open));
    this.draw();
  }

  draw() {
    const { head, problem } = this.request;
    this.status.textContent = head
      ? String(head.status)
      : problem
        ? "failed"
        : "\u2026";
    this.status.dataset.kind = head
      ? kindOfStatus(head.status)
      : problem
        ? "error"
        : "";
    this.took.textContent = head ? `${Math.round(head.took_ms)} ms` : "";
  }
}
