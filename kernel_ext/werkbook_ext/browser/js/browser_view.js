// One tab: history, the page shown, and what comes between page and kernel.

import { make } from "../../widgets/js/dom.js";
import { KernelWatch } from "../../widgets/js/kernel_watch.js";
import { Arrivals } from "./arrivals.js";
import { Frames, newToken } from "./frames.js";
import { History } from "./history.js";
import { LogCard } from "./log_card.js";
import { NetworkLog } from "./network_log.js";
import { Notices } from "./notices.js";
import { OpenSockets, SOCKET_TAKERS } from "./open_sockets.js";
import { helloOf, Outbox } from "./outbox.js";
import { PageDesk } from "./page_desk.js";
import { keepChanges } from "./page_keeping.js";
import { PageShow } from "./page_show.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { policy } from "./policy.js";
import { Requests } from "./requests.js";
import { RIGHTS, tabUrl } from "./tabs.js";
import { Tellings } from "./tellings.js";
import { makeToolbar } from "./toolbar_acts.js";
import { shownAddress } from "./urls.js";
import { answerIn, Visits } from "./visits.js";

/**
 * @import { WidgetModel } from "../../widgets/js/widget_model.d.ts"
 * @import { Buffer, Kind, Message, PageHead, StoreChange } from "./messages.d.ts"
 * @import { Server } from "./tabs.js"
 * @import { Frame, Navigation, Tab } from "./tab.d.ts"
 * @typedef {(view: BrowserView, message: any, buffers: Buffer[]) => void} KernelTaker
 */

// JupyterLite drops what waits behind a cell that fails: say it until it is heard.
const HELLO_MS = 4000;
/** @type {Set<string>} */
const shownFirst = new Set(); // serial numbers of first pages that a view took

/**
 * What is done for what the kernel says; an answer to a request goes to `Requests`.
 *
 * @type {Record<Exclude<Kind<"kernel to view">, "head" | "failed" | "card">, KernelTaker>}
 */
export const KERNEL_TAKERS = {
  opened: (view, message) => view.takeOpened(message),
  page: (view, message, buffers) => view.takePushed(message, buffers),
  piece: (view, message, buffers) => view.arrivals.receive(message, buffers),
  end: (view, message, buffers) => view.arrivals.receive(message, buffers),
  stale: (view) => view.say.stale(),
  visitor: (view) => view.beNew(),
  store: () => {}, // the changes that this view's own page made
  tab: (view, message) => view.openTab(message),
  ...SOCKET_TAKERS,
};

/** @implements {Tab} */
export class BrowserView {
  /**
   * @param {WidgetModel} model
   * @param {HTMLElement} element
   * @param {string} bridge What runs inside the page.
   */
  constructor(model, element, bridge) {
    this.model = model;
    this.id = newToken().slice(0, 16);
    this.history = new History();
    /** @type {Map<string, string>} */
    this.local = new Map();
    /** @type {Map<string, string>} */
    this.session = new Map();
    this.shownCount = 0;
    this.isClosed = false;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.helloTimer = undefined;
    /** @type {(() => void) | null} Opens another view beside the notebook. */
    this.onDock = null;
    this.outbox = new Outbox((message) => this.tell(message));
    this.requests = new Requests((message, buffers) => {
      this.outbox.flush();
      model.send({ ...message, view: this.id }, undefined, buffers);
    });
    this.sockets = new OpenSockets(this.requests);
    this.notices = new Notices();
    this.say = new Tellings(this);
    this.logCard = new LogCard(model.widget_manager, (number) => this.askCard(number));
    this.panel = new Panel(
      new NetworkLog((number, place) => this.logCard.show(number, place)),
    );
    this.desk = new PageDesk(this);
    this.visits = new Visits(this);
    this.arrivals = new Arrivals(this);
    this.toolbar = makeToolbar(this);
    this.stage = make("div", { class: "wb-stage" });
    this.device = make("div", { class: "wb-device" }, this.stage);
    this.element = this.makeElement();
    this.frames = new Frames(this.stage, {
      admits: (frame, message) => this.desk.admits(frame, message),
      message: (frame, message) => this.desk.take(frame, message),
      shown: (frame) => this.onShown(frame),
      left: (frame) => this.onLeft(frame),
      removed: (frame) => this.letGo(frame),
      ended: () => this.say.ended(),
      policy: () => policy(model.get("allowed")),
    });
    this.pictures = new Pictures(this.frames, this.element);
    this.pages = new PageShow(this, bridge);
    element.append(this.element);
    this.watch = new KernelWatch(model, this.element, () => this.onRestarted());
    this.onCustom = (/** @type {any} */ message, /** @type {Buffer[]} */ buffers) =>
      this.receive(message, buffers);
    this.onLive = () => this.checkKernel();
    // When Jupyter's page is reloaded nobody closes its views.
    this.onHide = () => this.tell({ t: "close" });
    this.listen();
    this.open();
  }

  makeElement() {
    this.device.style.height = `${this.model.get("height_px")}px`;
    return make(
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
  }

  listen() {
    this.model.on("msg:custom", this.onCustom);
    this.model.on("comm_live_update", this.onLive);
    window.addEventListener("pagehide", this.onHide);
  }

  open() {
    const first = this.model.get("first");
    const hasFirst = !!first?.serial && !shownFirst.has(first.serial);
    const isTold = this.tell(helloOf(hasFirst));
    if (!isTold) return;
    this.helloTimer = setInterval(() => {
      if (!this.tell(helloOf(hasFirst))) clearInterval(this.helloTimer);
    }, HELLO_MS);
    if (hasFirst) {
      shownFirst.add(first.serial);
      this.takeStores(first);
      this.log("page", first);
      this.pages.take(first, first.buffers, { how: "visit" });
    } else this.toolbar.showStatus("\u2026", "waiting");
  }

  /** @returns {string} */
  get currentUrl() {
    return this.history.current?.url ?? "http://app.invalid/";
  }

  /**
   * Send to the kernel; says so when there is none.
   *
   * @param {Message<"view to kernel">} message
   */
  tell(message) {
    try {
      this.model.send({ ...message, view: this.id }, undefined, []);
      return true;
    } catch {
      this.say.gone();
      return false;
    }
  }

  /**
   * Have the kernel put a response into the log's card; gives the id of its model.
   *
   * @param {number} number
   * @returns {Promise<string | null>}
   */
  askCard(number) {
    return new Promise((resolve, reject) => {
      this.requests.ask({ t: "card", number }, null, {
        answer: ({ model }) => resolve(model),
        fail: (detail) => reject(new Error(detail)),
      });
    });
  }

  // --- what the kernel says

  /**
   * Take a message, which is for all views of the widget: most are of one.
   *
   * @param {Message<"kernel to view">} message
   * @param {Buffer[]} buffers
   */
  receive(message, buffers) {
    if (message.view !== this.id) {
      if (message.t === "store") this.takeStored(message.changes);
      return;
    }
    if (message.id && this.requests.receive(message, buffers)) return;
    const kind = /** @type {keyof typeof KERNEL_TAKERS} */ (message.t);
    if (Object.hasOwn(KERNEL_TAKERS, kind)) KERNEL_TAKERS[kind](this, message, buffers);
  }

  /**
   * Show a page that the kernel sent by itself: the first one, or the shown one anew.
   *
   * @param {PageHead} message
   * @param {Buffer[]} buffers
   */
  takePushed(message, buffers) {
    if (this.visits.isOnTheWay) return this.arrivals.refuse(message.stream); // on the way elsewhere
    const how = this.history.current ? "refresh" : "visit";
    this.log(how === "refresh" ? "refresh" : "page", message);
    return this.pages.take(message, buffers, { how });
  }

  /** @param {{ local?: Record<string, string>, session?: Record<string, string> }} stores */
  takeOpened(stores) {
    clearInterval(this.helloTimer);
    this.takeStores(stores);
  }

  /**
   * Take what pages have stored.
   *
   * @param {{ local?: Record<string, string>, session?: Record<string, string> }} stores
   */
  takeStores({ local, session }) {
    keepChanges(this.local, Object.entries(local ?? {}));
    keepChanges(this.session, Object.entries(session ?? {}));
  }

  /** @param {StoreChange[]} changes */
  takeStored(changes) {
    keepChanges(this.local, changes);
    this.frames.tell(this.frames.shown, { t: "store", changes });
  }

  /** Be a visitor whom the app has never seen: what pages stored is gone. */
  beNew() {
    this.local.clear();
    this.session.clear();
    this.leave(() => this.reload());
    this.say.newVisitor();
  }

  /**
   * Open the app in a tab of its own, where there is a way to it.
   *
   * @param {Server} server
   */
  async openTab(server) {
    const { url, rawUrl, why } = await tabUrl(server, this.currentUrl);
    const raw = () => this.notices.show("tab", RIGHTS, { link: rawUrl });
    /** @type {[string, () => void][]} */
    const actions = rawUrl ? [["Without the sandbox", raw]] : [];
    if (url)
      this.notices.show("tab", "The app in a tab of its own:", { link: url, actions });
    else this.notices.show("tab", why ?? "");
  }

  // --- navigation: `Visits` does it

  /** @param {Navigation} navigation */
  navigate(navigation) {
    this.visits.navigate(navigation);
  }

  /** @param {number} delta */
  traverse(delta) {
    this.visits.traverse(delta);
  }

  /** @param {() => void} go */
  leave(go) {
    this.visits.leave(go);
  }

  reload() {
    this.navigate({ url: this.currentUrl, how: "refresh" });
  }

  /** Show whether a page is on its way or still comes. */
  showLoading() {
    const isLoading = this.visits.isOnTheWay || this.arrivals.isArriving;
    if (isLoading) this.stage.setAttribute("aria-busy", "true");
    else this.stage.removeAttribute("aria-busy");
    this.toolbar.showLoading(isLoading);
  }

  /**
   * Note a page that was not asked for from here.
   *
   * @param {string} kind
   * @param {PageHead} message
   */
  log(kind, message) {
    const { method, url } = message;
    this.panel.addRequest({ kind, method, url, ...answerIn(message) });
  }

  /** @param {Frame} frame */
  onShown(frame) {
    this.toolbar.showMoved(shownAddress(frame.url));
    this.toolbar.update(this.history);
    this.say.status(frame.page.head);
    for (const name of ["stale", "left", "unreachable", "ended", "missing"])
      this.notices.hide(name);
    const { hint } = frame.page.head;
    if (hint) this.notices.show("missing", hint);
    this.shownCount += 1;
    this.element.dataset.shown = String(this.shownCount);
    clearTimeout(this.refreshTimer);
    if (frame.refresh) {
      const { url, delay_ms } = frame.refresh;
      const go = () => this.navigate({ url, how: "replace", isPageMove: true });
      this.refreshTimer = setTimeout(go, delay_ms);
    }
  }

  resize() {
    const width = this.toolbar.width.value;
    const zoom = Number(this.toolbar.zoom.value);
    this.device.dataset.device = width;
    this.stage.style.width = width ? `${width}px` : `${100 / zoom}%`;
    this.stage.style.height = `${100 / zoom}%`;
    // A page stands in the middle, unless it is wider than there is room for: then all
    // of it can be scrolled to.
    const half = `calc((100% - ${Number(width) * zoom}px) / 2)`;
    this.stage.style.marginLeft = width ? `max(0px, ${half})` : "";
    this.stage.style.transform = zoom === 1 ? "" : `scale(${zoom})`;
  }

  // --- what becomes of pages

  checkKernel() {
    if (this.tell({ t: "alive" }) && this.element.dataset.state === "gone") {
      delete this.element.dataset.state;
      this.failAll("the kernel has restarted");
      this.notices.hide("gone");
      this.open();
    }
  }

  /** The kernel has restarted, which another page did. */
  onRestarted() {
    this.failAll("the kernel has restarted");
    this.say.restarted();
  }

  /** @param {string} detail */
  failAll(detail) {
    this.requests.failAll(detail);
    this.sockets.failAll(detail);
  }

  /** @param {Frame} frame */
  letGo(frame) {
    this.desk.forget(frame);
    frame.stream?.stop();
  }

  /** @param {Frame} frame */
  onLeft(frame) {
    this.letGo(frame);
    this.toolbar.showStatus("left", "error");
    this.notices.show(
      "left",
      "The page wanted to go outside the app by itself, and was stopped.",
      { actions: [["Load it again", () => this.reload()]] },
    );
  }

  close() {
    this.outbox.flush();
    this.isClosed = true;
    clearInterval(this.helloTimer);
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
    this.watch.close();
    this.frames.close();
    this.logCard.close();
  }
}
