import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "./history.js";

test("history tells places in a document from other documents", () => {
  const history = new History();
  history.visit("/a");
  history.push("/a#x", 1);
  history.visit("/b");
  assert.equal(history.go(-1).isSameDocument, false);
  assert.deepEqual(history.go(-1), { entry: history.current, isSameDocument: true });
  assert.equal(history.go(-1), null);
  history.visit("/c");
  assert.deepEqual([history.canGoForward, history.entries.length], [false, 2]);
});
