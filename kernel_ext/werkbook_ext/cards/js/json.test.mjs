import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ExactNumber,
  isFoldable,
  jsonCount,
  jsonPreview,
  leafText,
  parseJson,
} from "./json.js";

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

test("numbers stay as they were sent", () => {
  const exact = new ExactNumber("12345678901234567890");
  assert.equal(leafText(exact), "12345678901234567890");
  assert.equal(isFoldable(exact), false);
  assert.equal(
    jsonPreview([exact, new ExactNumber("1.0")]),
    "[12345678901234567890, 1.0]",
  );
  assert.deepEqual(parseJson('{"a": [1, 2.5]}'), { a: [1, 2.5] });
  assert.equal(parseJson("[NaN]"), undefined);
});
