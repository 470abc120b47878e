import assert from "node:assert/strict";
import { test } from "node:test";

import { readReferences } from "./css.js";

test("imports and urls, not comments, strings or data", () => {
  const found =
    readReferences(`@import "a.css"; @import url(b.css) screen; @import url('c.css');
    /* url(no) */ i { background: url( "d.png" ), url(e.png); content: "url(no)" }
    b { background: url(data:image/png;base64,AA) } u { filter: url(#f) }`);
  assert.deepEqual(
    found.map(({ url, isImport }) => [url, isImport]),
    [
      ["a.css", true],
      ["b.css", true],
      ["c.css", true],
      ["d.png", false],
      ["e.png", false],
    ],
  );
});
