// What the buttons of the bar do to a tab.

import { Toolbar } from "./toolbar.js";
import { typedAddress } from "./urls.js";

/** @import { BrowserView } from "./browser_view.js" */

/**
 * Make the bar of a tab.
 *
 * @param {BrowserView} view
 */
export function makeToolbar(view) {
  return new Toolbar({
    back: () => view.leave(() => view.traverse(-1)),
    forward: () => view.leave(() => view.traverse(1)),
    reload: () => view.leave(() => view.reload()),
    stop: () => view.visits.stop(),
    go: (text) => {
      const url = typedAddress(text, view.currentUrl);
      view.leave(() => view.navigate({ url }));
    },
    open: () => view.tell({ t: "tab", host: window.location.hostname }),
    dock: () => view.onDock?.(),
    visitor: () => view.tell({ t: "visitor" }),
    panel: () => {
      const isOpen = String(view.panel.toggle());
      view.toolbar.panel.setAttribute("aria-expanded", isOpen);
    },
    resize: () => view.resize(),
  });
}
