import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHeaders } from "./headers.js";

test("the header box", () => {
  assert.deepEqual(parseHeaders("A: 1\n\nB:x:y\n"), [
    ["A", "1"],
    ["B", "x:y"],
  ]);
  assert.equal(parseHeaders("nonsense"), null);
});
