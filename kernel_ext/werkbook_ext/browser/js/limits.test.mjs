import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Budget,
  jsonOf,
  LIMITS,
  MAX_REFUSED,
  pairsIn,
  textOr,
  weightOf,
} from "./limits.js";

test("a page may say so much, and the limit that it met is named", () => {
  let now = 0;
  const budget = new Budget(() => now);
  const goes = () => budget.refusal("go", { t: "go", url: "/" });
  for (let i = 0; i < LIMITS.go.burst; i++) assert.equal(goes(), null);
  assert.equal(goes(), 'there are more than 5 messages of kind "go" in a second');
  now += 1000;
  assert.equal(goes(), null);
  assert.equal(
    budget.refusal("scroll", { x: "a".repeat(2000) }),
    'a message of kind "scroll" is larger than 1,024 bytes',
  );
  let refused = 0;
  while (!budget.isSpent()) refused++;
  assert.equal(refused, MAX_REFUSED);
});

test("what is in a message is weighed and is never run", () => {
  const circle = { a: "1234" };
  circle.self = circle;
  assert.ok(weightOf(circle, 1000) < 100);
  assert.equal(weightOf(Array.from({ length: 300_000 }), 10 ** 9), Infinity);
  assert.ok(weightOf({ body: new ArrayBuffer(5000) }, 1000) > 1000);
  assert.deepEqual(pairsIn([["a", "b"], ["a"], "ab", null, ["a", {}], { length: 2 }]), [
    ["a", "b"],
  ]);
  assert.deepEqual(pairsIn({ 0: ["a", "b"] }), []);
  assert.equal(textOr({ toString: 1 }), "");
  assert.deepEqual(
    [jsonOf(circle), jsonOf(1n), jsonOf(undefined), jsonOf([1])],
    [null, null, null, [1]],
  );
});
