// Requests of a view over the widget's comm: their answers, whole or piece by piece.

import { bytesOf } from "../../widgets/js/bytes.js";
import { refill, spend } from "./limits.js";

/**
 * @import { Buffer, Bytes, Head, Kind, Message } from "./messages.d.ts"
 * @typedef {(message: Message<"view to kernel">, buffers: Bytes[]) => void} Send
 * @typedef {object} Take What hears the answer to a request.
 * @property {(head: Head, body: Bytes, isEnd: boolean) => void} head
 * @property {(bytes: Bytes) => void} piece
 * @property {(detail: string | null) => void} end
 * @property {(message: any, buffers: Buffer[]) => void} page
 * @property {(message: any) => void} answer
 * @property {(detail: string) => void} fail
 * @property {() => void} gone Called when a stopped request is under way no more.
 * @typedef {object} Request
 * @property {string} id
 * @property {Message<"view to kernel">} message
 * @property {Bytes | null} body
 * @property {Take} take
 * @property {boolean} isStarted
 * @property {boolean} isStreaming
 * @property {boolean} [isAborted]
 * @property {ReturnType<typeof setTimeout>} [timer]
 */

const PART_BYTES = 4 * 1024 * 1024; // more than 10 MiB ends Jupyter's websocket
const MAX_AT_ONCE = 12;
// Whoever types in a search that asks at each key stops fewer requests than these. Those
// above them keep their places for a while.
const STOPPED_PER_SECOND = 10;
const STOPPED_AT_ONCE = 30;
const HELD_MS = 500;
// JupyterLite drops what waits behind a cell that fails: ask again until it is heard.
const AGAIN_MS = 4000;
const MAX_AGAIN = 15;

/**
 * @typedef {Extract<
 *   Kind<"kernel to view">, "head" | "piece" | "end" | "failed" | "page" | "card"
 * >} AnswerKind
 * @typedef {(
 *   requests: Requests, request: Request, message: any, buffers: Buffer[]
 * ) => void} AnswerTaker
 */

/**
 * What is done with each kind of answer.
 *
 * @type {Record<AnswerKind, AnswerTaker>}
 */
export const ANSWERS = {
  head(requests, request, message, buffers) {
    const isEnd = !!message.end;
    if (isEnd) requests.finish(request.id);
    else requests.release(request);
    request.take.head(message, bytesOf(buffers?.[0]), isEnd);
  },

  piece(_, request, __, buffers) {
    request.take.piece(bytesOf(buffers[0]));
  },

  end(requests, request, message) {
    requests.finish(request.id);
    request.take.end(message.detail);
  },

  failed(requests, request, message) {
    requests.finish(request.id);
    request.take.fail(message.detail);
  },

  page(requests, request, message, buffers) {
    requests.finish(request.id);
    if (request.isAborted && message.stream) {
      requests.tryToSend({ t: "abort", id: message.stream });
    }
    request.take.page(message, buffers);
  },

  card(requests, request, message) {
    requests.finish(request.id);
    request.take.answer(message);
  },
};

/** @type {Take} */
const NOTHING = {
  head() {},
  piece() {},
  end() {},
  page() {},
  answer() {},
  fail() {},
  gone() {},
};

/**
 * `send(message, buffers)` sends to the kernel; throws where there is none.
 *
 * A request that is stopped keeps its place until the kernel has answered it: a page
 * that asks and stops without end asks no faster than the kernel works, and after many
 * that it stopped no faster than a reader could want. `later(act, delay_ms)` is for tests.
 */
export class Requests {
  /**
   * @param {Send} send
   * @param {(act: () => void, delay_ms: number) => unknown} [later]
   */
  constructor(send, later = (act, delay_ms) => setTimeout(act, delay_ms)) {
    this.sendMessage = send;
    this.later = later;
    this.stopped = { left: STOPPED_AT_ONCE, at: performance.now() };
    /** @type {Map<string, Request>} */
    this.running = new Map();
    /** @type {Map<string, Request>} */
    this.waiting = new Map();
    this.atOnce = 0;
    this.count = 0;
  }

  /**
   * Ask the kernel. `take` has head(head, body, isEnd), piece(bytes), end(detail) for
   * what is fetched, page(message, buffers) for a navigation, else answer(message), and
   * fail(detail); returns a function that stops it, after which only gone() is called.
   *
   * @param {Message<"view to kernel">} message
   * @param {Bytes | null} body
   * @param {Partial<Take>} take
   */
  ask(message, body, take) {
    const id = String(++this.count);
    const request = {
      id,
      message,
      body,
      take: { ...NOTHING, ...take },
      isStarted: false,
      isStreaming: false,
    };
    this.running.set(id, request);
    if (message.t === "go")
      this.start(request); // never behind what a page asks for
    else this.waiting.set(id, request);
    this.startNext();
    return () => this.abort(id);
  }

  startNext() {
    for (const [id, request] of this.waiting) {
      if (this.atOnce >= MAX_AT_ONCE) return;
      this.waiting.delete(id);
      this.start(request);
    }
  }

  /** @param {Request} request */
  start(request) {
    request.isStarted = true;
    this.atOnce++;
    try {
      this.sendRequest(request);
      this.askAgainLater(request, MAX_AGAIN);
    } catch (error) {
      this.finish(request.id);
      request.take.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Send a request again when nothing is heard of it; the kernel ignores repeats.
   *
   * @param {Request} request
   * @param {number} left
   */
  askAgainLater(request, left) {
    if (!left || (request.body?.byteLength ?? 0) > PART_BYTES) return;
    request.timer = setTimeout(() => {
      if (this.running.get(request.id) !== request) return;
      const body = request.body ? [request.body] : [];
      this.tryToSend({ ...request.message, id: request.id }, body);
      this.askAgainLater(request, left - 1);
    }, AGAIN_MS);
  }

  /** @param {Request} request */
  sendRequest({ id, message, body }) {
    if (!body || body.byteLength <= PART_BYTES) {
      this.sendMessage({ ...message, id }, body ? [body] : []);
      return;
    }
    for (let at = 0; at < body.byteLength; at += PART_BYTES) {
      this.sendMessage({ t: "part", id }, [body.slice(at, at + PART_BYTES)]);
    }
    this.sendMessage({ ...message, id }, []);
  }

  /**
   * Take a message of the kernel; returns whether it was one of a request's.
   *
   * @param {Message<"kernel to view">} message
   * @param {Buffer[]} buffers
   */
  receive(message, buffers) {
    const request = this.running.get(message.id);
    const kind = /** @type {keyof typeof ANSWERS} */ (message.t);
    if (!request || !Object.hasOwn(ANSWERS, kind)) return false;
    clearTimeout(request.timer);
    ANSWERS[kind](this, request, message, buffers);
    return true;
  }

  /**
   * Let another request start while this one's body still comes.
   *
   * @param {Request} request
   */
  release(request) {
    if (hasPlace(request)) {
      request.isStreaming = true;
      this.atOnce--;
      this.startNext();
    }
  }

  /** @param {string} id */
  finish(id) {
    const request = this.running.get(id);
    if (!request) return;
    clearTimeout(request.timer);
    this.running.delete(id);
    this.waiting.delete(id);
    const isHeld = request.isAborted && request.isStarted && this.isStoppingMany();
    if (isHeld) this.later(() => this.leave(request), HELD_MS);
    else this.leave(request);
  }

  isStoppingMany() {
    refill(this.stopped, STOPPED_PER_SECOND, STOPPED_AT_ONCE, performance.now());
    return !spend(this.stopped);
  }

  /**
   * Give the place of a request to another.
   *
   * @param {Request} request
   */
  leave(request) {
    if (hasPlace(request)) this.atOnce--;
    if (request.isAborted) request.take.gone();
    this.startNext();
  }

  /** @param {string} id */
  abort(id) {
    const request = this.running.get(id);
    if (!request || request.isAborted) return;
    request.isAborted = true;
    request.take = { ...NOTHING, gone: request.take.gone };
    if (!request.isStarted) {
      this.finish(id);
      return;
    }
    clearTimeout(request.timer);
    this.tryToSend({ t: "abort", id });
  }

  /**
   * The kernel that was asked is gone: nothing is answered any more.
   *
   * @param {string} detail
   */
  failAll(detail) {
    const failed = [...this.running.values()];
    const held = this.atOnce - failed.filter(hasPlace).length;
    this.running.clear();
    this.waiting.clear();
    this.atOnce = held; // the places of those that have left them in a moment
    for (const { take, timer, isAborted } of failed) {
      clearTimeout(timer);
      if (isAborted) take.gone();
      else take.fail(detail);
    }
  }

  abortAll() {
    for (const id of [...this.running.keys()]) this.abort(id);
  }

  /**
   * @param {Message<"view to kernel">} message
   * @param {Bytes[]} [buffers]
   */
  tryToSend(message, buffers = []) {
    try {
      this.sendMessage(message, buffers);
    } catch {
      // The kernel is gone; the view says so elsewhere.
    }
  }
}

/** @param {Request} request */
function hasPlace({ isStarted, isStreaming }) {
  return isStarted && !isStreaming;
}
