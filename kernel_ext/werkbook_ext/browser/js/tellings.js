// What the reader is told, in the bar and in the line below it.

import { readableSize, readableTime } from "../../cards/js/text.js";
import { saveFile } from "./downloads.js";
import { kindOfStatus } from "./toolbar.js";
import { shownAddress } from "./urls.js";

/**
 * @import { Bytes, PageHead } from "./messages.d.ts"
 * @import { Tab } from "./tab.d.ts"
 */

const ARROW = " \u2192 ";

export class Tellings {
  /** @param {Tab} view */
  constructor(view) {
    this.view = view;
  }

  /** @param {PageHead} head */
  status(head) {
    const hops = head.hops ?? [];
    const codes = hops.map(([status]) => String(status));
    codes.push(`${head.status} ${head.reason}`.trim());
    const steps = hops.map(([status, url]) => `${status} ${shownAddress(url)}`);
    const took = readableTime(head.took_ms);
    steps.push(`${head.method} ${shownAddress(head.url)}: ${took}`);
    const kind = kindOfStatus(head.status);
    this.view.toolbar.showStatus(codes.join(ARROW), kind, steps.join(ARROW));
  }

  /** @param {string} url */
  outside(url) {
    const isWeb = /^https?:/i.test(url);
    this.view.notices.show(
      "outside",
      isWeb
        ? "This address is outside the app. Open it in a tab of its own:"
        : `This address is outside the app: ${url}`,
      { link: isWeb ? url : null },
    );
    this.view.toolbar.showAddress(shownAddress(this.view.currentUrl));
  }

  /** @param {string} detail */
  unreachable(detail) {
    this.view.toolbar.showStatus("no answer", "error", detail);
    this.view.notices.show("unreachable", `The app did not answer: ${detail}`, {
      kind: "error",
      actions: [["Try again", () => this.view.reload()]],
    });
  }

  /** @param {string} detail */
  endless(detail) {
    this.view.toolbar.showStatus("redirects", "error", detail);
    this.view.notices.show(
      "unreachable",
      `The page redirects without an end: ${detail}`,
      {
        kind: "error",
        actions: [["Try again", () => this.view.reload()]],
      },
    );
  }

  undocked() {
    this.view.notices.show(
      "dock",
      "It can\u2019t be opened beside the notebook from here. JupyterLab has " +
        "\u201cCreate New View for Cell Output\u201d: right-click the bar.",
    );
  }

  ended() {
    this.view.toolbar.showStatus("ended", "error");
    this.view.notices.show(
      "ended",
      "A page of this notebook no longer answered, and this one was ended with it.",
      { actions: [["Load it again", () => this.view.reload()]] },
    );
  }

  stale() {
    this.view.notices.show(
      "stale",
      "The app has changed. This page came from a form that was sent.",
      { actions: [["Load it again", () => this.view.reload()]] },
    );
  }

  newVisitor() {
    this.view.notices.show(
      "visitor",
      "A new visitor: the cookies and what pages stored are gone.",
    );
  }

  busy() {
    if (this.view.model.get("answers_while_busy")) return;
    const hint = this.view.model.get("busy_hint") ?? "";
    this.view.notices.show(
      "busy",
      `The kernel runs a cell and answers when it is done. ${hint}`.trim(),
    );
  }

  gone() {
    this.lost("no kernel", "The kernel has restarted or ended");
  }

  restarted() {
    this.lost("restarted", "The kernel has restarted");
  }

  /**
   * @param {string} status
   * @param {string} what
   */
  lost(status, what) {
    const { view } = this;
    view.arrivals.stop();
    view.showLoading();
    view.element.dataset.state = "gone";
    view.toolbar.showStatus(status, "error");
    view.notices.hide("busy");
    view.notices.show("gone", `${what}: run the cell again to go on.`, {
      kind: "error",
    });
  }

  /**
   * @param {string} name
   * @param {Bytes} bytes
   * @param {PageHead} [head]
   */
  file(name, bytes, head) {
    this.view.toolbar.showAddress(shownAddress(this.view.currentUrl));
    if (head) this.status(head);
    this.view.notices.show("file", `${name} (${readableSize(bytes.byteLength)})`, {
      actions: [["Save", () => saveFile(name, bytes)]],
    });
  }
}
