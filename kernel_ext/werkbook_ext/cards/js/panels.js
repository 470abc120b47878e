// What the tabs of a card show, body and page aside.

import { make } from "../../widgets/js/dom.js";
import { drawCode, drawNote, drawTable } from "./drawing.js";
import { drawJson } from "./json_tree.js";
import { decode, readableSize } from "./text.js";

/**
 * @import { CardState, ChangedRow, Frame, Hop } from "./card_state.d.ts"
 */

const ROW_CLASSES = {
  "+": "wb-card-added",
  "-": "wb-card-removed",
  " ": "",
  "…": "wb-card-note",
};

/**
 * Draw the request as it was sent, and those that its redirects led to.
 *
 * @param {CardState} card
 */
export function drawRequest(card) {
  const [first, ...others] = card.hops.map(drawAsked);
  if (card.sent) first.append(drawPlainText(card.sent));
  else if (card.request.size_bytes) {
    const size = readableSize(card.request.size_bytes);
    first.append(drawNote(`${card.request.mimetype}, ${size}`));
  }
  return make("div", {}, first, ...others);
}

/**
 * Draw one request: the view that answered it, its headers, the cookies it brought.
 *
 * @param {Hop} hop
 */
function drawAsked({ method, url, status, headers, set_cookies, endpoint, rule }) {
  const asked = make("code", {}, `${method} ${url}`);
  const box = make("div", { class: "wb-card-asked" }, make("p", {}, asked));
  if (endpoint) {
    const words = `Answered ${status} by ${endpoint} (${rule ?? "no rule"})`;
    box.append(drawNote(words));
  }
  if (headers.length) box.append(drawTable(headers, ["Header", "Value"]));
  if (set_cookies.length) {
    const rows = set_cookies.map(cutCookie);
    box.append(drawTable(rows, ["Cookie set", "Value and attributes"]));
  }
  return box;
}

/** @param {string} header */
function cutCookie(header) {
  const [name, ...rest] = header.split("=");
  return [name, rest.join("=")];
}

/**
 * Draw text that needs no name: its tab has one.
 *
 * @param {string} text
 */
export function drawPlainText(text) {
  return make("pre", { class: "wb-card-code", tabindex: "0" }, text);
}

/**
 * Draw the cookies that were set, and what the session holds.
 *
 * @param {CardState} card
 */
export function drawCookies(card) {
  const box = make("div");
  if (card.cookies.length) {
    const rows = card.cookies.map(({ name, value, path, more }) => [
      name,
      value,
      path,
      more,
    ]);
    box.append(drawTable(rows, ["Cookie", "Value", "Path", "Attributes"]));
  }
  if (card.session !== null) {
    const title = make("p", { class: "wb-card-place" }, "The session holds");
    box.append(title, drawJson(card.session, "Session"));
  }
  return box;
}

/**
 * Draw the traceback of the exception that the view raised.
 *
 * @param {CardState} card
 */
export function drawTraceback(card) {
  const error = make("p", { class: "wb-card-error" }, card.error);
  return make("div", {}, ...card.frames.map(drawStackFrame), error);
}

/** @param {Frame} frame */
function drawStackFrame(frame) {
  const lines = frame.source.map((text, index) => {
    const number = frame.first_line + index;
    const isFailed = number === frame.line;
    return make(
      "span",
      { class: isFailed ? "wb-card-failed" : "" },
      `${isFailed ? "→" : " "} ${String(number).padStart(4)}  ${text}\n`,
    );
  });
  const place = `${frame.place}, in ${frame.function}`;
  const title = make("p", { class: "wb-card-place" }, place);
  return make("div", {}, title, drawCode(frame.place, ...lines));
}

/**
 * Draw what differs from the answer of the run before: the kernel compares the two.
 *
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} load Fetches the rows as JSON.
 */
export function drawChanges(load) {
  const box = make("div", {}, drawNote("Comparing…"));
  load().then((bytes) => {
    /** @type {ChangedRow[]} */
    const rows = JSON.parse(decode(bytes, "utf-8"));
    box.replaceChildren(drawRows(rows));
  });
  return box;
}

const CHANGES_NOTHING = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Draw the way of the request through the app. The kernel sends the request once more
 * to watch it; one that may change something waits for the reader's word.
 *
 * @param {CardState} card
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} load Fetches the picture.
 */
export function drawTrace(card, load) {
  const box = make("div", { class: "wb-card-trace" });
  const show = async () => {
    box.replaceChildren(drawNote("Sending it once more, and watching…"));
    const bytes = await load();
    // The kernel made the picture; what the app says in it is text.
    if (bytes.length) box.innerHTML = decode(bytes, "utf-8");
    else box.replaceChildren(drawNote("The way of this request cannot be shown."));
  };
  const { method, url } = card.hops[0];
  if (CHANGES_NOTHING.has(method)) show();
  else
    box.append(
      drawNote("To be watched the request has to be sent once more."),
      make("button", {
        type: "button",
        class: "wb-card-button",
        text: `Send ${method} ${url} again`,
        onclick: show,
      }),
    );
  return box;
}

/** @param {ChangedRow[]} rows */
function drawRows(rows) {
  if (!rows.length) return drawNote("The same as in the run before.");
  return drawCode("Differences from the run before", ...rows.map(drawRow));
}

/** @param {ChangedRow} row */
function drawRow([mark, value]) {
  const text = mark === "…" ? `… ${value} unchanged\n` : `${mark} ${value}\n`;
  return make("span", { class: ROW_CLASSES[mark] }, text);
}
