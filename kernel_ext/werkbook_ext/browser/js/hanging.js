// Pages in an endless loop, and those that they hold up: sandboxed frames share a process,
// which ends only when no frame of it is left, in whichever view that frame is.

/**
 * @import { Frames } from "./frames.js"
 * @import { Frame } from "./tab.d.ts"
 */

const LOOK_EVERY_MS = 350;
const HANGS_AFTER_MS = 700;
const STUCK_AFTER_MS = 4000; // beside much else a page may begin late
const WATCHED_FOR_MS = 60_000;
// Each widget brings a module of its own, so what they share stands at the window.
const SHARED = Symbol.for("werkbook.frames");

/** @returns {Set<Frames>} The frames of all views in Jupyter's page. */
export function allFrames() {
  const holder = /** @type {any} */ (globalThis);
  holder[SHARED] ??= new Set();
  return holder[SHARED];
}

/**
 * Watch a page until it has begun. Pages that hold it up are ended, whenever their loop
 * began: the shown one of its own view soon, since it is being replaced anyway.
 *
 * @param {Frames} frames
 * @param {Frame} frame
 */
export function watch(frames, frame) {
  const since = performance.now();
  pingAll();
  const look = () => {
    const waitedMs = performance.now() - since;
    if (!isAwaited(frames, frame) || waitedMs > WATCHED_FOR_MS) {
      clearInterval(frame.watchTimer);
      return;
    }
    if (frame === frames.next && hanging(HANGS_AFTER_MS).includes(frames))
      frames.replaceHanging(frame);
    else if (waitedMs >= STUCK_AFTER_MS) endStuck(frames);
    pingAll();
  };
  frame.watchTimer = setInterval(look, LOOK_EVERY_MS);
}

/**
 * Tell whether a page has still to begin: it is placed, and neither speaks nor has left.
 *
 * @param {Frames} frames
 * @param {Frame} frame
 */
function isAwaited(frames, frame) {
  const isPlaced = frame === frames.next || frame === frames.shown;
  return isPlaced && frame.port === null && frame.token !== null;
}

/** Ask the shown pages whether they still answer, but for those that owe an answer. */
function pingAll() {
  for (const frames of allFrames()) {
    const { shown } = frames;
    if (!shown?.port || shown.askedAt) continue;
    shown.askedAt = performance.now();
    frames.tell(shown, { t: "ping" });
  }
}

/**
 * Return the views whose page has owed an answer for so long.
 *
 * @param {number} ms
 */
function hanging(ms) {
  const now = performance.now();
  return [...allFrames()].filter(
    ({ shown }) => shown?.port && shown.askedAt && now - shown.askedAt >= ms,
  );
}

/**
 * Free a page that can't even begin from those in an endless loop in other views.
 *
 * @param {Frames} frames
 */
function endStuck(frames) {
  const stuck = hanging(STUCK_AFTER_MS).filter((one) => one !== frames && !one.next);
  if (!stuck.length) return;
  for (const one of stuck) one.end(true);
  // The process ends only when those that wait for it are gone as well.
  for (const one of allFrames()) one.beginAgain();
}
