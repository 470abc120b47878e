// The turns of a page's requests: some are on the way, the rest waits here, in the page's
// own memory. One that is stopped before its turn costs Jupyter's page nothing.

const MAX_AT_ONCE = 12; // as many as the view has answered at once
const MAX_WAITING = 5000;

/**
 * @typedef {object} Turn
 * @property {boolean} hasCome
 * @property {() => void} leave Give the place to another, or wait no more.
 */

export class Turns {
  constructor() {
    /** @type {Map<Turn, () => void>} */
    this.waiting = new Map();
    /** @type {Set<Turn>} */
    this.under = new Set();
    this.isStarting = false;
  }

  /**
   * Wait for a turn, which comes no sooner than the script that asks for it has paused:
   * what it stops in the same go is never sent.
   *
   * @param {() => void} begin
   * @returns {Turn | null} Null where too many wait.
   */
  enter(begin) {
    if (this.waiting.size >= MAX_WAITING) return null;
    /** @type {Turn} */
    const turn = { hasCome: false, leave: () => this.leave(turn) };
    this.waiting.set(turn, begin);
    this.startNext();
    return turn;
  }

  /** @param {Turn} turn */
  leave(turn) {
    this.waiting.delete(turn);
    if (this.under.delete(turn)) this.startNext();
  }

  async startNext() {
    if (this.isStarting) return;
    this.isStarting = true;
    await null;
    this.isStarting = false;
    for (const [turn, begin] of this.waiting) {
      if (this.under.size >= MAX_AT_ONCE) return;
      this.waiting.delete(turn);
      this.under.add(turn);
      turn.hasCome = true;
      begin();
    }
  }
}
