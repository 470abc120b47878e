// What a page asks the app for, and what its elements refer to.

import { pairsIn, textOr } from "./limits.js";
import { isMixed, relativeTo } from "./resources.js";
import { isOwn, withoutHash } from "./urls.js";

/**
 * @import { Bytes, Head, Loaded, Message, Pair } from "./messages.d.ts"
 * @import { Taker } from "./page_desk.js"
 * @import { Take } from "./requests.js"
 * @import { Tab } from "./tab.d.ts"
 * @typedef {{ kind: string, method: string, url: string, headers: Pair[],
 *   redirect?: string, credentials?: string }} Asked
 */

const MAX_ASKED = 500;
const KINDS = ["css", "script", "worker", "worker-module"];

/** @satisfies {Record<string, Taker>} */
export const REQUESTING = {
  ask(desk, message, frame) {
    const { id, method, url, headers, kind, body, redirect, credentials } = message;
    /** @type {Map<unknown, () => void>} */
    const stops = desk.stops.get(frame) ?? new Map();
    desk.stops.set(frame, stops);
    /** @type {(reply: Message<"view to page">, transfer?: Transferable[]) => void} */
    const answer = (reply, transfer) =>
      desk.view.frames.tell(frame, { ...reply, id }, transfer);
    if (!isOwn(url)) return answer({ t: "fail", detail: "outside the app" });
    if (stops.size >= MAX_ASKED) {
      return answer({ t: "fail", detail: "too many requests at once" });
    }
    const asked = {
      kind: textOr(kind, "fetch"),
      method: textOr(method, "GET"),
      url: withoutHash(url),
      headers: pairsIn(headers),
      redirect: textOr(redirect, "follow"),
      credentials: textOr(credentials, "same-origin"),
    };
    const bytes = body instanceof ArrayBuffer ? new Uint8Array(body) : null;
    const take = passOn(answer, () => stops.delete(id));
    stops.set(id, send(desk.view, asked, bytes, take));
  },

  abort(desk, { id }, frame) {
    desk.stops.get(frame)?.get(id)?.();
    desk.stops.get(frame)?.delete(id);
  },

  async css(desk, { id, text, base }, frame) {
    if (!frame.resources) return;
    const css = await frame.resources.css(textOr(text), textOr(base));
    desk.view.frames.tell(frame, { t: "css", css, id });
  },

  async resource(desk, { id, url, kind }, frame) {
    /** @type {(reply: Message<"view to page">) => void} */
    const answer = (reply) => desk.view.frames.tell(frame, { ...reply, id });
    const { resources } = frame;
    if (!isOwn(url) || !resources) {
      return answer({ t: "fail", detail: "outside the app" });
    }
    if (kind === "module") {
      const name = relativeTo(url, url);
      if (name) await resources.addModule(name);
      const importMap = resources.importMap();
      return importMap[url]
        ? answer({ t: "resource", importMap })
        : answer({ t: "fail", detail: `no module at ${url}` });
    }
    const known = KINDS.find((one) => one === kind) ?? "";
    const data = await resources.dataUrl(url, known);
    if (!data && (await resources.isLive(url))) {
      return answer({ t: "resource", isLive: true });
    }
    if (!data) return answer({ t: "fail", detail: `nothing at ${url}` });
    return answer({ t: "resource", ...partsOfDataUrl(data) });
  },
};

/**
 * Return what passes an answer on to the page, and calls `done` at its end.
 *
 * @param {(reply: Message<"view to page">, transfer?: Transferable[]) => void} answer
 * @param {() => void} done
 */
function passOn(answer, done) {
  return {
    /** @type {Take["head"]} */
    head(head, bytes, isEnd) {
      if (isEnd) done();
      const copy = bytes.slice().buffer;
      answer({ t: "head", head: plainHead(head), body: copy, isEnd }, [copy]);
    },
    /** @type {Take["piece"]} */
    piece(bytes) {
      const copy = bytes.slice().buffer;
      answer({ t: "piece", body: copy }, [copy]);
    },
    /** @type {Take["end"]} */
    end(detail) {
      done();
      answer({ t: "end", detail });
    },
    /** @type {Take["fail"]} */
    fail(detail) {
      done();
      answer({ t: "fail", detail });
    },
    gone() {
      answer({ t: "end", detail: null });
    },
  };
}

/**
 * Send a request of the page's and note it in the network log.
 *
 * @param {Tab} view
 * @param {Asked} asked
 * @param {Bytes | null} body
 * @param {Pick<Take, "head" | "piece" | "end" | "fail" | "gone">} take
 */
function send(view, { kind, ...asked }, body, take) {
  const { method, url } = asked;
  const done = view.panel.addRequest({ kind, method, url });
  let size_bytes = 0;
  return view.requests.ask({ t: "fetch", ...asked }, body, {
    ...take,
    head(head, bytes, isEnd) {
      size_bytes = bytes.byteLength;
      done(isEnd ? { head, size_bytes } : { head });
      take.head(head, bytes, isEnd);
    },
    piece(bytes) {
      size_bytes += bytes.byteLength;
      take.piece(bytes);
    },
    end(detail) {
      done({ size_bytes });
      take.end(detail);
    },
    fail(detail) {
      done({ problem: detail });
      take.fail(detail);
    },
    gone() {
      done({ problem: "The page has stopped it." });
      take.gone();
    },
  });
}

/**
 * Load a resource whole; null where that fails.
 *
 * @param {Tab} view
 * @param {string} url
 * @returns {Promise<Loaded | null>}
 */
export function loadResource(view, url) {
  const asked = { kind: "resource", method: "GET", url, headers: [] };
  return new Promise((resolve) => {
    /** @type {Head | null} */
    let found = null;
    /** @type {Bytes[]} */
    const pieces = [];
    const finish = () => resolve(found && { head: found, body: joined(pieces) });
    const stop = send(view, asked, null, {
      head(head, bytes, isEnd) {
        found = head;
        if (isMixed(head) && !isEnd) {
          stop(); // it may have no end; the page plays it by itself
          return finish();
        }
        pieces.push(bytes);
        if (isEnd) finish();
        return undefined;
      },
      piece: (bytes) => pieces.push(bytes),
      end: finish,
      fail: () => resolve(null),
      gone() {},
    });
  });
}

/** @param {Head} head */
function plainHead({ status, reason, url, headers, hops, cookie }) {
  return { status, reason, url, headers, hops, cookie };
}

/** @param {string} data */
function partsOfDataUrl(data) {
  const [type, content] = data.slice("data:".length).split(";base64,");
  const text = atob(content.split("#")[0]);
  return { type, body: Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer };
}

/** @param {Bytes[]} pieces */
function joined(pieces) {
  if (pieces.length === 1) return pieces[0];
  const size = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
