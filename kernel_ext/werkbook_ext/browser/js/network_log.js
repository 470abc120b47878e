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
    /** @type {Set<Row>} */
    this.changed = new Set();
    /** @type {Row[]} Those that leave the list when it is drawn next. */
    this.leaving = [];
    this.isShown = false;
    this.isWaiting = false;
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
    this.drawSoon(row);
    for (const old of this.rows.splice(0, this.rows.length - MAX_ROWS)) {
      this.changed.delete(old);
      if (old.parts) this.leaving.push(old);
    }
    return (answer) => {
      Object.assign(request, answer);
      if (this.rows.includes(row)) this.drawSoon(row);
      if (row === this.opened) this.fill(row);
    };
  }

  /**
   * Draw a row in the next frame, with all others that changed until then: a page asks
   * by the thousand, and each place in the list that is measured lays it out anew. Where
   * nobody looks nothing is drawn.
   *
   * @param {Row} row
   */
  drawSoon(row) {
    this.changed.add(row);
    if (this.isWaiting || !this.isShown) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      if (this.isShown) this.draw();
    });
  }

  /**
   * Show the list, as it is now, or hide it.
   *
   * @param {boolean} isShown
   */
  show(isShown) {
    this.isShown = isShown;
    if (isShown) this.draw();
  }

  /** Draw what has changed, and bring the end into view for who looks there. */
  draw() {
    for (const row of this.leaving.splice(0)) this.remove(row);
    const rows = [...this.changed];
    this.changed.clear();
    if (!rows.length) return;
    this.empty.hidden = true;
    this.columns.hidden = false;
    const list = this.element.parentElement;
    const isAtEnd =
      list && list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
    const elements = rows.map((row) => row.draw().element);
    this.element.append(...elements.filter((one) => one.parentNode !== this.element));
    if (isAtEnd && !this.opened) list.scrollTop = list.scrollHeight;
  }

  /** @param {Row} row */
  remove(row) {
    this.changed.delete(row);
    row.parts?.element.remove();
    if (row === this.opened) this.opened = null;
  }

  clear() {
    for (const row of [...this.leaving.splice(0), ...this.rows.splice(0)])
      this.remove(row);
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
      row.draw().place.replaceChildren();
      return;
    }
    if (this.opened) this.opened.draw().element.open = false;
    this.opened = row;
    this.fill(row);
  }

  /** @param {Row} row */
  fill(row) {
    const { head, problem, frames } = row.request;
    const { place } = row.draw();
    if (frames) frames.show(place);
    else if (head?.number) this.showCard(head.number, place);
    else place.textContent = problem ?? "No answer yet.";
  }
}

/** A request's line, whose elements are made when it is first drawn. */
class Row {
  /**
   * @param {LoggedRequest} request
   * @param {(isOpen: boolean) => void} toggled
   */
  constructor(request, toggled) {
    this.request = request;
    this.toggled = toggled;
    /** @type {ReturnType<typeof partsOf> | null} */
    this.parts = null;
  }

  /** Draw what is known now; returns the elements. */
  draw() {
    const { head, problem, kind, frames } = this.request;
    const parts = this.parts ?? partsOf(this.request, this.toggled);
    this.parts = parts;
    if (!head) {
      parts.status.textContent = problem ? "failed" : "\u2026";
      parts.status.dataset.kind = problem ? "error" : "";
      return parts;
    }
    const size_bytes = frames?.bytes ?? this.request.size_bytes;
    const type = headerOf(head, "content-type").split(";")[0].trim();
    const length = headerOf(head, "content-length");
    const bytes = size_bytes ?? (length ? Number(length) : null);
    parts.status.textContent = String(head.status);
    parts.status.dataset.kind = kindOfStatus(head.status);
    parts.type.textContent = type || kind;
    parts.type.title = `${kind}${type ? `, ${type}` : ""}`;
    parts.size.textContent = bytes === null ? "" : readableSize(bytes);
    parts.took.textContent = readableTime(head.took_ms);
    return parts;
  }
}

/**
 * @param {LoggedRequest} request
 * @param {(isOpen: boolean) => void} toggled
 */
function partsOf({ kind, method, url }, toggled) {
  const address = shownAddress(url);
  const where = cutUrl(address).map((text) => make("span", { text }));
  const status = make("span", { class: "wb-code" });
  const type = make("span", { class: "wb-type", text: kind });
  const size = make("span", { class: "wb-size" });
  const took = make("span", { class: "wb-took" });
  const place = make("div", { class: "wb-exchange" });
  const summary = make(
    "summary",
    {},
    make("span", { class: "wb-method", text: method }),
    make("span", { class: "wb-where", title: address }, ...where),
    status,
    type,
    size,
    took,
  );
  const element = make("details", { class: "wb-request" }, summary, place);
  element.addEventListener("toggle", () => toggled(element.open));
  return { element, status, type, size, took, place };
}
