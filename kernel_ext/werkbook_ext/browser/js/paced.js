// A page's messages, taken in short turns. A thousand that come at once, each of which
// takes a third of a millisecond, would keep JupyterLab from answering a key until the
// last one is done.

const WINDOW_MS = 50;
const TURN_MS = 20;

export class PacedMessages {
  /**
   * @param {(message: any) => void} take
   * @param {() => number} now
   */
  constructor(take, now = () => performance.now()) {
    this.take = take;
    this.now = now;
    this.startedAt = -Infinity;
    this.takenMs = 0;
    /** @type {unknown[]} */
    this.waiting = [];
  }

  /**
   * Take a message at once, or, after many, in its turn.
   *
   * @param {unknown} message
   */
  receive(message) {
    const { waiting } = this;
    if (!waiting.length && this.hasTime()) this.takeOne(message);
    else if (waiting.push(message) === 1) this.takeLater();
  }

  hasTime() {
    const now = this.now();
    if (now - this.startedAt >= WINDOW_MS) {
      this.startedAt = now;
      this.takenMs = 0;
    }
    return this.takenMs < TURN_MS;
  }

  /** @param {unknown} message */
  takeOne(message) {
    const before = this.now();
    try {
      this.take(message);
    } finally {
      this.takenMs += this.now() - before;
    }
  }

  takeLater() {
    const wait = WINDOW_MS - (this.now() - this.startedAt);
    setTimeout(() => this.takeTurn(), Math.max(0, wait));
  }

  takeTurn() {
    const messages = this.waiting;
    let count = 0;
    try {
      while (count < messages.length && this.hasTime()) this.takeOne(messages[count++]);
    } finally {
      messages.splice(0, count);
      if (messages.length) this.takeLater();
    }
  }
}
