// Pages whose body still comes: each part is written into the frame as it is there.

import { bytesOf } from "../../widgets/js/bytes.js";
import { buildDocument } from "./document.js";
import { documentParts } from "./page_parts.js";

/**
 * @import { Built, Options } from "./document.js"
 * @import { Buffer, Bytes, Message, Page } from "./messages.d.ts"
 * @import { Resources } from "./resources.js"
 * @import { Frame, Tab } from "./tab.d.ts"
 */

/** The rest of a page's body; iterates over what comes of it. */
export class PageStream {
  /**
   * @param {string} id
   * @param {() => void} abort
   */
  constructor(id, abort) {
    this.id = id;
    this.abort = abort;
    /** @type {Bytes[]} */
    this.pieces = [];
    this.isAtEnd = false;
    /** @type {string | null} */
    this.detail = null; // why it broke off, where it did
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {(() => void) | null} */
    this.wake = null;
  }

  /**
   * @param {Message<"kernel to view">} message
   * @param {Buffer[]} buffers
   */
  receive(message, buffers) {
    if (this.isAtEnd) return;
    if (message.t === "piece") this.pieces.push(bytesOf(buffers[0]));
    else if (message.t === "end") this.end(message.detail);
    this.wake?.();
  }

  /** Want no more of it: the request in the kernel ends. */
  stop() {
    if (this.isAtEnd) return;
    this.end();
    this.abort();
  }

  /** @param {string | null} [detail] */
  end(detail = null) {
    this.isAtEnd = true;
    this.detail = detail;
    this.wake?.();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const piece = this.pieces.shift();
      if (piece) yield piece;
      else if (this.isAtEnd) return;
      else
        await new Promise((resolve) => {
          this.wake = () => resolve(undefined);
        });
    }
  }
}

/** The streams of one view. */
export class Arrivals {
  /** @param {Tab} view */
  constructor(view) {
    this.view = view;
    /** @type {Map<string, PageStream>} */
    this.streams = new Map();
    /** @type {PageStream | null} */
    this.latest = null;
  }

  get isArriving() {
    return !!this.latest && !this.latest.isAtEnd;
  }

  /**
   * Take up the rest of a page, if there is one still to come.
   *
   * @param {string | null} id
   */
  begin(id) {
    if (!this.latest?.frame) this.latest?.stop(); // nothing of that page is shown yet
    this.latest = null;
    if (!id) return null;
    const stream = new PageStream(id, () => this.refuse(id));
    this.streams.set(id, stream);
    this.latest = stream;
    this.view.showLoading();
    return stream;
  }

  /** @param {string | null} id */
  refuse(id) {
    if (id) this.view.tell({ t: "abort", id });
  }

  /**
   * @param {Message<"kernel to view">} message
   * @param {Buffer[]} buffers
   */
  receive(message, buffers) {
    this.streams.get(message.id)?.receive(message, buffers);
    if (message.t === "end") this.streams.delete(message.id);
  }

  stop() {
    this.latest?.stop();
  }

  /**
   * Write the parts of a page into its frame, to the end or until it is stopped.
   *
   * @param {Frame} frame
   * @param {PageStream} stream
   * @param {AsyncIterable<Built>} parts
   */
  async follow(frame, stream, parts) {
    const { frames, panel, notices } = this.view;
    stream.frame = frame;
    frame.stream = stream;
    await frame.connected;
    for await (const part of parts) {
      if (stream.isAtEnd && !frame.port) return; // the frame is gone
      frames.tell(frame, { t: "write", html: part.html });
      for (const note of part.notes) panel.addLine("warn", note);
    }
    frame.isArriving = false;
    frames.tell(frame, { t: "close" });
    if (stream.detail && frame.port) {
      notices.show("broken", `The page broke off: ${stream.detail}`, {
        kind: "error",
        actions: [["Load it again", () => this.view.reload()]],
      });
    }
    this.view.showLoading();
  }
}

/**
 * Build a page: {built, rest}, its document or the beginning, and an iterator of parts.
 *
 * @param {Page} page
 * @param {PageStream | null} stream
 * @param {Resources} resources
 * @param {Options} options
 * @returns {Promise<{ built: Built, rest: AsyncGenerator<Built, void> | null }>}
 */
export async function beginDocument(page, stream, resources, options) {
  if (!stream)
    return { built: await buildDocument(page, resources, options), rest: null };
  const rest = documentParts(page, stream, resources, options);
  const first = await rest.next();
  return { built: /** @type {Built} */ (first.value), rest };
}
