// Where the reader goes: to an address, back and forward, and how that is stopped.

import { isOwn, shownAddress, withoutHash } from "./urls.js";

/**
 * @import { LoggedAnswer, PageHead } from "./messages.d.ts"
 * @import { BrowserView } from "./browser_view.js"
 * @import { Navigation } from "./tab.d.ts"
 */

const BUSY_AFTER_MS = 1500;

export class Visits {
  /** @param {BrowserView} view */
  constructor(view) {
    this.view = view;
    /** @type {(() => void) | null} */
    this.stopNavigation = null;
  }

  get isOnTheWay() {
    return this.stopNavigation !== null;
  }

  /**
   * Go to an address of the app.
   *
   * @param {Navigation} navigation
   */
  navigate({
    method = "GET",
    url,
    headers = [],
    body = null,
    isPageMove = false,
    ...options
  }) {
    if (!url) return;
    if (!isOwn(url)) {
      this.view.say.outside(url);
      return;
    }
    this.stopNavigation?.();
    for (const name of ["elsewhere", "file", "tab", "outside"])
      this.view.notices.hide(name);
    if (isPageMove) this.view.toolbar.showMoved(shownAddress(url));
    else this.view.toolbar.showAddress(shownAddress(url));
    this.view.toolbar.showStatus("\u2026", "waiting");
    const slow = setTimeout(() => {
      this.view.say.busy();
      this.view.watch.ask();
    }, BUSY_AFTER_MS);
    const done = this.view.panel.addRequest({ kind: "page", method, url });
    const finish = () => {
      clearTimeout(slow);
      this.view.notices.hide("busy");
      this.stopNavigation = null;
      this.view.showLoading();
    };
    const address = withoutHash(url);
    const is_file = !!options.asDownload;
    const stop = this.view.requests.ask(
      { t: "go", method, url: address, headers, is_file },
      body,
      {
        page: (message, buffers) => {
          finish();
          done(answerIn(message));
          const hash = url.slice(address.length);
          this.view.pages.take(message, buffers, { ...options, hash });
        },
        fail: (detail) => {
          finish();
          done({ problem: detail });
          this.view.say.gone();
        },
      },
    );
    this.stopNavigation = () => {
      finish();
      stop();
    };
    this.view.showLoading();
  }

  /**
   * Go where the reader wants: the pages that are here go nowhere by themselves now.
   *
   * @param {() => void} go
   */
  leave(go) {
    this.view.desk.forgive();
    const left = [this.view.frames.shown, this.view.frames.next].filter(
      (frame) => !!frame,
    );
    for (const frame of left) frame.isLeft = true;
    go();
    if (this.stopNavigation) this.view.pages.forgetUnshown();
    else for (const frame of left) frame.isLeft = false;
  }

  /** Go nowhere, and want no more of the page that comes. */
  stop() {
    if (!this.stopNavigation) {
      this.view.arrivals.stop();
      return;
    }
    const { shown } = this.view.frames;
    this.stopNavigation();
    if (shown) shown.isLeft = false;
    this.view.toolbar.showAddress(shownAddress(this.view.currentUrl));
    if (shown) this.view.say.status(shown.page.head);
  }

  /** @param {number} delta */
  traverse(delta) {
    const from = this.view.history.current;
    const moved = this.view.history.go(delta);
    if (!moved) return;
    const { shown } = this.view.frames;
    if (from && shown) from.kept = shown.kept;
    const { url, state, kept } = moved.entry;
    this.view.toolbar.update(this.view.history);
    if (moved.isSameDocument && shown?.port) {
      this.view.toolbar.showMoved(shownAddress(url));
      this.view.outbox.moved(withoutHash(url));
      this.view.frames.tell(shown, { t: "popstate", state, url });
    } else this.navigate({ url, how: "stay", kept });
  }
}

/**
 * Return what the network log is told of a page: its head, or what failed.
 *
 * @param {PageHead} message
 * @returns {LoggedAnswer}
 */
export function answerIn(message) {
  return message.problem ? { problem: message.detail } : { head: message };
}
