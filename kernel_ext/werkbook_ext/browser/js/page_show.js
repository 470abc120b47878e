// How a page that came is shown: its document is built and put into a frame.

import { bytesOf } from "../../widgets/js/bytes.js";
import { beginDocument } from "./arrivals.js";
import { fileNameOf } from "./downloads.js";
import { untilAttached } from "./enclosure.js";
import { keptNothing, newToken } from "./frames.js";
import { jsonOf } from "./limits.js";
import { loadResource } from "./page_requesting.js";
import { Resources } from "./resources.js";
import { withoutHash } from "./urls.js";

/**
 * @import { BrowserView } from "./browser_view.js"
 * @import { Arrivals } from "./arrivals.js"
 * @import { Buffer, Head, Page, PageHead } from "./messages.d.ts"
 * @import { How, Kept, Tab } from "./tab.d.ts"
 * @import { Tellings } from "./tellings.js"
 * @typedef {object} ShowOptions
 * @property {How} [how]
 * @property {Kept | null} [kept]
 * @property {string} [hash]
 * @property {string | boolean | null} [asDownload]
 * @typedef {Tab & { say: Tellings, arrivals: Arrivals }} ShowingParts
 * @typedef {ShowingParts & { stage: HTMLElement, isClosed: boolean }} ShowingTab
 */

export class PageShow {
  /**
   * @param {ShowingTab} view
   * @param {string} bridge What runs inside the page.
   */
  constructor(view, bridge) {
    this.view = view;
    this.bridgeText = bridge;
    this.latest = 0; // the number of the page that came last
  }

  /**
   * Take a page of the kernel's: show it, offer it as a file, or say what is the matter.
   *
   * @param {PageHead & { resources?: (Head & { key: string })[] }} message
   * @param {Buffer[]} buffers
   * @param {ShowOptions} options
   */
  take(message, buffers, options) {
    const { panel, say } = this.view;
    const resources = (message.resources || []).map((head, index) => ({
      key: head.key,
      head,
      body: bytesOf(buffers[index + 1]),
    }));
    for (const { key, head, body } of resources) {
      const size_bytes = body.byteLength;
      panel.addRequest({ kind: "resource", method: "GET", url: key, head, size_bytes });
    }
    const page = { head: message, body: bytesOf(buffers[0]), resources };
    if (message.problem === "outside") say.outside(message.detail ?? "");
    else if (message.problem === "endless") say.endless(message.detail ?? "");
    else if (message.problem) say.unreachable(message.detail ?? "");
    else if (message.status === 204 || message.status === 205) say.status(message);
    else {
      const name = fileNameOf(message, options.asDownload);
      if (name) say.file(name, page.body, message);
      else this.show(page, options);
    }
  }

  /**
   * @param {Page} page
   * @param {ShowOptions} options
   */
  async show(page, { how = "visit", kept = null, hash = "" }) {
    const { view } = this;
    this.latest += 1;
    const number = this.latest;
    const stream = view.arrivals.begin(page.head.stream);
    page.head.url = withoutHash(page.head.url) + hash;
    const load = (/** @type {string} */ address) => loadResource(view, address);
    const resources = new Resources(load, page.resources);
    const token = newToken();
    const isRefresh = how === "refresh";
    const old = view.frames.shown;
    const keep = isRefresh && old ? { ...old.kept } : (kept ?? keptNothing());
    const { built, rest } = await beginDocument(page, stream, resources, {
      allowed: view.model.get("allowed"),
      bridge: (config) => this.bridge(config),
      config: { token, isArriving: !!stream, ...this.config(page, how, keep) },
    });
    await untilAttached(view.stage);
    if (number !== this.latest || view.isClosed) return;
    const shown = { ...page, title: built.title };
    const frame = view.frames.load(built.html, token, shown, !!stream);
    const { url } = page.head;
    Object.assign(frame, { url, how, isRefresh, resources, refresh: built.refresh });
    frame.kept = { scroll: keep.scroll, typed: new Map(keep.typed), focus: keep.focus };
    this.remember(how, url);
    for (const note of built.notes) view.panel.addLine("warn", note);
    if (stream && rest) view.arrivals.follow(frame, stream, rest);
  }

  /** Want a page no more whose document is still being built. */
  forgetUnshown() {
    this.latest += 1;
  }

  /**
   * Return what the bridge is told of a page.
   *
   * @param {Page} page
   * @param {How} how
   * @param {Kept} keep
   */
  config(page, how, keep) {
    const { history, local, session } = this.view;
    const { current } = history;
    const isSame = how === "refresh" || how === "stay";
    return {
      cookie: page.head.cookie,
      local: [...local],
      session: [...session],
      historyState: jsonOf(isSame ? current?.state : null), // a page's state may be a circle
      historyLength: Math.max(1, history.entries.length),
      referrer: how === "visit" ? (current?.url ?? "") : "",
      kept: { scroll: keep.scroll, typed: [...keep.typed] },
    };
  }

  /** @param {object} config */
  bridge(config) {
    const text = JSON.stringify(config).replace(/</g, "\\u003c");
    return this.bridgeText.replace('"__WB_CONFIG__"', () => text);
  }

  /**
   * @param {How} how
   * @param {string} url
   */
  remember(how, url) {
    const { history, frames } = this.view;
    if (how === "visit") {
      if (history.current) history.current.kept = frames.shown?.kept;
      history.visit(url);
    } else if (how === "replace") history.replaceDocument(url);
    else if (history.current) history.current.url = url;
  }
}
