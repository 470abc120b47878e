// What a page asked for, a line each; one of them at a time is open, with its card.

import { cutUrl, readableSize, readableTime } from "../../cards/js/text.js";
import { make } from "../../widgets/js/dom.js";
import { headerOf } from "./resources.js";
import { kindOfStatus } from "./toolbar.js";
import { shownAddress } from "./urls.js";

/** @import { LoggedAnswer, LoggedRequest } from "./messages.d.ts" */

const MAX_ROWS = 300;
const NEAR_PX = 40; // who reads the end of the list follows it
/** @type {Map<string, string>} The classes of columns that a narrow place leaves out. */
const NARROW_LACKS = new Map([
  ["Type", "wb-type"],
  ["Size", "wb-size"],
]);
const COLUMNS = ["", "Method", "URL", "Status", "Type", "Size", "Time"];

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
    this.columns = make(
      "div",
      { class: "wb-columns", "aria-hidden": "true", hidden: true },
      ...COLUMNS.map((text) =>
        make("span", { class: NARROW_LACKS.get(text) ?? "wb-column", text }),
      ),
    );
    this.element = make("div", { class: "wb-requests" }, this.columns, this.empty);
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
    this.columns.hidden = false;
    this.append(row.element);
    for (const old of this.rows.splice(0, this.rows.length - MAX_ROWS))
      this.remove(old);
    return (answer) => {
      Object.assign(request, answer);
      row.draw();
      if (row === this.opened) this.fill(row);
    };
  }

  /**
   * Put a row at the end, and bring it into view for who looks there.
   *
   * @param {HTMLElement} element
   */
  append(element) {
    const list = this.element.parentElement;
    const isAtEnd =
      list && list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    this.element.append(element);
    if (isAtEnd && !this.opened) list.scrollTop = list.scrollHeight;
  }

  /** @param {Row} row */
  remove(row) {
    row.element.remove();
    if (row === this.opened) this.opened = null;
  }

  clear() {
    for (const row of this.rows.splice(0)) this.remove(row);
    this.empty.hidden = false;
    this.columns.hidden = true;
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
    const { head, problem, frames } = row.request;
    if (frames) frames.show(row.place);
    else if (head?.number) this.showCard(head.number, row.place);
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
    this.type = make("span", { class: "wb-type", text: request.kind });
    this.size = make("span", { class: "wb-size" });
    this.took = make("span", { class: "wb-took" });
    this.place = make("div", { class: "wb-exchange" });
    this.element = make(
      "details",
      { class: "wb-request" },
      make(
        "summary",
        {},
        make("span", { class: "wb-method", text: request.method }),
        make(
          "span",
          { class: "wb-where", title: shownAddress(request.url) },
          ...cutUrl(shownAddress(request.url)).map((text) => make("span", { text })),
        ),
        this.status,
        this.type,
        this.size,
        this.took,
      ),
      this.place,
    );
    this.element.addEventListener("toggle", () => toggled(this.element.open));
    this.draw();
  }

  draw() {
    const { head, problem, kind, frames } = this.request;
    const size_bytes = frames?.bytes ?? this.request.size_bytes;
    if (!head) {
      this.status.textContent = problem ? "failed" : "\u2026";
      this.status.dataset.kind = problem ? "error" : "";
      return;
    }
    const type = headerOf(head, "content-type").split(";")[0].trim();
    const length = headerOf(head, "content-length");
    const bytes = size_bytes ?? (length ? Number(length) : null);
    this.status.textContent = String(head.status);
    this.status.dataset.kind = kindOfStatus(head.status);
    this.type.textContent = type || kind;
    this.type.title = `${kind}${type ? `, ${type}` : ""}`;
    this.size.textContent = bytes === null ? "" : readableSize(bytes);
    this.took.textContent = readableTime(head.took_ms);
  }
}
