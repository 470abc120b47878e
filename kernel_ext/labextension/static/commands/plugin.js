// Commands for the palette and the menus, and a card in the launcher.

import { lab } from "../lab.js";
import { linkOf } from "../link/plugin.js";
import { thePanel } from "../panel/plugin.js";
import { isOn } from "../settings.js";
import { lessonCommands } from "./lessons.js";
import { openStartingNotebook } from "./starting.js";

/** Return the plugin of the commands. */
export function commandsPlugin() {
  const optional = [lab.apputils.ICommandPalette, lab.translation.ITranslator];
  if (lab.launcher) optional.push(lab.launcher.ILauncher);
  return {
    id: "werkbook:commands",
    description: "Commands of Werkbook, and its card in the launcher.",
    autoStart: true,
    requires: [lab.notebook.INotebookTracker],
    optional,
    activate(app, tracker, palette, translator, launcher) {
      const trans = (translator ?? lab.translation.nullTranslator).load("werkbook");
      const commands = {
        ...notebookCommands(app, tracker, trans),
        ...lessonCommands(app, tracker, trans),
      };
      for (const [id, options] of Object.entries(commands))
        app.commands.addCommand(id, options);
      const shown = [
        "werkbook:new-notebook",
        "werkbook:show-panel",
        ...Object.keys(commands),
      ];
      app.commands.addCommand("werkbook:new-notebook", {
        label: (args) =>
          args.isLauncher ? trans.__("Web app") : trans.__("New Notebook"),
        caption: trans.__("A notebook with a small web app to start from"),
        icon: (args) => (args.isPalette ? undefined : thePanel()?.title.icon),
        execute: (args) => openStartingNotebook(app, String(args.cwd ?? "")),
      });
      const category = trans.__("Web App");
      for (const command of shown) {
        palette?.addItem({ command, category, args: { isPalette: true } });
      }
      if (isOn("launcher")) {
        const args = { isLauncher: true };
        const kernelIconUrl = new URL("../web-app.svg", import.meta.url).href;
        const command = "werkbook:new-notebook";
        launcher?.add({ command, category: "Notebook", rank: 50, args, kernelIconUrl });
      }
    },
  };
}

/** The commands that run a magic for the notebook in front. */
function notebookCommands(app, tracker, trans) {
  const isEnabled = () =>
    tracker.currentWidget !== null && tracker.currentWidget === app.shell.currentWidget;
  const inPanel = (label, code) => ({
    label,
    isEnabled,
    execute: () => {
      const panel = thePanel();
      if (panel) app.shell.activateById(panel.id);
      return panel?.actions.run(code);
    },
  });
  return {
    "werkbook:browse-docked": {
      label: trans.__("Mini Browser Beside the Notebook"),
      isEnabled,
      execute: () => browseDocked(tracker.currentWidget),
    },
    "werkbook:open-tab": {
      label: trans.__("Open the App in a New Tab"),
      isEnabled: () =>
        isEnabled() && (linkOf(tracker.currentWidget)?.state?.apps.length ?? 0) > 0,
      execute: () => {
        const [first] = linkOf(tracker.currentWidget)?.state?.apps ?? [];
        if (first) thePanel()?.actions.askTab(first, "/");
      },
    },
    "werkbook:routes": inPanel(trans.__("Show Routes"), "%routes"),
    "werkbook:check": inPanel(trans.__("Check"), "%check"),
    "werkbook:export": inPanel(trans.__("Export"), "%export"),
  };
}

/** Run `%browse --dock` where its output is part of the notebook's tab, but not shown. */
async function browseDocked(panel) {
  const kernel = panel?.sessionContext.session?.kernel;
  if (!kernel) return;
  const model = new lab.outputarea.OutputAreaModel({ trusted: true });
  const { rendermime } = panel.content;
  const area = new lab.outputarea.SimplifiedOutputArea({ model, rendermime });
  area.node.hidden = true;
  area.node.style.display = "none";
  lab.widgets.Widget.attach(area, panel.node);
  panel.disposed.connect(() => area.dispose());
  const content = {
    code: "%browse --dock",
    store_history: false,
    stop_on_error: false,
  };
  area.future = kernel.requestExecute(content, false, { cellId: "werkbook-dock" });
  await area.future.done.catch(() => {});
  const error = model.toJSON().find((one) => one.output_type === "error");
  if (error)
    await lab.apputils.showErrorMessage(
      "%browse --dock",
      `${error.ename}: ${error.evalue}`,
    );
}
