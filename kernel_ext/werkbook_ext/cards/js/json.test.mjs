import assert from "node:assert/strict";
import { test } from "node:test";
import { isFoldable, jsonCount, jsonPreview } from "./json.js";

test("a folded JSON value shows its beginning and its size", () => {
  assert.equal(
    jsonPreview({ id: 7, tags: ["a"], none: null, o: {}, e: [] }),
    '{"id": 7, "tags": […], "none": null, "o": {}, "e": []}',
  );
  assert.equal(
    jsonPreview([1, { a: 1 }, "x".repeat(40)]),
    `[1, {…}, "${"x".repeat(19)}…]`,
  );
  assert.equal(
    jsonPreview(
      Array.from({ length: 99 }, (_, n) => n),
      10,
    ),
    "[0, 1, 2, 3, …]",
  );
  assert.deepEqual([[1], { a: 1, b: 2 }].map(jsonCount), ["1 item", "2 keys"]);
  assert.deepEqual([[], {}, null, 1, [1]].map(isFoldable), [
    false,
    false,
    false,
    false,
    true,
  ]);
});
