// The text of an event stream (WHATWG HTML, 9.2.6), in pieces.

/**
 * @typedef {object} Take
 * @property {(event: { type: string, data: string, lastEventId: string }) => void} event
 * @property {(lastEventId: string) => void} id
 * @property {(delay_ms: number) => void} retry
 */

export class EventStreamParser {
  /**
   * `take` has event({type, data, lastEventId}), id(lastEventId), retry(milliseconds).
   *
   * @param {Take} take
   */
  constructor(take) {
    this.take = take;
    this.decoder = new TextDecoder();
    this.rest = "";
    this.lastEventId = "";
    this.clear();
  }

  clear() {
    this.type = "";
    /** @type {string[]} */
    this.data = [];
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    this.rest += this.decoder.decode(bytes, { stream: true });
    // A carriage return at the end may be the first half of one line end.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  /** @param {string} line */
  line(line) {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return undefined;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.type = value;
    else if (field === "id" && !value.includes("\0")) this.lastEventId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.take.retry(Number(value));
    return undefined;
  }

  dispatch() {
    this.take.id(this.lastEventId); // an event without data leaves its id all the same
    if (this.data.length) {
      const { lastEventId } = this;
      this.take.event({
        type: this.type || "message",
        data: this.data.join("\n"),
        lastEventId,
      });
    }
    this.clear();
  }
}
