// The frames that show pages: a new one is built under the old one and takes its place
// once it has painted, so nothing flickers. Each talks through a port of its own, which
// it gets for the token that only its page was told. An empty frame is kept ready, since
// to make one takes longer than a small page does to show.

import { enclose, pageIn } from "./enclosure.js";
import { allFrames, watch } from "./hanging.js";
import { isHello, listen } from "./hello.js";
import { textOr } from "./limits.js";

/**
 * @import { EnclosureNews } from "./enclosure.js"
 * @import { Message } from "./messages.d.ts"
 * @import { Frame, Kept } from "./tab.d.ts"
 * @typedef {{ element: HTMLIFrameElement, isReady: boolean, policy: string }} Spare
 * @typedef {object} Listener
 * @property {(frame: Frame, message: Record<string, unknown>) => boolean} admits
 * @property {(frame: Frame, message: Record<string, unknown>) => void} message
 * @property {(frame: Frame) => void} shown
 * @property {(frame: Frame) => void} left
 * @property {(frame: Frame) => void} removed
 * @property {(frame: Frame) => void} ended Of one beside a page in an endless loop.
 * @property {() => string} policy Of pages from now on.
 */

const SWAP_AFTER_MS = 1500;
const PROCESS_ENDS_MS = 100;
const PREPARE_AFTER_MS = 100;
// Only Jupyter's own window fills an empty frame; document.open() takes the listener away.
const EMPTY = `<!doctype html><script>addEventListener("message", ({ source, data }) => {
  if (source !== parent.parent || typeof data?.html !== "string") return;
  document.open();
  document.write(data.html);
  if (!data.isArriving) document.close();
});</script>`;

export function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Frames {
  /**
   * @param {HTMLElement} stage
   * @param {Listener} listener
   */
  constructor(stage, listener) {
    this.stage = stage;
    this.listener = listener;
    /** @type {Frame | null} */
    this.shown = null;
    /** @type {Frame | null} */
    this.next = null;
    /** @type {Spare | null} */
    this.spare = null;
    this.forged = 0;
    allFrames().add(this);
    this.onMessage = (/** @type {MessageEvent} */ event) => this.receive(event);
    window.addEventListener("message", this.onMessage);
  }

  /**
   * Load a document under the shown one, or the beginning of one that still comes.
   *
   * @param {string} html
   * @param {string} token
   * @param {Frame["page"]} page
   * @param {boolean} [isArriving]
   * @returns {Frame}
   */
  load(html, token, page, isArriving = false) {
    if (this.next) this.remove(this.next);
    const frame = /** @type {Frame} */ ({
      token,
      page,
      port: null,
      loads: 0,
      kept: keptNothing(),
      isArriving,
    });
    frame.connected = new Promise((resolve) => {
      frame.connect = resolve;
    });
    this.next = frame;
    this.place(frame, html);
    frame.again = () => this.placeAgain(frame, html);
    watch(this, frame);
    frame.timer = setTimeout(() => this.swap(frame), SWAP_AFTER_MS);
    return frame;
  }

  /**
   * @param {Frame} frame
   * @param {string} html
   */
  place(frame, html) {
    if (this.spare?.isReady && this.spare.policy === this.listener.policy())
      this.fill(frame, html);
    else if (frame.isArriving) {
      frame.beginning = html; // only what is written into a frame can be gone on with
      this.attach(frame, EMPTY);
    } else this.attach(frame, html);
  }

  /**
   * @param {Frame} frame
   * @param {string} html
   */
  attach(frame, html) {
    this.adopt(frame, this.enclose(html));
  }

  /**
   * @param {string} html
   * @returns {HTMLIFrameElement}
   */
  enclose(html) {
    const tell = (/** @type {EnclosureNews} */ news) => this.receiveNews(element, news);
    const element = enclose(this.stage, html, this.listener.policy(), tell);
    return element;
  }

  /**
   * Write a document into the empty frame.
   *
   * @param {Frame} frame
   * @param {string} html
   */
  fill(frame, html) {
    const { element } = /** @type {Spare} */ (this.spare);
    this.spare = null;
    element.removeAttribute("aria-hidden");
    element.removeAttribute("tabindex");
    this.adopt(frame, element);
    this.write(frame, html);
  }

  /**
   * @param {Frame} frame
   * @param {string} html
   */
  write(frame, html) {
    const { isArriving } = frame;
    pageIn(frame.element)?.postMessage({ html, isArriving }, "*");
  }

  /**
   * @param {Frame} frame
   * @param {HTMLIFrameElement} element
   */
  adopt(frame, element) {
    element.className = "wb-frame";
    element.setAttribute("title", frame.page.title || "The app's page");
    frame.element = element;
  }

  /** Have an empty frame ready for the page after the shown one. */
  prepare() {
    if (this.spare || this.next || !this.shown || !this.stage.isConnected) return;
    const element = this.enclose(EMPTY);
    element.className = "wb-spare";
    element.setAttribute("aria-hidden", "true");
    element.setAttribute("tabindex", "-1");
    this.spare = { element, isReady: false, policy: this.listener.policy() };
  }

  removeSpare() {
    clearTimeout(this.prepareTimer);
    this.spare?.element.remove();
    this.spare = null;
  }

  /**
   * Free a new page from an old one that does not answer: it is being replaced anyway.
   *
   * @param {Frame} frame
   */
  replaceHanging(frame) {
    frame.element.remove();
    this.end(false);
    frame.again?.();
  }

  /** Place a page anew that could not begin. */
  beginAgain() {
    const waiting = this.next ?? this.shown;
    if (!waiting || waiting.port || waiting.token === null) return;
    this.removeSpare();
    waiting.element.remove();
    if (waiting === this.shown) this.shown = null;
    this.next = waiting;
    waiting.again?.();
  }

  /**
   * @param {Frame} frame
   * @param {string} html
   */
  placeAgain(frame, html) {
    setTimeout(() => {
      if (frame !== this.next || frame.port) return;
      frame.loads = 0;
      this.place(frame, html);
      clearTimeout(frame.timer);
      frame.timer = setTimeout(() => this.swap(frame), SWAP_AFTER_MS);
    }, PROCESS_ENDS_MS);
  }

  /**
   * Take the shown page away; the reader is told where none comes in its place.
   *
   * @param {boolean} isTold
   */
  end(isTold) {
    const { shown } = this;
    this.removeSpare();
    if (!shown) return;
    this.remove(shown);
    this.shown = null;
    if (isTold) this.listener.ended(shown);
  }

  /**
   * The first load is the page's; a second means that it wanted to go somewhere itself.
   *
   * @param {Frame} frame
   */
  loaded(frame) {
    if (frame.beginning) {
      this.write(frame, frame.beginning);
      frame.beginning = null;
      return;
    }
    frame.loads++;
    if (frame.loads > 1 || frame.isArriving) this.leave(frame);
  }

  /**
   * Hear no more of a page that went elsewhere; it is told of once.
   *
   * @param {Frame} frame
   */
  leave(frame) {
    if (frame.hasLeft) return;
    frame.hasLeft = true;
    this.cutOff(frame);
    this.swap(frame);
    this.listener.left(frame);
  }

  /** @param {MessageEvent} event */
  receive(event) {
    const frame = [this.next, this.shown].find(
      (one) => one && pageIn(one.element) === event.source,
    );
    if (event.source && frame) this.receiveHello(frame, event);
  }

  /**
   * @param {HTMLIFrameElement} element
   * @param {EnclosureNews} news
   */
  receiveNews(element, news) {
    if (this.spare?.element === element) this.spare.isReady = news === "loaded";
    const frame = [this.next, this.shown].find((one) => one?.element === element);
    if (!frame) return;
    if (news === "loaded") this.loaded(frame);
    else this.leave(frame);
  }

  /**
   * Take the port of a page that knows its token.
   *
   * @param {Frame} frame
   * @param {MessageEvent} event
   */
  receiveHello(frame, event) {
    if (!isHello(frame, event)) {
      this.forged++;
      return;
    }
    frame.port = event.ports[0];
    frame.connectedAt = performance.now();
    frame.again = null; // it holds the page's text
    frame.connect();
    listen(frame, frame.port, {
      admits: (message) =>
        message.t === "painted" || this.listener.admits(frame, message),
      take: (message) => this.take(frame, message),
    });
  }

  /**
   * @param {Frame} frame
   * @param {Record<string, unknown>} message
   */
  take(frame, message) {
    if (message.t === "painted") {
      frame.page.title = textOr(message.title).slice(0, 200);
      this.swap(frame);
    } else this.listener.message(frame, message);
  }

  /**
   * Hear a page no more.
   *
   * @param {Frame} frame
   */
  cutOff(frame) {
    frame.port?.close();
    frame.port = null;
    frame.token = null;
  }

  /**
   * Put a frame in the place of the shown one.
   *
   * @param {Frame} frame
   */
  swap(frame) {
    if (frame !== this.next) return;
    clearTimeout(frame.timer);
    const old = this.shown;
    const hadFocus = old && document.activeElement === old.element;
    this.next = null;
    this.shown = frame;
    frame.element.setAttribute("title", frame.page.title || "The app's page");
    if (old) {
      old.element.removeAttribute("data-shown");
      this.remove(old);
    }
    frame.element.setAttribute("data-shown", "");
    if (hadFocus) {
      frame.element.focus();
      pageIn(frame.element)?.focus();
      if (frame.kept.focus) this.tell(frame, { t: "focus", ...frame.kept.focus });
    }
    this.listener.shown(frame);
    clearTimeout(this.prepareTimer);
    this.prepareTimer = setTimeout(() => this.prepare(), PREPARE_AFTER_MS);
  }

  /** @param {Frame} frame */
  remove(frame) {
    clearTimeout(frame.timer);
    clearInterval(frame.watchTimer);
    frame.port?.close();
    frame.port = null;
    frame.element.remove();
    if (frame === this.next) this.next = null;
    this.listener.removed?.(frame);
  }

  /**
   * @param {Frame | null} frame
   * @param {Message<"view to page">} message
   * @param {Transferable[]} [transfer]
   */
  tell(frame, message, transfer = []) {
    try {
      frame?.port?.postMessage(message, transfer);
    } catch {
      // What cannot be cloned is the page's own loss.
    }
  }

  close() {
    allFrames().delete(this);
    window.removeEventListener("message", this.onMessage);
    for (const frame of [this.next, this.shown]) if (frame) this.remove(frame);
    this.shown = null;
    this.removeSpare();
  }
}

/** @returns {Kept} */
export function keptNothing() {
  return { scroll: null, typed: new Map(), focus: null };
}
