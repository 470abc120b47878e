// Each notebook has a line to its kernel; the panel and the marks hang on it.

import { lab } from "../lab.js";
import { NotebookLink } from "./link.js";

/** @type {WeakMap<object, NotebookLink>} By the notebook's context. */
const links = new WeakMap();

/**
 * Return the line of a notebook panel, which is opened by whoever asks first.
 * @param {any} panel The panel; null for none.
 * @returns {NotebookLink | null}
 */
export function linkOf(panel) {
  if (!panel || panel.isDisposed) return null;
  let link = links.get(panel.context);
  if (!link) {
    link = new NotebookLink(panel.context);
    links.set(panel.context, link);
  }
  link.join(panel);
  return link;
}

/** Return the plugin that opens the lines. */
export function linkPlugin() {
  return {
    id: "werkbook:link",
    description: "Tells the kernel at once which cells the notebook holds.",
    autoStart: true,
    requires: [lab.notebook.INotebookTracker],
    activate(_app, tracker) {
      tracker.forEach((panel) => linkOf(panel));
      tracker.widgetAdded.connect((_tracker, panel) => linkOf(panel));
      // The kernel knows what was typed last when the cell runs.
      lab.notebook.NotebookActions.executionScheduled.connect(
        (_actions, { notebook }) => {
          tracker.forEach((panel) => {
            if (panel.content === notebook) linkOf(panel)?.watch?.tellEdits();
          });
        },
      );
    },
  };
}
