// What a shown page asks for through its port: each message goes to its taker.

import { Budget, textOr } from "./limits.js";
import { KEEPING } from "./page_keeping.js";
import { MOVING } from "./page_moving.js";
import { REPORTING } from "./page_reporting.js";
import { REQUESTING } from "./page_requesting.js";
import { breakSocket, SOCKETS } from "./page_sockets.js";

/**
 * @import { PageKind } from "./limits.js"
 * @import { Frame, Tab } from "./tab.d.ts"
 * @typedef {Record<string, any>} PageMessage Nothing in it is believed.
 * @typedef {(desk: PageDesk, message: PageMessage, frame: Frame) => unknown} Taker
 */

const MAX_REFUSALS_TOLD = 50;

/**
 * What is done for each kind of message; `messages.json` says what they mean.
 *
 * @type {Record<PageKind, Taker>}
 */
export const TAKERS = {
  ...MOVING,
  ...REQUESTING,
  ...KEEPING,
  ...REPORTING,
  ...SOCKETS,
};

export class PageDesk {
  /** @param {Tab} view */
  constructor(view) {
    this.view = view;
    /** @type {Map<Frame, Map<unknown, () => void>>} */
    this.stops = new Map(); // of each frame, by the ids of its requests
    /** @type {number[]} */
    this.moves = []; // when pages went elsewhere by themselves
    this.movesInRow = 0; // how many of them, one after the other, as soon as they came
  }

  /**
   * Tell whether a message of a page's may be taken: it is of a kind, and not too much.
   * It is asked as messages come, so that those which wait for their turn are few.
   *
   * @param {Frame} frame
   * @param {PageMessage} message
   */
  admits(frame, message) {
    const kind = textOr(message.t);
    frame.budget ??= new Budget();
    const problem = isKind(kind)
      ? frame.budget.refusal(kind, message)
      : "a message is of no known kind";
    if (problem) this.refuse(frame, kind, problem, message);
    return problem === null;
  }

  /**
   * Do what an admitted message asks for; one that is not what it should be does nothing.
   *
   * @param {Frame} frame
   * @param {PageMessage} message
   */
  async take(frame, message) {
    const kind = /** @type {PageKind} */ (message.t);
    try {
      await TAKERS[kind](this, message, frame);
    } catch (error) {
      const detail = error instanceof Error ? error.message : error;
      const problem = `a message of kind "${kind}" is malformed (${detail})`;
      this.refuse(frame, kind, problem, message);
    }
  }

  /**
   * Say why a message is not taken; a page with too many of them is cut off.
   *
   * @param {Frame} frame
   * @param {string} kind
   * @param {string} problem
   * @param {PageMessage} message
   */
  refuse(frame, kind, problem, { id }) {
    frame.refusals ??= new Set();
    if (!frame.refusals.has(problem) && frame.refusals.size < MAX_REFUSALS_TOLD) {
      frame.refusals.add(problem);
      this.view.panel.addLine("error", `Not done: ${problem}`);
    }
    if (kind === "ask") {
      this.view.frames.tell(frame, { t: "fail", detail: problem, id });
    }
    if (Object.hasOwn(SOCKETS, kind)) breakSocket(this, frame, id, problem);
    if (!frame.budget?.isSpent()) return;
    this.view.frames.cutOff(frame);
    this.forget(frame);
    this.view.notices.show("flood", `The page was cut off: ${problem}.`, {
      kind: "error",
      actions: [["Load it again", () => this.view.leave(() => this.view.reload())]],
    });
  }

  /**
   * Stop what a frame that is gone still waits for.
   *
   * @param {Frame} frame
   */
  forget(frame) {
    for (const stop of this.stops.get(frame)?.values() || []) stop();
    this.stops.delete(frame);
  }

  /** The reader has acted: what the page did by itself before counts no more. */
  forgive() {
    this.moves = [];
    this.movesInRow = 0;
    this.view.notices.hide("loop");
  }

  /** @param {Frame} frame */
  isShown(frame) {
    return frame === this.view.frames.shown && frame.port !== null;
  }

  /**
   * Tell whether a page may still move: one that the reader leaves may not.
   *
   * @param {Frame} frame
   */
  isStaying(frame) {
    return !frame.isLeft && this.isShown(frame);
  }
}

/**
 * @param {string} kind
 * @returns {kind is PageKind}
 */
function isKind(kind) {
  return Object.hasOwn(TAKERS, kind);
}
