// What a page says on its WebSockets.

import { FrameLog } from "./frame_log.js";
import { textOr } from "./limits.js";
import { broken, MAX_UNTAKEN } from "./open_sockets.js";
import { isOwn, withoutHash } from "./urls.js";

/**
 * @import { Head, Message, SocketData } from "./messages.d.ts"
 * @import { Ending, SocketTake } from "./open_sockets.js"
 * @import { PageDesk, Taker } from "./page_desk.js"
 * @import { Frame, Tab } from "./tab.d.ts"
 * @typedef {object} PageSocket One of a page's, as the view knows it.
 * @property {string} id By which the kernel knows it.
 * @property {FrameLog} frames
 * @property {(ending: Ending) => void} closed
 */

const MAX_SOCKETS = 32;
/** @type {WeakMap<Frame, Map<unknown, PageSocket>>} By the page's own ids. */
const socketsOf = new WeakMap();

/** @satisfies {Record<string, Taker>} */
export const SOCKETS = {
  /** @type {Taker} */
  socket(desk, { id, url, protocols }, frame) {
    const sockets = socketsOf.get(frame) ?? new Map();
    socketsOf.set(frame, sockets);
    if (sockets.has(id)) return;
    /** @type {(ending: Ending) => void} */
    const refuse = (ending) =>
      desk.view.frames.tell(frame, { t: "closed", ...plain(ending), id });
    if (!isOwn(url)) return refuse(broken("outside the app"));
    if (sockets.size >= MAX_SOCKETS) {
      return refuse(broken("too many WebSockets at once"));
    }
    open(desk, frame, id, { url: withoutHash(url), protocols: textsIn(protocols) });
  },

  /** @type {Taker} */
  frames(desk, { id, frames }, frame) {
    const socket = socketsOf.get(frame)?.get(id);
    const messages = /** @type {SocketData[]} */ (
      Array.isArray(frames) ? frames.filter(isData) : []
    );
    if (!socket || !messages.length) return;
    for (const data of messages) socket.frames.add({ isSent: true, data });
    if (desk.view.sockets.send(socket.id, messages)) return;
    const problem = `a message is too long, or over ${MAX_UNTAKEN} wait for the app`;
    breakSocket(desk, frame, id, problem);
  },

  /** @type {Taker} */
  shut(desk, { id, code, reason }, frame) {
    const socket = socketsOf.get(frame)?.get(id);
    if (!socket) return;
    const given = Number.isInteger(code) ? code : undefined;
    desk.view.sockets.shut(socket.id, given, textOr(reason));
  },
};

/**
 * Break a socket off whose page says too much: what it says would be lost.
 *
 * @param {PageDesk} desk
 * @param {Frame} frame
 * @param {unknown} id
 * @param {string} problem
 */
export function breakSocket(desk, frame, id, problem) {
  const socket = socketsOf.get(frame)?.get(id);
  if (!socket) {
    desk.view.frames.tell(frame, { t: "closed", ...plain(broken(problem)), id });
    return;
  }
  desk.view.sockets.stop(socket.id);
  socket.closed(broken(problem));
}

/**
 * Open a socket of a page's and note it in the network log.
 *
 * @param {PageDesk} desk
 * @param {Frame} frame
 * @param {unknown} id
 * @param {{ url: string, protocols: string[] }} asked
 */
function open(desk, frame, id, { url, protocols }) {
  const { view } = desk;
  const sockets = socketsOf.get(frame);
  /** @type {Map<unknown, () => void>} */
  const stops = desk.stops.get(frame) ?? new Map();
  desk.stops.set(frame, stops);
  const frames = new FrameLog();
  const logged = { kind: "websocket", method: "GET", url, frames };
  const done = view.panel.addRequest(logged);
  const began = performance.now();
  /** @type {(reply: Message<"view to page">, transfer?: Transferable[]) => void} */
  const answer = (reply, transfer) =>
    view.frames.tell(frame, { ...reply, id }, transfer);
  /** @type {SocketTake} */
  const take = {
    accepted(protocol, cookie) {
      done({ head: switched(url, protocol, cookie, performance.now() - began) });
      answer({ t: "accepted", protocol, cookie });
    },
    frames(messages) {
      for (const data of messages) frames.add({ isSent: false, data });
      const transfer = messages.filter((one) => one instanceof ArrayBuffer);
      answer({ t: "frames", frames: messages }, transfer);
    },
    taken: (count) => answer({ t: "taken", count }),
    closed(ending) {
      stops.delete(id);
      sockets?.delete(id);
      frames.end(ending);
      done(ending.detail ? { problem: ending.detail } : {});
      if (ending.detail) view.panel.addLine("error", failure(url, ending.detail));
      answer({ t: "closed", ...plain(ending) });
    },
  };
  const kernelId = view.sockets.begin(url, protocols, take);
  if (!view.sockets.open.has(kernelId)) return;
  sockets?.set(id, { id: kernelId, frames, closed: take.closed });
  stops.set(id, () => {
    view.sockets.stop(kernelId);
    sockets?.delete(id);
    frames.end({ code: 1001, reason: "", isClean: true });
    done({});
  });
}

/**
 * @param {string} url
 * @param {string} detail
 */
const failure = (url, detail) =>
  `WebSocket connection to '${url.replace("http", "ws")}' failed: ${detail}`;

/** @param {Ending} ending */
const plain = ({ code, reason, isClean }) => ({ code, reason, isClean });

/**
 * Return the head of the answer, as the network log shows it.
 *
 * @param {string} url
 * @param {string} protocol
 * @param {string} cookie
 * @param {number} took_ms
 * @returns {Head}
 */
function switched(url, protocol, cookie, took_ms) {
  return {
    status: 101,
    reason: "Switching Protocols",
    url,
    method: "GET",
    headers: protocol ? [["Sec-WebSocket-Protocol", protocol]] : [],
    hops: [],
    cookie,
    took_ms,
  };
}

/** @param {unknown} value */
const isData = (value) => typeof value === "string" || value instanceof ArrayBuffer;

/** @param {unknown} value */
const textsIn = (value) =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
