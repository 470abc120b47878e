// Beside the notebook: a view of the widget in a tab of its own. JupyterLab has the
// notebook's context open it, as it does with a clone of an output; a widget finds that
// context at its manager. Elsewhere there is no such thing.

const WAIT_MS = 3000;

/**
 * Open another view of a model right of the notebook; returns whether that was done.
 *
 * @param {any} manager
 * @param {string} modelId
 * @param {HTMLElement} element
 */
export async function dock(manager, modelId, element) {
  const context = manager?.context;
  const isLab = !!document.querySelector(".jp-LabShell");
  if (!isLab || typeof context?.addSibling !== "function") return false;
  const notebook = await notebookOf(element);
  if (!notebook) return false;
  try {
    const view = await manager.create_view(await manager.get_model(modelId), {});
    const widget = panelOf(view);
    context.addSibling(widget, {
      ref: notebook.id,
      mode: "split-right",
      activate: false,
    });
    closeWith(notebook, widget);
    return true;
  } catch {
    return false; // another version of JupyterLab, where this is done otherwise
  }
}

/**
 * Return a panel around a view: the view's own layout would undo where a panel stands.
 *
 * @param {any} view
 */
function panelOf(view) {
  let Widget = (view.luminoWidget ?? view.pWidget).constructor;
  while (Object.getPrototypeOf(Widget).prototype)
    Widget = Object.getPrototypeOf(Widget);
  const panel = new Widget();
  panel.title.label = "Mini browser";
  panel.addClass("wb-docked");
  panel.node.append(view.el);
  panel.disposed.connect(() => view.remove());
  return panel;
}

/**
 * Close a widget when its notebook's tab is closed, not when that is dragged elsewhere.
 *
 * @param {Element} notebook
 * @param {any} widget
 */
function closeWith(notebook, widget) {
  const follow = () => {
    const observer = new MutationObserver(() => {
      if (notebook.parentElement === place) return;
      observer.disconnect();
      setTimeout(() => (notebook.isConnected ? follow() : widget.close()));
    });
    const place = notebook.parentElement;
    if (!place) return;
    observer.observe(place, { childList: true });
    widget.disposed.connect(() => observer.disconnect());
  };
  follow();
}

/**
 * Wait until the element stands in a notebook; null where it never does.
 *
 * @param {HTMLElement} element
 */
async function notebookOf(element) {
  const until = performance.now() + WAIT_MS;
  while (performance.now() < until) {
    const notebook = element.closest(".jp-NotebookPanel");
    if (notebook && element.isConnected) return notebook;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}
