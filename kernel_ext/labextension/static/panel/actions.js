// What the panel's buttons do; what comes of it shows in the panel's lower part.

import { element } from "../dom.js";
import { lab } from "../lab.js";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Runs magics for the panel, in the kernel of the notebook in front. */
export class Actions {
  constructor(trans) {
    this.trans = trans;
    this.panel = null;
    this.link = null;
    this.tabs = new Map();
    this.area = null;
    this.output = element("div", { class: "wb-panel-output" });
    this.node = element("div", { class: "wb-panel-result", hidden: true });
    const close = element(
      "button",
      {
        type: "button",
        class: "wb-panel-close",
        title: trans.__("Close"),
        onclick: () => this.clear(),
      },
      "×",
    );
    this.node.append(close, this.output);
  }

  follow(panel, link) {
    if (panel !== this.panel) this.clear();
    this.panel = panel;
    this.link = link;
  }

  clear() {
    this.area?.dispose();
    this.area = null;
    this.node.hidden = true;
  }

  /** Run code in the kernel and show what it outputs, as it comes. */
  async run(code) {
    const session = this.panel?.sessionContext;
    if (!session?.session?.kernel) return;
    this.clear();
    const model = new lab.outputarea.OutputAreaModel({ trusted: true });
    const { rendermime } = this.panel.content;
    this.area = new lab.outputarea.SimplifiedOutputArea({ model, rendermime });
    lab.widgets.Widget.attach(this.area, this.output);
    this.node.hidden = false;
    // Its own id: what it runs belongs to no cell of the notebook, and has no number.
    const content = { code, store_history: false, stop_on_error: false };
    const kernel = session.session.kernel;
    this.area.future = kernel.requestExecute(content, false, {
      cellId: "werkbook-panel",
    });
    // An error of the code stands in the output; the kernel may go meanwhile.
    await this.area.future.done.catch(() => {});
  }

  stop(app) {
    this.link?.send({ type: "stop", app: app.name });
  }

  /** Open a tab at once, which a later window would not be allowed to. */
  askTab(app, path) {
    const id = String(Math.random()).slice(2);
    this.tabs.set(id, { tab: window.open("", "_blank"), path });
    this.link?.send({ type: "tab", id, app: app.name, host: window.location.hostname });
  }

  openTab(content) {
    const asked = this.tabs.get(content.id);
    this.tabs.delete(content.id);
    if (!asked?.tab) return;
    if (!content.port) {
      asked.tab.close();
      const { trans } = this;
      const text = trans.__(
        "The app has no server here: there is no URL that reaches it.",
      );
      lab.apputils.showErrorMessage(trans.__("Open the App in a New Tab"), text);
      return;
    }
    asked.tab.location.href = this.tabUrl(content, asked.path);
  }

  tabUrl({ port, token }, path) {
    const { hostname } = window.location;
    const base = LOOPBACK.test(hostname)
      ? `http://${hostname}:${port}`
      : `${lab.coreutils.PageConfig.getBaseUrl()}proxy/${port}`;
    const url = new URL(base + path);
    if (token) url.searchParams.set(token.name, token.value);
    return url.href;
  }
}
