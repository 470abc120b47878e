// One tab: history, the page shown, and what comes between page and kernel.

import { make } from "../../widgets/js/dom.js";
import { Arrivals, beginDocument } from "./arrivals.js";
import { fileNameOf } from "./downloads.js";
import { Frames, keptNothing, newToken } from "./frames.js";
import { History } from "./history.js";
import { jsonOf } from "./limits.js";
import { LogCard } from "./log_card.js";
import { NetworkLog } from "./network_log.js";
import { Notices } from "./notices.js";
import { Outbox } from "./outbox.js";
import { PageDesk } from "./page_desk.js";
import { Panel } from "./panel.js";
import { bytesOf, Requests } from "./requests.js";
import { Resources } from "./resources.js";
import { Tellings } from "./tellings.js";
import { Toolbar } from "./toolbar.js";
import { isOwn, resolve, shownAddress, typedAddress, withoutHash } from "./urls.js";

const BUSY_AFTER_MS = 1500;
const shownFirst = new Set(); // serial numbers of first pages that a view took

export class BrowserView {
  constructor(model, element, bridge) {
    this.model = model;
    this.bridgeText = bridge;
    this.id = newToken().slice(0, 16);
    this.history = new History();
    this.local = new Map();
    this.session = new Map();
    this.navigation = 0;
    this.shownCount = 0;
    this.outbox = new Outbox((message) => this.tell(message));
    this.requests = new Requests((message, buffers) => {
      this.outbox.flush();
      model.send({ ...message, view: this.id }, undefined, buffers);
    });
    this.notices = new Notices();
    this.say = new Tellings(this);
    this.logCard = new LogCard(model.widget_manager, (number) => this.askCard(number));
    this.panel = new Panel(
      new NetworkLog((number, place) => this.logCard.show(number, place)),
    );
    this.desk = new PageDesk(this);
    this.arrivals = new Arrivals(this);
    this.build(element);
    this.listen();
    this.open();
  }

  build(element) {
    this.toolbar = new Toolbar({
      back: () => this.leave(() => this.traverse(-1)),
      forward: () => this.leave(() => this.traverse(1)),
      reload: () => this.leave(() => this.reload()),
      stop: () => this.stop(),
      go: (text) =>
        this.leave(() => this.navigate({ url: typedAddress(text, this.currentUrl) })),
      open: () => this.tell({ t: "tab", host: window.location.hostname }),
      panel: () =>
        this.toolbar.panel.setAttribute("aria-expanded", String(this.panel.toggle())),
      resize: () => this.resize(),
    });
    this.stage = make("div", { class: "wb-stage" });
    this.device = make("div", { class: "wb-device" }, this.stage);
    this.element = make(
      "div",
      {
        class: "wb-browser",
        role: "region",
        "aria-label": "Mini browser",
        "data-lm-suppress-shortcuts": "true",
      },
      this.toolbar.element,
      this.notices.element,
      this.device,
      this.panel.element,
    );
    this.device.style.height = `${this.model.get("height_px")}px`;
    element.append(this.element);
    this.frames = new Frames(this.stage, {
      message: (frame, data) => this.desk.receive(frame, data),
      shown: (frame) => this.onShown(frame),
      left: (frame) => this.onLeft(frame),
      removed: (frame) => this.letGo(frame),
    });
  }

  listen() {
    this.onCustom = (message, buffers) => this.receive(message, buffers);
    this.onLive = () => this.checkKernel();
    this.model.on("msg:custom", this.onCustom);
    this.model.on("comm_live_update", this.onLive);
    // When Jupyter's page is reloaded nobody closes its views.
    this.onHide = () => this.tell({ t: "close" });
    window.addEventListener("pagehide", this.onHide);
  }

  open() {
    const first = this.model.get("first");
    const hasFirst = !!first?.serial && !shownFirst.has(first.serial);
    const hello = {
      t: "open",
      agent: navigator.userAgent,
      language: navigator.languages.join(","),
      host: window.location.hostname,
      has_first: hasFirst,
    };
    if (!this.tell(hello)) return;
    if (hasFirst) {
      shownFirst.add(first.serial);
      this.takeStores(first);
      this.log("page", first);
      this.takePage(first, first.buffers, { how: "visit" });
    } else this.toolbar.showStatus("\u2026", "waiting");
  }

  get currentUrl() {
    return this.history.current?.url ?? resolve("/", "http://app.invalid");
  }

  /** Send to the kernel; says so when there is none. */
  tell(message, buffers = []) {
    try {
      this.model.send({ ...message, view: this.id }, undefined, buffers);
      return true;
    } catch {
      this.say.gone();
      return false;
    }
  }

  /** Have the kernel put a response into the log's card; gives the id of its model. */
  askCard(number) {
    return new Promise((resolve, reject) => {
      this.requests.ask({ t: "card", number }, null, {
        answer: ({ model }) => resolve(model),
        fail: (detail) => reject(new Error(detail)),
      });
    });
  }

  // --- what the kernel says

  receive(message, buffers) {
    if (message.view !== this.id) {
      if (message.t === "store") this.takeStored(message.changes);
      return;
    }
    if (message.id && this.requests.receive(message, buffers)) return;
    if (message.t === "page") this.takePushed(message, buffers);
    else if (message.t === "piece" || message.t === "end")
      this.arrivals.receive(message, buffers);
    else if (message.t === "opened") {
      this.takeStores(message);
    } else if (message.t === "stale") this.say.stale();
    else if (message.t === "tab") this.desk.openTab(message);
  }

  /** A page that the kernel sent by itself: the first one, or the shown one anew. */
  takePushed(message, buffers) {
    if (this.stopNavigation) return this.arrivals.refuse(message.stream); // on the way elsewhere
    const how = this.history.current ? "refresh" : "visit";
    this.log(how === "refresh" ? "refresh" : "page", message);
    this.takePage(message, buffers, { how });
  }

  /** Take what pages have stored; a name may be anything, `__proto__` too. */
  takeStores({ local, session }) {
    for (const [name, value] of Object.entries(local ?? {}))
      this.local.set(name, value);
    for (const [name, value] of Object.entries(session ?? {}))
      this.session.set(name, value);
  }

  takeStored(changes) {
    for (const [name, value] of changes) {
      if (name === null) this.local.clear();
      else if (value === null) this.local.delete(name);
      else this.local.set(name, value);
    }
    this.frames.tell(this.frames.shown, { t: "store", changes });
  }

  // --- navigation

  /** Go to an address; `how` is visit, replace, refresh or stay (traversal). */
  navigate({
    method = "GET",
    url,
    headers = [],
    body = null,
    how = "visit",
    kept = null,
    asDownload = null,
  }) {
    if (!url) return;
    if (!isOwn(url)) {
      this.say.outside(url);
      return;
    }
    this.stopNavigation?.();
    for (const name of ["elsewhere", "file", "tab", "outside"]) this.notices.hide(name);
    this.toolbar.showAddress(shownAddress(url));
    this.toolbar.showStatus("\u2026", "waiting");
    const slow = setTimeout(() => this.say.busy(), BUSY_AFTER_MS);
    const done = this.panel.addRequest({ kind: "page", method, url });
    const finish = () => {
      clearTimeout(slow);
      this.notices.hide("busy");
      this.stopNavigation = null;
      this.showLoading();
    };
    const stop = this.requests.ask(
      { t: "go", method, url: withoutHash(url), headers, is_file: !!asDownload },
      body,
      {
        page: (message, buffers) => {
          finish();
          done(answerIn(message));
          this.takePage(message, buffers, {
            how,
            kept,
            asDownload,
            hash: url.slice(withoutHash(url).length),
          });
        },
        fail: (detail) => {
          finish();
          done({ problem: detail });
          this.say.gone();
        },
      },
    );
    this.stopNavigation = () => {
      finish();
      stop();
    };
    this.showLoading();
  }

  /** Go where the reader wants: the pages that are here go nowhere by themselves now. */
  leave(go) {
    this.desk.forgive();
    const left = [this.frames.shown, this.frames.next].filter(Boolean);
    for (const frame of left) frame.isLeft = true;
    go();
    if (!this.stopNavigation) for (const frame of left) frame.isLeft = false;
  }

  /** Show whether a page is on its way or still comes. */
  showLoading() {
    const isLoading = !!this.stopNavigation || this.arrivals.isArriving;
    if (isLoading) this.stage.setAttribute("aria-busy", "true");
    else this.stage.removeAttribute("aria-busy");
    this.toolbar.showLoading(isLoading);
  }

  /** Go nowhere, and want no more of the page that comes. */
  stop() {
    if (this.stopNavigation) {
      this.stopNavigation();
      if (this.frames.shown) this.frames.shown.isLeft = false;
      this.toolbar.showAddress(shownAddress(this.currentUrl));
      if (this.frames.shown) this.say.status(this.frames.shown.page.head);
    } else this.arrivals.stop();
  }

  /** Note a page that was not asked for from here. */
  log(kind, message) {
    this.panel.addRequest({
      kind,
      method: message.method,
      url: message.url,
      ...answerIn(message),
    });
  }

  takePage(message, buffers, options) {
    const page = {
      head: message,
      body: bytesOf(buffers[0]),
      resources: (message.resources || []).map((head, i) => ({
        key: head.key,
        head,
        body: bytesOf(buffers[i + 1]),
      })),
    };
    for (const one of page.resources) {
      this.panel.addRequest({
        kind: "resource",
        method: "GET",
        url: one.key,
        head: one.head,
      });
    }
    if (message.problem === "outside") this.say.outside(message.detail);
    else if (message.problem) this.say.unreachable(message.detail);
    else if (message.status === 204 || message.status === 205) this.say.status(message);
    else {
      const name = fileNameOf(message, options.asDownload);
      if (name) this.say.file(name, page.body, message);
      else this.show(page, options);
    }
  }

  async show(page, { how = "visit", kept = null, hash = "" }) {
    const number = ++this.navigation;
    const stream = this.arrivals.begin(page.head.stream);
    const url = withoutHash(page.head.url) + hash;
    page.head.url = url;
    const state =
      how === "refresh" || how === "stay" ? this.history.current?.state : null;
    const resources = new Resources(
      (address) => this.desk.loadResource(address),
      page.resources,
    );
    const token = newToken();
    const isRefresh = how === "refresh";
    const old = this.frames.shown;
    const keep = isRefresh && old ? { ...old.kept } : (kept ?? keptNothing());
    const { built, rest } = await beginDocument(page, stream, resources, {
      allowed: this.model.get("allowed"),
      bridge: (config) => this.bridge(config),
      config: {
        token,
        isArriving: !!stream,
        cookie: page.head.cookie,
        local: [...this.local],
        session: [...this.session],
        historyState: jsonOf(state), // it may be what JSON can't hold: a circle
        historyLength: Math.max(1, this.history.entries.length),
        referrer: how === "visit" ? (this.history.current?.url ?? "") : "",
        kept: { scroll: keep.scroll, typed: [...keep.typed] },
      },
    });
    if (number !== this.navigation || this.isClosed) return;
    const frame = this.frames.load(
      built.html,
      token,
      { ...page, title: built.title },
      !!stream,
    );
    Object.assign(frame, { url, how, isRefresh, resources, refresh: built.refresh });
    frame.kept = { scroll: keep.scroll, typed: new Map(keep.typed), focus: keep.focus };
    this.remember(how, url);
    for (const note of built.notes) this.panel.addLine("warn", note);
    if (stream) this.arrivals.follow(frame, stream, rest);
  }

  bridge(config) {
    const text = JSON.stringify(config).replace(/</g, "\\u003c");
    return this.bridgeText.replace('"__WB_CONFIG__"', () => text);
  }

  remember(how, url) {
    if (how === "visit") {
      if (this.history.current) this.history.current.kept = this.frames.shown?.kept;
      this.history.visit(url);
    } else if (how === "replace") this.history.replaceDocument(url);
    else if (this.history.current) this.history.current.url = url;
  }

  onShown(frame) {
    this.toolbar.showAddress(shownAddress(frame.url));
    this.toolbar.update(this.history);
    this.say.status(frame.page.head);
    this.notices.hide("stale");
    this.notices.hide("left");
    this.notices.hide("unreachable");
    this.element.dataset.shown = String(++this.shownCount);
    clearTimeout(this.refreshTimer);
    if (frame.refresh) {
      const { url, delay_ms } = frame.refresh;
      this.refreshTimer = setTimeout(
        () => this.navigate({ url, how: "replace" }),
        delay_ms,
      );
    }
  }

  traverse(delta) {
    const from = this.history.current;
    const moved = this.history.go(delta);
    if (!moved) return;
    if (from && this.frames.shown) from.kept = this.frames.shown.kept;
    const { entry, isSameDocument } = moved;
    this.toolbar.update(this.history);
    if (isSameDocument && this.frames.shown?.port) {
      this.toolbar.showAddress(shownAddress(entry.url));
      this.outbox.moved(withoutHash(entry.url));
      this.frames.tell(this.frames.shown, {
        t: "popstate",
        state: entry.state,
        url: entry.url,
      });
    } else this.navigate({ url: entry.url, how: "stay", kept: entry.kept });
  }

  reload() {
    this.navigate({ url: this.currentUrl, how: "refresh" });
  }

  resize() {
    const width = this.toolbar.width.value;
    const zoom = Number(this.toolbar.zoom.value);
    this.device.dataset.device = width;
    this.stage.style.width = width ? `${width}px` : `${100 / zoom}%`;
    this.stage.style.height = `${100 / zoom}%`;
    // In the middle, unless it is wider than there is room for: then all of it can be scrolled to.
    this.stage.style.marginLeft = width
      ? `max(0px, calc((100% - ${width * zoom}px) / 2))`
      : "";
    this.stage.style.transform = zoom === 1 ? "" : `scale(${zoom})`;
  }

  // --- what becomes of pages

  checkKernel() {
    if (this.tell({ t: "alive" }) && this.element.dataset.state === "gone") {
      delete this.element.dataset.state;
      this.requests.failAll("the kernel has restarted");
      this.notices.hide("gone");
      this.open();
    }
  }

  letGo(frame) {
    this.desk.forget(frame);
    frame.stream?.stop();
  }

  onLeft(frame) {
    this.letGo(frame);
    this.toolbar.showStatus("left", "error");
    this.notices.show(
      "left",
      "The page went to an address outside the app by itself, and was not followed.",
      { actions: [["Load it again", () => this.reload()]] },
    );
  }

  close() {
    this.outbox.flush();
    this.isClosed = true;
    clearTimeout(this.refreshTimer);
    window.removeEventListener("pagehide", this.onHide);
    this.model.off("msg:custom", this.onCustom);
    this.model.off("comm_live_update", this.onLive);
    this.requests.abortAll();
    try {
      this.model.send({ t: "close", view: this.id });
    } catch {
      // The kernel is gone, and its side of the view with it.
    }
    this.frames.close();
    this.logCard.close();
  }
}

/** Return what the network log is told of a page: its head, or what failed. */
function answerIn(message) {
  return message.problem ? { problem: message.detail } : { head: message };
}
