// The plugins of the extension; `remoteEntry.js` asks for them.

import { commandsPlugin } from "./commands/plugin.js";
import { highlightingPlugin } from "./highlighting/plugin.js";
import { fillLab } from "./lab.js";
import { linkPlugin } from "./link/plugin.js";
import { marksPlugin } from "./marks/plugin.js";
import { outputsPlugin } from "./outputs/plugin.js";
import { panelPlugin } from "./panel/plugin.js";
import { settingsPlugin } from "./settings.js";
import { writingPlugin } from "./writing/plugin.js";

/**
 * Return the plugins, JupyterLab's shared modules being at hand.
 * @param {Parameters<typeof fillLab>[0]} scope Webpack's share scope.
 */
export async function loadPlugins(scope) {
  await fillLab(scope);
  addStyle();
  return [
    settingsPlugin(),
    highlightingPlugin(),
    outputsPlugin(),
    linkPlugin(),
    panelPlugin(),
    marksPlugin(),
    commandsPlugin(),
    writingPlugin(),
  ];
}

function addStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("style.css", import.meta.url).href;
  document.head.append(link);
}
