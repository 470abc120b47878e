// Pages in an endless loop, and those that they hold up: sandboxed frames share a process,
// which ends only when no frame of it is left, in whichever view that frame is.

/**
 * @import { Frames } from "./frames.js"
 */

// Each widget brings a module of its own, so what they share stands at the window.
const SHARED = Symbol.for("werkbook.frames");

/** @returns {Set<Frames>} The frames of all views in Jupyter's page. */
export function allFrames() {
  const holder = /** @type {any} */ (globalThis);
  holder[SHARED] ??= new Set();
  return holder[SHARED];
}

/** Ask all shown pages whether they still answer; false where there is none to ask. */
export function pingAll() {
  let isAsked = false;
  for (const frames of allFrames()) {
    const { shown } = frames;
    if (!shown?.port) continue;
    shown.hasAnswered = false;
    frames.tell(shown, { t: "ping" });
    isAsked = true;
  }
  return isAsked;
}

/** Return the views whose page has not answered. */
export function hanging() {
  return [...allFrames()].filter(({ shown }) => shown?.port && !shown.hasAnswered);
}
