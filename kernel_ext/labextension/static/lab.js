// JupyterLab's own modules, which it shares with its extensions.

const NAMES = {
  application: "@jupyterlab/application",
  apputils: "@jupyterlab/apputils",
  codemirror: "@jupyterlab/codemirror",
  coreutils: "@jupyterlab/coreutils",
  language: "@codemirror/language",
  lezer: "@lezer/common",
  highlight: "@lezer/highlight",
  launcher: "@jupyterlab/launcher",
  notebook: "@jupyterlab/notebook",
  outputarea: "@jupyterlab/outputarea",
  rendermime: "@jupyterlab/rendermime",
  settings: "@jupyterlab/settingregistry",
  signaling: "@lumino/signaling",
  state: "@codemirror/state",
  translation: "@jupyterlab/translation",
  ui: "@jupyterlab/ui-components",
  view: "@codemirror/view",
  widgets: "@lumino/widgets",
};

/**
 * The shared modules, by the names above; filled before any plugin is activated.
 * @type {Record<string, any>}
 */
export const lab = {};

/**
 * Fill `lab` from webpack's share scope.
 * @param {Record<string, Record<string, {get: () => Promise<() => any>, loaded?: unknown}>>} scope
 */
export async function fillLab(scope) {
  const entries = Object.entries(NAMES).map(async ([key, name]) => {
    lab[key] = await loadShared(scope, name);
  });
  await Promise.all(entries);
}

/** Return the one module that all extensions share: the loaded or the newest one. */
async function loadShared(scope, name) {
  const versions = scope[name];
  if (!versions) return null; // Notebook 7 has no launcher
  const names = Object.keys(versions).sort(byVersion);
  const chosen = names.find((one) => versions[one].loaded) ?? names[names.length - 1];
  return (await versions[chosen].get())();
}

function byVersion(first, second) {
  return first.localeCompare(second, undefined, { numeric: true });
}
