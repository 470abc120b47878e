import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ExactNumber,
  isFoldable,
  jsonCount,
  jsonPreview,
  leafText,
  parseJson,
  shortLeafText,
  syntaxProblem,
  wordProblem,
} from "./json.js";
import { entriesOf, hasRepeatedKeys } from "./json_keys.js";

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
  const sent =
    "[-0, 1.10, 1.0, 1e400, 1E5, 0.00000012, 1234567890.1234567, 7, 2.5, -3]";
  const shown = parseJson(sent).map(leafText);
  assert.equal(`[${shown.join(", ")}]`, sent);
});

test("keys stand in the order in which they were sent, numbers too", () => {
  const text = String.raw`{"b": {"10": 1, "9": 2}, "2" : "\"1\":", "1": [{"7": 0, "a\\": 1, "3": 2}]}`;
  const value = parseJson(text);
  assert.equal(jsonPreview(value), '{"b": {…}, "2": "\\"1\\":", "1": […]}');
  assert.deepEqual([...entriesOf(value)][1], ["2", '"1":']);
  assert.equal(jsonPreview(value.b), '{"10": 1, "9": 2}');
  const [, [, [inner]]] = [...entriesOf(value)].slice(1);
  assert.equal(jsonPreview(inner), '{"7": 0, "a\\\\": 1, "3": 2}');
  assert.equal(jsonPreview(parseJson('["1", "2"]')), '["1", "2"]');
});

test("a key that an object has twice is found", () => {
  const isRepeated = (text) => hasRepeatedKeys(parseJson(text), text);
  assert.ok(isRepeated('{"a": 1, "a": 2}'));
  assert.ok(isRepeated('[{"a": {"7": 1, "7": 1}}]'));
  for (const text of [
    '{"a": 1, "b": {"a": 1.0}}',
    '["a", "a"]',
    '{"a": "\\"a\\":1"}',
  ]) {
    assert.ok(!isRepeated(text), text);
  }
});

test("what is no number is found in code alone", () => {
  const nan = "This is no JSON: it has no NaN. Send null or a text instead.";
  assert.equal(wordProblem('{"a": [1, {"b": NaN}]}'), nan);
  const other = '{"a": "so, NaN , -Infinity", b}';
  assert.equal(wordProblem(other), "");
  assert.match(syntaxProblem(other), /^This is no JSON: (?!it)/);
  assert.equal(syntaxProblem("[1]"), "");
});

test("a long text shows its beginning", () => {
  assert.equal(shortLeafText("x".repeat(9), 4), '"xxx… 7 more characters');
  assert.equal(shortLeafText("x"), '"x"');
});
