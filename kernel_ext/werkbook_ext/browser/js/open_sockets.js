// The WebSockets of a view's pages, on their way to the kernel.

import { bytesOf } from "../../widgets/js/bytes.js";

/**
 * @import { Buffer, Bytes, Message, SocketData } from "./messages.d.ts"
 * @import { Requests } from "./requests.js"
 * @typedef {object} Ending
 * @property {number} code
 * @property {string} reason
 * @property {boolean} isClean
 * @property {string} [detail] Why it was never open, or broke off.
 * @typedef {object} SocketTake What hears of a socket.
 * @property {(protocol: string, cookie: string) => void} accepted
 * @property {(frames: SocketData[]) => void} frames
 * @property {(count: number) => void} taken
 * @property {(ending: Ending) => void} closed
 * @typedef {{ take: SocketTake, count: number, bytes: number, waiting: number }} Open
 */

// The kernel goes on when it hears of what has come: not of each message.
const SEEN_COUNT = 100;
const SEEN_BYTES = 1_000_000;
/** More than this may not be on the way to the app: a page's own class holds it back. */
export const MAX_UNTAKEN = 1000;
const MAX_SENT_BYTES = 9_000_000; // more than 10 MiB ends Jupyter's websocket

const CODER = new TextEncoder();
const DECODER = new TextDecoder();

export class OpenSockets {
  /** @param {Requests} requests Sends to the kernel. */
  constructor(requests) {
    this.requests = requests;
    /** @type {Map<string, Open>} */
    this.open = new Map();
    this.count = 0;
  }

  /**
   * Open one; returns its id.
   *
   * @param {string} url
   * @param {string[]} protocols
   * @param {SocketTake} take
   */
  begin(url, protocols, take) {
    const id = `ws${++this.count}`;
    this.open.set(id, { take, count: 0, bytes: 0, waiting: 0 });
    try {
      this.requests.sendMessage({ t: "socket", id, url, protocols }, []);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.end(id, broken(detail));
    }
    return id;
  }

  /**
   * Send messages; returns false where they are too much, or too many wait already.
   *
   * @param {string} id
   * @param {SocketData[]} frames
   */
  send(id, frames) {
    const socket = this.open.get(id);
    if (!socket) return true;
    socket.waiting += frames.length;
    if (socket.waiting > MAX_UNTAKEN) return false;
    const kinds = frames.map((one) => (typeof one === "string" ? "text" : "binary"));
    const pieces = frames.map(bytesIn);
    const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    if (bytes > MAX_SENT_BYTES) return false;
    this.requests.tryToSend({ t: "frames", id, kinds }, pieces);
    return true;
  }

  /**
   * @param {string} id
   * @param {number} [code]
   * @param {string} [reason]
   */
  shut(id, code, reason) {
    if (!this.open.has(id)) return;
    this.requests.tryToSend({
      t: "shut",
      id,
      code: code ?? null,
      reason: reason ?? "",
    });
  }

  /**
   * Want no more of it, as its page has gone.
   *
   * @param {string} id
   */
  stop(id) {
    if (this.open.delete(id)) this.requests.tryToSend({ t: "abort", id });
  }

  /**
   * @param {string} id
   * @param {Ending} ending
   */
  end(id, ending) {
    const socket = this.open.get(id);
    this.open.delete(id);
    socket?.take.closed(ending);
  }

  /** @param {string} detail */
  failAll(detail) {
    for (const id of [...this.open.keys()]) this.end(id, broken(detail));
  }

  /**
   * Tell the kernel what has come, once it is much.
   *
   * @param {string} id
   * @param {Open} socket
   * @param {Bytes[]} pieces
   */
  note(id, socket, pieces) {
    socket.count += pieces.length;
    socket.bytes += pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    if (socket.count < SEEN_COUNT && socket.bytes < SEEN_BYTES) return;
    const { count, bytes } = socket;
    this.requests.tryToSend({ t: "seen", id, count, bytes });
    socket.count = socket.bytes = 0;
  }
}

/**
 * @typedef {(
 *   view: { sockets: OpenSockets }, message: any, buffers: Buffer[]
 * ) => void} SocketTaker
 */

/**
 * What is done for what the kernel says of a WebSocket.
 *
 * @satisfies {Record<string, SocketTaker>}
 */
export const SOCKET_TAKERS = {
  /** @type {SocketTaker} */
  accepted({ sockets }, { id, protocol, cookie }) {
    sockets.open.get(id)?.take.accepted(protocol, cookie);
  },

  /** @type {SocketTaker} */
  frames({ sockets }, { id, kinds }, buffers) {
    const socket = sockets.open.get(id);
    if (!socket) return;
    const pieces = buffers.map(bytesOf);
    sockets.note(id, socket, pieces);
    socket.take.frames(
      pieces.map((piece, place) =>
        kinds[place] === "text" ? DECODER.decode(piece) : piece.slice().buffer,
      ),
    );
  },

  /** @type {SocketTaker} */
  taken({ sockets }, { id, count }) {
    const socket = sockets.open.get(id);
    if (!socket) return;
    socket.waiting -= count;
    socket.take.taken(count);
  },

  /** @type {SocketTaker} */
  closed({ sockets }, { id, code, reason, is_clean, detail }) {
    sockets.end(id, { code, reason, isClean: is_clean, detail });
  },
};

/**
 * Return the ending of a connection that nobody closed.
 *
 * @param {string} detail
 * @returns {Ending}
 */
export function broken(detail) {
  return { code: 1006, reason: "", isClean: false, detail };
}

/** @param {SocketData} frame */
const bytesIn = (frame) =>
  typeof frame === "string" ? CODER.encode(frame) : new Uint8Array(frame);
