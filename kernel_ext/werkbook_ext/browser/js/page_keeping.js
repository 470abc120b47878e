// What is kept of a page: cookies, storage, and what is put back when it is shown anew.

import { isTextOrNull, jsonOf, pairsIn, textOr } from "./limits.js";

/**
 * @import { StoreChange } from "./messages.d.ts"
 * @import { PageDesk, Taker } from "./page_desk.js"
 * @import { Frame } from "./tab.d.ts"
 */

const MAX_COOKIE_CHARS = 5000;
const MAX_TYPED = 500;

/** @satisfies {Record<string, Taker>} */
export const KEEPING = {
  cookie(desk, { text, url }) {
    desk.view.outbox.cookie(textOr(text).slice(0, MAX_COOKIE_CHARS), textOr(url));
  },

  store({ view }, { area, changes }) {
    const made = pairsIn(changes, isTextOrNull);
    const isSession = area === "session";
    keepChanges(isSession ? view.session : view.local, made);
    view.outbox.store(isSession ? "session" : "local", made);
  },

  scroll(desk, { x, y }, frame) {
    for (const target of framesToTell(desk, frame)) {
      target.kept.scroll = { x: Number(x) || 0, y: Number(y) || 0 };
    }
  },

  typed(desk, { name, content }, frame) {
    const typed = content === null ? null : jsonOf(content);
    for (const target of framesToTell(desk, frame)) {
      if (typed === null) target.kept.typed.delete(textOr(name));
      else if (target.kept.typed.size < MAX_TYPED) {
        target.kept.typed.set(textOr(name), typed);
      }
      if (target !== frame && typed !== null) {
        desk.view.frames.tell(target, { t: "typed", name, content: typed });
      }
    }
  },

  focus(desk, { name, selection }, frame) {
    for (const target of framesToTell(desk, frame)) {
      target.kept.focus = { name: textOr(name), selection: jsonOf(selection) };
    }
  },
};

/**
 * Change what pages have stored; a name may be anything, `__proto__` too.
 *
 * @param {Map<string, string>} values
 * @param {StoreChange[]} changes
 */
export function keepChanges(values, changes) {
  for (const [name, value] of changes) {
    if (name === null) values.clear();
    else if (value === null) values.delete(name);
    else values.set(name, value);
  }
}

/**
 * Return the frame, and the one that will show its page anew, if it is on its way.
 *
 * @param {PageDesk} desk
 * @param {Frame} frame
 */
function framesToTell(desk, frame) {
  const { next } = desk.view.frames;
  return next?.isRefresh && desk.isShown(frame) ? [frame, next] : [frame];
}
