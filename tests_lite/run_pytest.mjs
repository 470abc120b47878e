// Run pytest in Pyodide under Node:
// node run_pytest.mjs SITE CHECKOUT PURE LIBRARIES [ARGUMENT]...
//
// SITE is the built site, whose Pyodide and wheels are used; LIBRARIES a folder with
// pytest and what the tests import beside it, PURE one with what is compiled there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [site, checkout, pure, libraries, ...given] = process.argv.slice(2);
const home = join(site, "static", "pyodide");
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")).href);
const settings = JSON.parse(readFileSync(join(site, "jupyter-lite.json"), "utf8"));
const { litePluginSettings } = settings["jupyter-config-data"];
const kernel = litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];

const pyodide = await loadPyodide({
  indexURL: `${home}/`,
  packages: kernel.loadPyodideOptions.packages,
});
for (const [place, folder] of [
  ["/checkout", checkout],
  ["/pure", pure],
  ["/libraries", libraries],
]) {
  pyodide.FS.mkdirTree(place);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, place);
}
pyodide.globals.set("arguments", pyodide.toPy(given));
const status = await pyodide.runPythonAsync(`
import os, sys
os.chdir("/checkout")
sys.path[:0] = ["/checkout"]
sys.path += ["/pure", "/libraries"]
sys.dont_write_bytecode = True
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
import pytest
int(pytest.main([*arguments]))
`);
process.exit(status);
