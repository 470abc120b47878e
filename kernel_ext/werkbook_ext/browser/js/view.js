// The widget's view: a tab of the mini browser.

import { BrowserView } from "./browser_view.js";

function render({ model, el }) {
  const view = new BrowserView(model, el, BRIDGE);
  return () => view.close();
}

export default { render };
