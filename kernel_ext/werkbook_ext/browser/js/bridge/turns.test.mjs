import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "./turns.js";

/** Wait until all that was put off is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Turns that are entered by number; `begun` has those that came. */
function makeTurns() {
  const turns = new Turns();
  const begun = [];
  return { turns, begun, enter: (number) => turns.enter(() => begun.push(number)) };
}

test("what is stopped in the same go never begins, nor does what waits", async () => {
  const { begun, enter } = makeTurns();
  for (let number = 0; number < 100; number++) enter(number).leave();
  await settled();
  assert.deepEqual(begun, []);
  const entered = Array.from({ length: 100 }, (_, number) => enter(number));
  await settled();
  for (const turn of entered) if (!turn.hasCome) turn.leave();
  for (const turn of entered) turn.leave();
  await settled();
  assert.equal(begun.length, 12);
});

test("so many at once, the others in their order as places are left", async () => {
  const { begun, enter } = makeTurns();
  const entered = Array.from({ length: 40 }, (_, number) => enter(number));
  await settled();
  assert.equal(begun.length, 12);
  entered[5].leave();
  entered[5].leave(); // one place, however often it is left
  await settled();
  assert.deepEqual(begun.slice(12), [12]);
  for (const turn of entered) turn.leave();
  await settled();
  assert.equal(begun.length, 13);
});

test("too many that wait are refused", async () => {
  const { turns, enter } = makeTurns();
  let refused = 0;
  for (let number = 0; number < 6000; number++) if (!enter(number)) refused += 1;
  assert.equal(refused, 1000);
  await settled();
  assert.deepEqual([turns.under.size, turns.waiting.size], [12, 4988]);
});
