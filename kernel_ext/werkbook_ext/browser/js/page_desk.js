// What a shown page asks for through its port.

import { Budget, isTextOrNull, jsonOf, LIMITS, pairsIn, textOr } from "./limits.js";
import { relativeTo } from "./resources.js";
import { tabUrl } from "./tabs.js";
import { isJupyters, isOwn, shownAddress, withoutHash } from "./urls.js";

const MAX_SCRIPT_MOVES = 20;
const MOVES_WINDOW_MS = 10_000;
const MAX_ASKED = 500;

export class PageDesk {
  constructor(view) {
    this.view = view;
    this.stops = new Map(); // frame -> Map(id -> stop)
    this.moves = [];
  }

  receive(frame, message) {
    const kind = textOr(message.t);
    const isKnown =
      Object.hasOwn(LIMITS, kind) && Object.hasOwn(PageDesk.prototype, `on_${kind}`);
    frame.budget ??= new Budget();
    const problem = isKnown
      ? frame.budget.refusal(kind, message)
      : "a message is of no known kind";
    if (problem) this.refuse(frame, kind, problem, message);
    else this.take(frame, kind, message);
  }

  /** Do what a message asks for; one that is not what it should be does nothing. */
  async take(frame, kind, message) {
    try {
      await this[`on_${kind}`](message, frame);
    } catch (error) {
      this.refuse(
        frame,
        kind,
        `a message of kind "${kind}" is malformed (${error.message})`,
        message,
      );
    }
  }

  refuse(frame, kind, problem, { id }) {
    frame.refusals ??= new Set();
    if (!frame.refusals.has(problem) && frame.refusals.size < 50) {
      frame.refusals.add(problem);
      this.view.panel.addLine("error", `Not done: ${problem}`);
    }
    if (kind === "ask")
      this.view.frames.tell(frame, { t: "fail", detail: problem, id });
    if (!frame.budget.isSpent()) return;
    this.view.frames.cutOff(frame);
    this.forget(frame);
    this.view.notices.show("flood", `The page was cut off: ${problem}.`, {
      kind: "error",
      actions: [["Load it again", () => this.view.leave(() => this.view.reload())]],
    });
  }

  /** Stop what a frame that is gone still waits for. */
  forget(frame) {
    for (const stop of this.stops.get(frame)?.values() || []) stop();
    this.stops.delete(frame);
  }

  isShown(frame) {
    return frame === this.view.frames.shown && frame.port !== null;
  }

  /** Tell whether a page may still move: one that the reader leaves may not. */
  isStaying(frame) {
    return !frame.isLeft && this.isShown(frame);
  }

  // --- navigation

  on_go({ method, url, headers, body, isReplacing, isElsewhere, asDownload }, frame) {
    if (typeof url !== "string" || frame.isLeft) return;
    if (!this.isShown(frame) && frame !== this.view.frames.next) return;
    if (!this.mayMove()) return;
    if (isElsewhere && isOwn(url)) {
      this.view.panel.addLine("info", `Opened in this view: ${shownAddress(url)}`);
    }
    this.view.navigate({
      method: method === "POST" ? "POST" : "GET",
      url,
      headers: pairsIn(headers),
      body: body instanceof ArrayBuffer ? new Uint8Array(body) : null,
      how: isReplacing ? "replace" : "visit",
      asDownload: asDownload === true ? true : textOr(asDownload) || null,
    });
    if (isElsewhere && isOwn(url)) {
      this.view.notices.show(
        "elsewhere",
        "This link asks for a new tab; it opens in this view.",
      );
    }
  }

  /** The reader has acted: what the page did by itself before counts no more. */
  forgive() {
    this.moves = [];
    this.view.notices.hide("loop");
  }

  /** A page that sends itself on and on is stopped. */
  mayMove() {
    const now = performance.now();
    this.moves = this.moves.filter((time) => now - time < MOVES_WINDOW_MS);
    this.moves.push(now);
    if (this.moves.length <= MAX_SCRIPT_MOVES) return true;
    this.view.notices.show(
      "loop",
      "The page keeps going to other addresses by itself, and was stopped.",
      {
        kind: "error",
        actions: [
          [
            "Load it again",
            () => {
              this.view.leave(() => this.view.reload());
            },
          ],
        ],
      },
    );
    return false;
  }

  on_push({ url, state }, frame) {
    if (!this.isStaying(frame) || !isOwn(url) || !this.view.history.current) return;
    this.view.history.push(url, state);
    this.moved(url, frame);
  }

  on_replace({ url, state }, frame) {
    if (!isOwn(url) || !this.view.history.current || frame.isLeft) return;
    if (this.isShown(frame) || frame === this.view.frames.next) {
      this.view.history.replace(url, state);
      this.moved(url, frame);
    }
  }

  moved(url, frame) {
    const isSame = withoutHash(frame.url) === withoutHash(url);
    frame.url = url;
    this.view.toolbar.showAddress(shownAddress(url));
    this.view.toolbar.update(this.view.history);
    if (!isSame) this.view.outbox.moved(withoutHash(url));
  }

  on_traverse({ delta }, frame) {
    if (this.isStaying(frame) && Number.isInteger(delta) && this.mayMove())
      this.view.traverse(delta);
  }

  on_reload(_, frame) {
    if (this.isStaying(frame) && this.mayMove()) this.view.reload();
  }

  // --- requests

  on_ask(message, frame) {
    const { id, method, url, headers, kind } = message;
    const stops = this.stops.get(frame) ?? new Map();
    this.stops.set(frame, stops);
    const answer = (reply, transfer) =>
      this.view.frames.tell(frame, { ...reply, id }, transfer);
    if (!isOwn(url) || stops.size >= MAX_ASKED) {
      answer({
        t: "fail",
        detail: isOwn(url) ? "too many requests at once" : "outside the app",
      });
      return;
    }
    const body =
      message.body instanceof ArrayBuffer ? new Uint8Array(message.body) : null;
    const request = {
      kind: textOr(kind, "fetch"),
      method: textOr(method, "GET"),
      url: withoutHash(url),
      headers: pairsIn(headers),
    };
    const stop = this.send(request, body, {
      head(head, bytes, isEnd) {
        if (isEnd) stops.delete(id);
        const copy = bytes.slice().buffer;
        answer({ t: "head", head: plainHead(head), body: copy, isEnd }, [copy]);
      },
      piece(bytes) {
        const copy = bytes.slice().buffer;
        answer({ t: "piece", body: copy }, [copy]);
      },
      end(detail) {
        stops.delete(id);
        answer({ t: "end", detail });
      },
      fail(detail) {
        stops.delete(id);
        answer({ t: "fail", detail });
      },
    });
    stops.set(id, stop);
  }

  on_abort({ id }, frame) {
    this.stops.get(frame)?.get(id)?.();
    this.stops.get(frame)?.delete(id);
  }

  /** Send a request of the page's and note it in the network log. */
  send({ kind, method, url, headers }, body, take) {
    const done = this.view.panel.addRequest({ kind, method, url });
    return this.view.requests.ask({ t: "fetch", method, url, headers }, body, {
      head(head, bytes, isEnd) {
        done({ head });
        take.head(head, bytes, isEnd);
      },
      piece: (bytes) => take.piece(bytes),
      end: (detail) => take.end(detail),
      fail(detail) {
        done({ problem: detail });
        take.fail(detail);
      },
    });
  }

  /** Load a resource whole; null where that fails. */
  loadResource(url) {
    return new Promise((resolve) => {
      let found = null;
      const pieces = [];
      const finish = () => resolve(found && { ...found, body: joined(pieces) });
      this.send({ kind: "resource", method: "GET", url, headers: [] }, null, {
        head(head, bytes, isEnd) {
          found = { head };
          pieces.push(bytes);
          if (isEnd) finish();
        },
        piece: (bytes) => pieces.push(bytes),
        end: finish,
        fail: () => resolve(null),
      });
    });
  }

  /** Put what a script's style refers to inside of it. */
  async on_css({ id, text, base }, frame) {
    if (!frame.resources) return;
    const css = await frame.resources.css(textOr(text), textOr(base));
    this.view.frames.tell(frame, { t: "css", css, id });
  }

  async on_resource({ id, url, kind }, frame) {
    const answer = (reply) => this.view.frames.tell(frame, { ...reply, id });
    if (!isOwn(url) || !frame.resources)
      return answer({ t: "fail", detail: "outside the app" });
    if (kind === "module") {
      await frame.resources.addModule(relativeTo(url, url));
      const importMap = frame.resources.importMap();
      return importMap[url]
        ? answer({ t: "resource", importMap })
        : answer({ t: "fail", detail: `no module at ${url}` });
    }
    const data = await frame.resources.dataUrl(
      url,
      kind === "css" || kind === "script" ? kind : "",
    );
    if (!data) return answer({ t: "fail", detail: `nothing at ${url}` });
    const [type, content] = data.slice(5).split(";base64,");
    const body = Uint8Array.from(atob(content.split("#")[0]), (c) =>
      c.charCodeAt(0),
    ).buffer;
    return answer({ t: "resource", type, body });
  }

  // --- what the page keeps

  on_cookie({ text, url }) {
    this.view.outbox.cookie(textOr(text).slice(0, 5000), textOr(url));
  }

  on_store({ area, changes }) {
    const made = pairsIn(changes, isTextOrNull);
    const values = area === "session" ? this.view.session : this.view.local;
    for (const [name, value] of made) {
      if (name === null) values.clear();
      else if (value === null) values.delete(name);
      else values.set(name, value);
    }
    this.view.outbox.store(area === "session" ? "session" : "local", made);
  }

  on_scroll({ x, y }, frame) {
    frame.kept.scroll = { x: Number(x) || 0, y: Number(y) || 0 };
    if (this.isShown(frame) && this.view.frames.next?.isRefresh) {
      this.view.frames.next.kept.scroll = frame.kept.scroll;
    }
  }

  on_typed({ name, content }, frame) {
    const { next } = this.view.frames;
    const targets = this.isShown(frame) && next?.isRefresh ? [frame, next] : [frame];
    const typed = content === null ? null : jsonOf(content);
    for (const target of targets) {
      if (typed === null) target.kept.typed.delete(textOr(name));
      else if (target.kept.typed.size < 500) target.kept.typed.set(textOr(name), typed);
    }
    if (targets.length > 1 && typed !== null)
      this.view.frames.tell(next, { t: "typed", name, content: typed });
  }

  on_focus({ name, selection }, frame) {
    frame.kept.focus = { name: textOr(name), selection: jsonOf(selection) };
    if (this.isShown(frame) && this.view.frames.next?.isRefresh) {
      this.view.frames.next.kept.focus = frame.kept.focus;
    }
  }

  // --- what the page says

  on_log({ lines, dropped }) {
    if (!Array.isArray(lines)) return;
    for (const line of lines.slice(0, 300)) {
      this.view.panel.addLine(
        textOr(line?.level, "log"),
        textOr(line?.text).slice(0, 4000),
      );
    }
    if (Number(dropped) > 0)
      this.view.panel.addLine("warn", `${Number(dropped)} more messages were left out`);
  }

  on_blocked({ url, directive }) {
    const address = textOr(url).slice(0, 300);
    this.view.panel.addLine(
      "error",
      `Not loaded (${textOr(directive).slice(0, 100)}): ${address}`,
    );
    const place =
      /^https?:/.test(address) && URL.canParse(address) ? new URL(address) : null;
    if (!place) return;
    if (isJupyters(place)) {
      this.view.notices.show(
        "blocked",
        `The page asks Jupyter's own server (${place.origin}), which no page may.`,
      );
      return;
    }
    this.view.notices.show(
      "blocked",
      `The page loads from ${place.origin}, which is outside the app. ` +
        `To let it: %browse --allow ${place.origin}`,
    );
  }

  on_download({ name, bytes }) {
    if (bytes instanceof ArrayBuffer) {
      this.view.say.file(
        textOr(name).split(/[\\/]/).pop() || "download",
        new Uint8Array(bytes),
      );
    }
  }

  /** Open the app in a tab of its own, where there is a way to it. */
  async openTab(server) {
    const found = await tabUrl(server, this.view.currentUrl);
    if (found.url) {
      const text = "The app in a tab of its own:";
      this.view.notices.show("tab", text, { link: found.url });
    } else this.view.notices.show("tab", found.why);
  }
}

function plainHead({ status, reason, url, headers, hops, cookie }) {
  return { status, reason, url, headers, hops, cookie };
}

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
