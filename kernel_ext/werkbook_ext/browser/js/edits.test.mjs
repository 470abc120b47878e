import assert from "node:assert/strict";
import { test } from "node:test";
import { Edits } from "./edits.js";

test("edits apply by position, the first wins where they overlap", () => {
  const edits = new Edits("abcdef");
  edits.replace(3, 4, "X");
  edits.insert(0, ">");
  edits.replace(1, 4, "-");
  assert.equal(edits.result(), ">a-ef");
});
