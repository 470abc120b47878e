// The widget's view: a tab of the mini browser, in the cell's output or beside the notebook.

import { make } from "../../widgets/js/dom.js";
import { BrowserView } from "./browser_view.js";
import { dock } from "./docking.js";

/** @import { RenderProps } from "../../widgets/js/widget_model.d.ts" */

/** @type {Set<string>} */
const claimed = new Set(); // serial numbers of first pages that go beside the notebook
/** @type {Map<string, BrowserView | null>} */
const docked = new Map(); // model id -> the view there

/**
 * Show a tab here, or beside the notebook.
 *
 * @param {RenderProps} props
 */
function render({ model, el }) {
  const { serial, model: modelId, url } = model.get("first") ?? {};
  /** @type {BrowserView | null} */
  let view = null;
  let isGone = false;
  const show = () => {
    if (isGone) return null;
    const made = new BrowserView(model, el, BRIDGE);
    view = made;
    const isBeside = !!el.closest(".wb-docked");
    made.toolbar.dock.hidden = !modelId || isBeside;
    made.onDock = async () => {
      const isDone = await dock(model.widget_manager, modelId, el);
      if (!isDone) made.say.undocked();
    };
    return view;
  };
  const close = () => {
    isGone = true;
    view?.close();
    if (view && docked.get(modelId) === view) docked.delete(modelId);
  };
  if (!model.get("is_docked") || !serial) show();
  else if (claimed.has(serial)) docked.set(modelId, show());
  else {
    claimed.add(serial);
    const beside = docked.get(modelId);
    if (beside) {
      beside.navigate({ url });
      showNote(el, show);
    } else {
      dock(model.widget_manager, modelId, el).then((isDone) => {
        if (isDone) showNote(el, show);
        else show()?.say.undocked();
      });
    }
  }
  return close;
}

/**
 * Say in the cell's output where the browser is.
 *
 * @param {HTMLElement} el
 * @param {() => void} show
 */
function showNote(el, show) {
  const here = make("button", {
    type: "button",
    class: "wb-action",
    text: "Show it here too",
    onclick: () => {
      note.remove();
      show();
    },
  });
  const note = make(
    "p",
    { class: "wb-beside" },
    "The mini browser is beside the notebook. ",
    here,
  );
  el.append(note);
}

export default { render };
