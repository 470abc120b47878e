// Puts the panel "Web app" into the right side bar of JupyterLab and Notebook 7.

import { lab } from "../lab.js";
import { linkOf } from "../link/plugin.js";
import { isOn } from "../settings.js";
import { makePanel } from "./panel.js";

/** @type {any} */
let made = null;

/** Return the panel; null before it is made. */
export function thePanel() {
  return made;
}

/** Return the plugin of the panel. */
export function panelPlugin() {
  return {
    id: "werkbook:panel",
    description: "The panel 'Web app' in the right side bar.",
    autoStart: true,
    requires: [lab.notebook.INotebookTracker],
    optional: [lab.translation.ITranslator, lab.application.ILayoutRestorer],
    activate(app, tracker, translator, restorer) {
      const trans = (translator ?? lab.translation.nullTranslator).load("werkbook");
      const panel = makePanel(tracker, linkOf, trans);
      made = panel;
      if (isOn("panel")) app.shell.add(panel, "right", { rank: 650, type: "Web app" });
      restorer?.add(panel, "werkbook-panel");
      app.commands.addCommand("werkbook:show-panel", {
        label: trans.__("Web App: Show Panel"),
        execute: () => app.shell.activateById(panel.id),
      });
    },
  };
}
