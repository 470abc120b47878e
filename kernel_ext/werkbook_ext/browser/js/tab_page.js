// The mini browser in a tab of its own: no Jupyter is around it.

import { BrowserView } from "./browser_view.js";
import { HttpModel } from "./http_model.js";

const model = new HttpModel(TAB.tab);
const view = new BrowserView(model, document.body, BRIDGE);
view.toolbar.dock.hidden = true;
view.toolbar.open.hidden = true;
model.listen();
