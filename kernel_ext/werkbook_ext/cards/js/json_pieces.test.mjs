import assert from "node:assert/strict";
import { test } from "node:test";
import { leafText, parseJson } from "./json.js";
import { hasRepeatedKeys } from "./json_keys.js";
import { readJson } from "./json_pieces.js";

/** Read a text to its end; say how often it paused, too. */
function readAll(text, pieceChars) {
  const reading = readJson(text, pieceChars);
  for (let pauses = 0; ; pauses += 1) {
    const step = reading.next();
    if (step.done) return { ...step.value, pauses };
  }
}

const TEXTS = [
  "[1, 2.50, -0, 12345678901234567890]",
  '{"b": [1, [2, [3, {"10": 1, "9": "]}, [{"}]], 4], "2": {}, "a": []}',
  String.raw`{"a\\\"b": ["x\\\",", "\\\\", "é\u00e9"], "c" : {"d":[ ] , "e" :null}}`,
  '[[], {}, [[]], {"a": {}}, "", true, false, null, 0]',
  " \n[ 1 ,\t2 , [ 3 , 4 ] ]\r\n ",
  '{"__proto__": [1, 2, 3, 4, 5, 6], "constructor": {"__proto__": 1}}',
  '{"a": 1, "b": [1, 2, 3], "a": 2}',
  '{"a": [1, 2, 3, 4, 5], "b": 0, "a": {"c": 1, "c": 2}}',
  '"a text that is longer than a piece"',
  "[          ]",
  "{ }",
  "7",
];

test("a text read in pieces of any size is what is read at once", () => {
  for (const text of TEXTS) {
    const wanted = parseJson(text);
    for (let size = 1; size <= text.length + 1; size += 1) {
      const { value, problem, isRepeated } = readAll(text, size);
      assert.deepEqual(value, wanted, `${size}: ${text}`);
      assert.deepEqual(keysOf(value), keysOf(wanted));
      assert.equal(problem, "");
      assert.equal(isRepeated, hasRepeatedKeys(wanted, text), `${size}: ${text}`);
    }
  }
});

/** The keys of a value and of all below it, in their order. */
function keysOf(value) {
  if (typeof value !== "object" || value === null) return leafText(value);
  return Object.keys(value).map((key) => [
    key,
    keysOf(Object.getOwnPropertyDescriptor(value, key).value),
  ]);
}

const WRONG = [
  ..."[1, 2|[1,, 2]|[, 1]|[1, 2,]|[1}|{1]|[1] 2|[1], [2]|[[1, 2}, 3]|[1 2]".split("|"),
  ...'{"a": 1,}|{"a": 1,, "b": 2}|{a: 1}|{"a"}|{"a": }|{"a": 1]|["a|["a\\"]'.split("|"),
  ...'{"a": [1, 2, 3], 4}|{"a" "b": [1]}|{[1, 2]: 3}|]|}|,||[1}{2]|{"a": 1}, {}'.split(
    "|",
  ),
];

test("a text that is no JSON is none in pieces of any size", () => {
  for (const text of WRONG) {
    for (let size = 1; size <= text.length + 1; size += 1) {
      const { value, problem } = readAll(text, size);
      assert.equal(value, undefined, `${size}: ${text}`);
      assert.match(problem, /^This is no JSON: (?!it)/);
    }
  }
});

test("a word that is none of JSON's is named", () => {
  const text = '{"a": "NaN, NaN", "b": [1, 2, 3, {"c": NaN}]}';
  for (let size = 1; size <= text.length; size += 1) {
    assert.equal(
      readAll(text, size).problem,
      "This is no JSON: it has no NaN. Send null or a text instead.",
    );
  }
});

test("a long text is read in many pieces, a short one at once", () => {
  const numbers = Array.from({ length: 100_000 }, (_, n) => `${n}.50`);
  const { value, pauses } = readAll(`{"inner": [[${numbers.join(", ")}]]}`);
  assert.deepEqual(value.inner[0].map(leafText), numbers);
  assert.ok(pauses >= 15 && pauses < 50, String(pauses));
  assert.equal(readAll("[1, 2]").pauses, 0);
});
