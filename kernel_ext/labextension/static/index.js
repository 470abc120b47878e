// The plugins of the extension; `remoteEntry.js` asks for them.

import { highlightingPlugin } from "./highlighting/plugin.js";
import { fillLab } from "./lab.js";

/**
 * Return the plugins, JupyterLab's shared modules being at hand.
 * @param {object} scope Webpack's share scope.
 */
export async function loadPlugins(scope) {
  await fillLab(scope);
  return [highlightingPlugin()];
}
