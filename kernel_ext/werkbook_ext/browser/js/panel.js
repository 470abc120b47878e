// The drawer below the page: what it asked for, what it said.

import { make } from "../../widgets/js/dom.js";

/**
 * @import { LoggedRequest } from "./messages.d.ts"
 * @import { NetworkLog } from "./network_log.js"
 * @typedef {"network" | "console"} PanelTab
 */

const MAX_LINES = 300;

export class Panel {
  /**
   * `network` is a `NetworkLog`.
   *
   * @param {NetworkLog} network
   */
  constructor(network) {
    this.network = network;
    /** @type {{ level: string, text: string }[]} */
    this.lines = [];
    this.isWaiting = false;
    this.networkTab = this.makeTab("network", "Network");
    this.consoleTab = this.makeTab("console", "Console");
    this.console = make("div", { class: "wb-lines" });
    this.body = make(
      "div",
      { class: "wb-panel-body", role: "tabpanel", tabindex: "0" },
      network.element,
      this.console,
    );
    this.clear = make("button", {
      type: "button",
      class: "wb-action",
      text: "Clear",
      onclick: () => this.empty(),
    });
    this.element = make(
      "div",
      { class: "wb-panel", hidden: true },
      make(
        "div",
        { class: "wb-panel-bar" },
        make(
          "div",
          {
            class: "wb-tabs",
            role: "tablist",
            "aria-label": "What the page did",
            onkeydown: (event) => this.moveTab(event),
          },
          this.networkTab,
          this.consoleTab,
        ),
        this.clear,
      ),
      this.body,
    );
    this.select("network");
  }

  /**
   * @param {PanelTab} name
   * @param {string} label
   */
  makeTab(name, label) {
    return make("button", {
      type: "button",
      class: "wb-tab",
      role: "tab",
      text: label,
      onclick: () => this.select(name),
    });
  }

  /** @param {KeyboardEvent} event */
  moveTab(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.stopPropagation();
    this.select(this.tab === "network" ? "console" : "network");
    (this.tab === "network" ? this.networkTab : this.consoleTab).focus();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    this.element.hidden = this.isOpen;
    this.draw();
    return this.isOpen;
  }

  /** @param {PanelTab} name */
  select(name) {
    this.tab = name;
    const tabs = { network: this.networkTab, console: this.consoleTab };
    for (const [own, tab] of Object.entries(tabs)) {
      tab.setAttribute("aria-selected", String(own === name));
      tab.tabIndex = own === name ? 0 : -1;
    }
    this.body.setAttribute("aria-label", name === "network" ? "Network" : "Console");
    this.network.element.hidden = name !== "network";
    this.console.hidden = name !== "console";
    this.draw();
  }

  empty() {
    if (this.tab === "network") this.network.clear();
    else this.lines.length = 0;
    this.draw();
  }

  /** @param {LoggedRequest} request */
  addRequest(request) {
    return this.network.add(request);
  }

  /**
   * @param {string} level
   * @param {string} text
   */
  addLine(level, text) {
    this.lines.push({ level, text });
    this.lines.splice(0, this.lines.length - MAX_LINES);
    if (this.isWaiting || !this.isOpen) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  /** Draw what is looked at; the network log draws its changes itself. */
  draw() {
    this.network.show(this.isOpen && this.tab === "network");
    if (!this.isOpen || this.tab !== "console") return;
    this.console.replaceChildren(
      ...this.lines.map(({ level, text }) =>
        make("pre", { class: "wb-line", "data-level": level, text }),
      ),
    );
    if (!this.lines.length)
      this.console.append(make("p", { class: "wb-empty", text: "No messages yet." }));
    this.body.scrollTop = this.body.scrollHeight;
  }
}
