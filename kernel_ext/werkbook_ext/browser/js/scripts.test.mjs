import assert from "node:assert/strict";
import { test } from "node:test";

import {
  absoluteImports,
  classicScript,
  maskCode,
  readImports,
  readScripts,
  replaceLocation,
  withScripts,
} from "./scripts.js";

test("location is replaced where it is the window's", () => {
  const cases = [
    ["location = '/x'", "__wbLocation = '/x'"],
    ["location.href = a", "__wbLocation.href = a"],
    ["window.location.reload()", "window.__wbLocation.reload()"],
    ["document.location.pathname", "document.__wbLocation.pathname"],
    ["top.location = self.location", "window.__wbLocation = self.__wbLocation"],
    ["new URL(location)", "new URL(__wbLocation)"],
    ["if (location.hash === '#a') {}", "if (__wbLocation.hash === '#a') {}"],
    ["`${location.href}`", "`${__wbLocation.href}`"],
    ["x = location;", "x = __wbLocation;"],
    ["window?.location?.href", "window?.__wbLocation?.href"],
  ];
  for (const [before, after] of cases) assert.equal(replaceLocation(before), after);
});

test("other things named location stay", () => {
  for (const js of [
    "map.location = 1",
    "({location: 1})",
    "const {location} = place; location.href",
    "let location = f(); location.href = 1",
    "function f(location) { return location.href }",
    "'location.href'",
    "// location.href",
    "/location.href/.test(x)",
    "mylocation.href",
    "(location) => location.href",
    "a.b . location.href",
    "locations.href",
    "x.location()",
    "`location.href`",
  ])
    assert.equal(replaceLocation(js), js, js);
});

test("code is told from strings, comments, templates and regular expressions", () => {
  assert.equal(maskCode("a = 'b' + /c'd/ // e"), "a = '_' + _____     ");
  assert.equal(maskCode("`a${b + `c${d}`}e` + f"), "`_${b + `_${d}`}_` + f");
  assert.equal(maskCode("a / b / c"), "a / b / c");
  assert.equal(maskCode("return /x/g"), "return ___g");
});

test("static imports are read", () => {
  assert.deepEqual(
    readImports(`import "./a.js"
    import b, {c as d} from './b.js'; import * as e from "pkg";
    export {f} from "../f.js"; export * from "/g.js";
    const s = "import './no.js'"; import("./dynamic.js"); // import "./no2.js"`),
    ["./a.js", "./b.js", "pkg", "../f.js", "/g.js"],
  );
});

test("minified imports are read", () => {
  assert.deepEqual(
    readImports(`import{a as b}from"./x.js";import c from"./y.js";export{b}`),
    ["./x.js", "./y.js"],
  );
});

test("imports become absolute; dynamic ones and import.meta go through the bridge", () => {
  const url = "http://app.invalid/m/a.js";
  const absolute = (name) => (name.startsWith(".") ? new URL(name, url).href : null);
  assert.equal(
    absoluteImports(
      `import x from "./b.js"; import y from "pkg"; import("./c.js"); import.meta.url`,
      url,
      absolute,
    ),
    `import x from "http://app.invalid/m/b.js"; import y from "pkg"; ` +
      `__wbImport("${url}")("./c.js"); "${url}"`,
  );
});

test("a script's import() goes through the bridge; a method of that name stays", () => {
  const url = "http://app.invalid/x.js";
  const cases = [
    ["import('/a.js').then(f)", `__wbImport("${url}")('/a.js').then(f)`],
    [
      "x = async () => await import ( f(a) )",
      `x = async () => await __wbImport("${url}")( f(a) )`,
    ],
    [
      "class A { import(a = (1)) { return location.href } }",
      "class A { import(a = (1)) { return __wbLocation.href } }",
    ],
    [
      "a.import('b'); 'import(c)'; // import(d)",
      "a.import('b'); 'import(c)'; // import(d)",
    ],
  ];
  for (const [before, after] of cases) assert.equal(classicScript(before, url), after);
});

test("scripts that a worker imports are found and replaced", () => {
  const js =
    "importScripts('/a.js', \"b.js\"); self.importScripts(name); 'importScripts(1)'; x.importScripts('c')";
  assert.deepEqual(readScripts(js), ["/a.js", "b.js"]);
  assert.equal(
    withScripts(js, (name) => (name === "b.js" ? "data:," : null)),
    js.replace("b.js", "data:,"),
  );
});
