// The plugins of the extension; `remoteEntry.js` asks for them.

import { highlightingPlugin } from "./highlighting/plugin.js";
import { fillLab } from "./lab.js";
import { linkPlugin } from "./link/plugin.js";
import { outputsPlugin } from "./outputs/plugin.js";

/**
 * Return the plugins, JupyterLab's shared modules being at hand.
 * @param {object} scope Webpack's share scope.
 */
export async function loadPlugins(scope) {
  await fillLab(scope);
  addStyle();
  return [highlightingPlugin(), outputsPlugin(), linkPlugin()];
}

function addStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("style.css", import.meta.url).href;
  document.head.append(link);
}
