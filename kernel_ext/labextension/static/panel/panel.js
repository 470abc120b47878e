// The side bar's panel "Web app": the apps of the notebook in front.

import { element } from "../dom.js";
import { lab } from "../lab.js";
import { Actions } from "./actions.js";
import { appSection } from "./sections.js";

/** Make the panel's widget. */
export function makePanel(tracker, linkOf, trans) {
  const { Widget } = lab.widgets;
  class WebAppPanel extends Widget {
    constructor() {
      super();
      this.id = "werkbook-panel";
      this.addClass("wb-panel");
      this.title.icon = panelIcon();
      this.title.caption = trans.__("Web app");
      this.node.setAttribute("role", "region");
      this.node.setAttribute("aria-label", trans.__("Web app"));
      this.link = null;
      this.openParts = new Set(["rules", "log"]);
      this.actions = new Actions(trans);
      this.body = element("div", { class: "wb-panel-body" });
      this.node.append(this.body, this.actions.node);
      this.onTold = this.onTold.bind(this);
      this.refresh = this.refresh.bind(this);
      tracker.currentChanged.connect(() => this.follow(tracker.currentWidget));
      this.follow(tracker.currentWidget);
    }

    follow(panel) {
      this.link?.told.disconnect(this.onTold);
      this.link?.isLinkedChanged.disconnect(this.refresh);
      this.link = linkOf(panel);
      this.link?.told.connect(this.onTold);
      this.link?.isLinkedChanged.connect(this.refresh);
      this.actions.follow(panel, this.link);
      this.refresh();
    }

    onTold(_link, content) {
      if (content.type === "state") this.refresh();
      if (content.type === "tab") this.actions.openTab(content);
    }

    onAfterShow() {
      this.refresh();
    }

    /** Draw what the kernel told last; nothing is drawn that nobody sees. */
    refresh() {
      if (!this.isVisible && this.isAttached) return;
      const state = this.link?.state;
      if (!state) return this.showHint();
      const scrolled = this.node.scrollTop;
      const sections = state.apps.map((app) => appSection(app, state, this, trans));
      this.body.replaceChildren(...(sections.length ? sections : [this.hint()]));
      this.node.scrollTop = scrolled;
      return undefined;
    }

    showHint() {
      this.body.replaceChildren(this.hint());
    }

    hint() {
      return element(
        "div",
        { class: "wb-panel-hint" },
        element("p", {}, trans.__("No web app here yet. In a Python notebook, run")),
        element("pre", {}, "%load_ext werkbook"),
        element("p", {}, trans.__("and a cell such as")),
        element("pre", {}, '%%route GET /\n"<h1>Hello</h1>"'),
      );
    }

    /** Bring a cell into view and make it the active one. */
    goTo(cellId) {
      const panel = tracker.currentWidget;
      const index =
        panel?.content.widgets.findIndex((one) => one.model.id === cellId) ?? -1;
      if (index < 0) return;
      panel.content.activeCellIndex = index;
      panel.content.deselectAll();
      panel.content.scrollToItem(index, "smart");
      panel.content.node.focus();
    }
  }
  return new WebAppPanel();
}

function panelIcon() {
  const svgstr =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M3 4h18a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V5' +
    'a1 1 0 0 1 1-1zm1 6v8h16v-8zm0-4v2h2V6zm4 0v2h12V6z"/></svg>';
  return new lab.ui.LabIcon({ name: "werkbook:web-app", svgstr });
}
