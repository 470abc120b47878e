// One line between the bar and the page that says what is the matter and what to do.

import { make } from "../../widgets/js/dom.js";

export class Notices {
  constructor() {
    this.element = make("div", {
      class: "wb-notice",
      role: "status",
      "aria-live": "polite",
      hidden: true,
    });
    this.name = "";
  }

  /**
   * Show a notice; `actions` are [label, function] pairs.
   *
   * @param {string} name
   * @param {string} text
   * @param {{ kind?: string, actions?: [string, () => void][], link?: string | null }} [options]
   */
  show(name, text, { kind = "note", actions = [], link = null } = {}) {
    this.name = name;
    this.element.dataset.kind = kind;
    this.element.replaceChildren(make("span", { text }));
    if (link) {
      this.element.append(
        " ",
        make("a", {
          href: link,
          target: "_blank",
          rel: "noopener noreferrer",
          text: link,
        }),
      );
    }
    for (const [label, run] of actions) {
      this.element.append(
        make("button", {
          type: "button",
          class: "wb-action",
          text: label,
          onclick: run,
        }),
      );
    }
    this.element.append(
      make("button", {
        type: "button",
        class: "wb-close",
        "aria-label": "Dismiss",
        text: "\u00d7",
        onclick: () => this.hide(),
      }),
    );
    this.element.hidden = false;
  }

  /** @param {string} [name] */
  hide(name = this.name) {
    if (name !== this.name) return;
    this.name = "";
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}
