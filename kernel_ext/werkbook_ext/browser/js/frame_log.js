// What came and went on one WebSocket, as the network log lists it.

import { readableSize } from "../../cards/js/text.js";
import { make } from "../../widgets/js/dom.js";

/**
 * @import { LoggedFrame } from "./messages.d.ts"
 * @import { Ending } from "./open_sockets.js"
 */

const MAX_KEPT = 200;
const MAX_CHARS = 2000;
const SENT = "\u2191";
const RECEIVED = "\u2193";

export class FrameLog {
  constructor() {
    /** @type {{ arrow: string, text: string, bytes: number }[]} */
    this.kept = [];
    this.count = 0;
    this.bytes = 0;
    /** @type {Ending | null} */
    this.ending = null;
    /** @type {() => void} */
    this.changed = () => {};
  }

  /** @param {LoggedFrame} frame */
  add({ isSent, data }) {
    const bytes = typeof data === "string" ? data.length : data.byteLength;
    this.count++;
    this.bytes += bytes;
    this.kept.push({ arrow: isSent ? SENT : RECEIVED, text: readable(data), bytes });
    if (this.kept.length > MAX_KEPT) this.kept.shift();
    this.changed();
  }

  /** @param {Ending} ending */
  end(ending) {
    this.ending ??= ending;
    this.changed();
  }

  /** Return the lines of the list: what was kept, and how it ended. */
  lines() {
    const missing = this.count - this.kept.length;
    const lines = this.kept.map(({ arrow, text }) => `${arrow} ${text}`);
    if (missing) lines.unshift(`\u2026 ${missing} earlier messages`);
    if (this.ending) lines.push(endingLine(this.ending));
    return lines;
  }

  /**
   * Show the list in a place, and follow it there.
   *
   * @param {HTMLElement} place
   */
  show(place) {
    const list = make("ol", { class: "wb-frames", role: "log" });
    place.replaceChildren(list);
    let isDue = false;
    const draw = () => {
      isDue = false;
      list.replaceChildren(...this.lines().map((text) => make("li", { text })));
    };
    this.changed = () => {
      if (isDue || !list.isConnected) return;
      isDue = true;
      requestAnimationFrame(draw);
    };
    draw();
  }
}

/** @param {Ending} ending */
function endingLine({ code, reason, detail }) {
  const why = detail || reason;
  return `closed: ${code}${why ? ` ${why}` : ""}`;
}

/** @param {string | ArrayBuffer} data */
function readable(data) {
  if (typeof data === "string") {
    return data.length > MAX_CHARS ? `${data.slice(0, MAX_CHARS)}\u2026` : data;
  }
  const bytes = [...new Uint8Array(data.slice(0, 16))];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const more = data.byteLength > 16 ? " \u2026" : "";
  return `${readableSize(data.byteLength)}: ${hex}${more}`;
}
