// Requests of a view over the widget's comm: their answers, whole or piece by piece.

const PART_BYTES = 4 * 1024 * 1024; // more than 10 MiB ends Jupyter's websocket
const MAX_AT_ONCE = 12;

export const bytesOf = (buffer) =>
  buffer instanceof Uint8Array
    ? buffer
    : new Uint8Array(
        buffer.buffer ?? buffer,
        buffer.byteOffset ?? 0,
        buffer.byteLength,
      );

const NOTHING = { head() {}, piece() {}, end() {}, page() {}, answer() {}, fail() {} };

/**
 * `send(message, buffers)` sends to the kernel; throws where there is none.
 *
 * A request that is stopped keeps its place until the kernel has answered it: a page
 * that asks and stops without end asks no faster than the kernel works.
 */
export class Requests {
  constructor(send) {
    this.sendMessage = send;
    this.running = new Map();
    this.waiting = new Map();
    this.atOnce = 0;
    this.count = 0;
  }

  /**
   * Ask the kernel. `take` has head(head, body, isEnd), piece(bytes), end(detail) for
   * what is fetched, page(message, buffers) for a navigation, else answer(message), and
   * fail(detail); returns a function that stops it.
   */
  ask(message, body, take) {
    const id = String(++this.count);
    const request = { id, message, body, take, isStarted: false, isStreaming: false };
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

  start(request) {
    request.isStarted = true;
    this.atOnce++;
    try {
      this.sendRequest(request);
    } catch (error) {
      this.finish(request.id);
      request.take.fail(String(error.message || error));
    }
  }

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

  /** Take a message of the kernel; returns whether it was one of a request's. */
  receive(message, buffers) {
    const request = this.running.get(message.id);
    if (!request) return false;
    const { take } = request;
    if (message.t === "head") {
      const body = buffers?.[0] ? bytesOf(buffers[0]) : new Uint8Array();
      if (message.end) this.finish(request.id);
      else this.release(request);
      take.head(message, body, !!message.end);
    } else if (message.t === "piece") {
      take.piece(bytesOf(buffers[0]));
    } else if (message.t === "end") {
      this.finish(request.id);
      take.end(message.detail);
    } else if (message.t === "failed") {
      this.finish(request.id);
      take.fail(message.detail);
    } else if (message.t === "page") {
      this.finish(request.id);
      if (request.isAborted && message.stream)
        this.tryToSend({ t: "abort", id: message.stream });
      take.page(message, buffers);
    } else if (message.t === request.message.t) {
      this.finish(request.id);
      take.answer(message);
    } else return false;
    return true;
  }

  /** Let another request start while this one's body still comes. */
  release(request) {
    if (request.isStarted && !request.isStreaming) {
      request.isStreaming = true;
      this.atOnce--;
      this.startNext();
    }
  }

  finish(id) {
    const request = this.running.get(id);
    if (!request) return;
    this.running.delete(id);
    this.waiting.delete(id);
    if (request.isStarted && !request.isStreaming) this.atOnce--;
    this.startNext();
  }

  abort(id) {
    const request = this.running.get(id);
    if (!request || request.isAborted) return;
    if (!request.isStarted) {
      this.finish(id);
      return;
    }
    request.isAborted = true;
    request.take = NOTHING;
    this.tryToSend({ t: "abort", id });
  }

  /** The kernel that was asked is gone: nothing is answered any more. */
  failAll(detail) {
    const failed = [...this.running.values()];
    this.running.clear();
    this.waiting.clear();
    this.atOnce = 0;
    for (const { take } of failed) take.fail(detail);
  }

  abortAll() {
    for (const id of [...this.running.keys()]) this.abort(id);
  }

  tryToSend(message) {
    try {
      this.sendMessage(message, []);
    } catch {
      // The kernel is gone; the view says so elsewhere.
    }
  }
}
