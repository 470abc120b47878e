// Where a page goes: to other addresses, in its history, or nowhere any more.

import { pairsIn, textOr } from "./limits.js";
import { isOwn, shownAddress, withoutHash } from "./urls.js";

/**
 * @import { PageDesk, Taker } from "./page_desk.js"
 * @import { Frame } from "./tab.d.ts"
 */

const MAX_SCRIPT_MOVES = 20;
const MOVES_WINDOW_MS = 10_000;
// A page that moves so soon has only come to go on; where all is slow, so is the loop.
const AT_ONCE_MS = 1000;

/** @satisfies {Record<string, Taker>} */
export const MOVING = {
  go(desk, message, frame) {
    const { view } = desk;
    const { method, url, headers, body, isReplacing, isElsewhere, asDownload } =
      message;
    if (typeof url !== "string" || frame.isLeft) return;
    if (!desk.isShown(frame) && frame !== view.frames.next) return;
    if (!mayMove(desk, frame)) return;
    if (isElsewhere && isOwn(url)) {
      view.panel.addLine("info", `Opened in this view: ${shownAddress(url)}`);
    }
    view.navigate({
      method: method === "POST" ? "POST" : "GET",
      url,
      headers: pairsIn(headers),
      body: body instanceof ArrayBuffer ? new Uint8Array(body) : null,
      how: isReplacing ? "replace" : "visit",
      isPageMove: true,
      asDownload: asDownload === true ? true : textOr(asDownload) || null,
    });
    if (isElsewhere && isOwn(url)) {
      const text = "This link asks for a new tab; it opens in this view.";
      view.notices.show("elsewhere", text);
    }
  },

  reload(desk, _, frame) {
    if (desk.isStaying(frame) && mayMove(desk, frame)) desk.view.reload();
  },

  traverse(desk, { delta }, frame) {
    if (!desk.isStaying(frame) || !Number.isInteger(delta)) return;
    if (mayMove(desk, frame)) desk.view.traverse(delta);
  },

  push(desk, { url, state }, frame) {
    const { history } = desk.view;
    if (!desk.isStaying(frame) || !isOwn(url) || !history.current) return;
    history.push(url, state);
    showMoved(desk, url, frame);
  },

  replace(desk, { url, state }, frame) {
    const { history, frames } = desk.view;
    if (!isOwn(url) || !history.current || frame.isLeft) return;
    if (!desk.isShown(frame) && frame !== frames.next) return;
    history.replace(url, state);
    showMoved(desk, url, frame);
  },
};

/**
 * Tell whether a page may go on: one that sends itself on and on is stopped.
 *
 * @param {PageDesk} desk
 * @param {Frame} frame
 */
function mayMove(desk, frame) {
  const now = performance.now();
  const isAtOnce = now - (frame.connectedAt ?? now) < AT_ONCE_MS;
  desk.movesInRow = isAtOnce ? desk.movesInRow + 1 : 0;
  desk.moves = desk.moves.filter((time) => now - time < MOVES_WINDOW_MS);
  desk.moves.push(now);
  if (Math.max(desk.moves.length, desk.movesInRow) <= MAX_SCRIPT_MOVES) return true;
  const text = "The page keeps going to other addresses by itself, and was stopped.";
  desk.view.notices.show("loop", text, {
    kind: "error",
    actions: [["Load it again", () => desk.view.leave(() => desk.view.reload())]],
  });
  return false;
}

/**
 * @param {PageDesk} desk
 * @param {string} url
 * @param {Frame} frame
 */
function showMoved({ view }, url, frame) {
  const isSame = withoutHash(frame.url) === withoutHash(url);
  frame.url = url;
  view.toolbar.showMoved(shownAddress(url));
  view.toolbar.update(view.history);
  if (!isSame) view.outbox.moved(withoutHash(url));
}
