// Each notebook has a line to its kernel; the panel and the marks hang on it.

import { lab } from "../lab.js";
import { NotebookLink } from "./link.js";

/** @type {WeakMap<object, NotebookLink>} */
const links = new WeakMap();

/** Return the line of a notebook panel, undefined for anything else. */
export function linkOf(panel) {
  return panel ? links.get(panel) : undefined;
}

/** Return the plugin that opens the lines. */
export function linkPlugin() {
  return {
    id: "werkbook:link",
    description: "Tells the kernel at once which cells the notebook holds.",
    autoStart: true,
    requires: [lab.notebook.INotebookTracker],
    activate(_app, tracker) {
      const open = (panel) => links.set(panel, new NotebookLink(panel));
      tracker.forEach(open);
      tracker.widgetAdded.connect((_tracker, panel) => open(panel));
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
