// Put bytecode beside the modules that a start of the site's kernel imports:
// node compile.mjs HOME PACKAGE...
//
// HOME is the site's folder of Pyodide and wheels. The site's own Python starts as it
// does for a student, and compiles what it imported; no other Python's bytecode would do.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [home, ...packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: `${home}/`, packages });
pyodide.FS.mkdirTree("/home_of_site");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: home }, "/home_of_site");
const program = new URL("compile_start.py", import.meta.url);
try {
  await pyodide.runPythonAsync(readFileSync(program, "utf8"));
  const count = pyodide.globals.get("main")();
  console.log(`werkbook: bytecode of ${count} modules goes with the site`);
} catch (error) {
  // The stack shows Pyodide's one line of a megabyte.
  console.error(error.message ?? error);
  process.exitCode = 1;
}
