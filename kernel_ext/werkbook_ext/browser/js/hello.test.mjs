import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "./hello.js";

test("a message is admitted as it comes, however long those before it take", () => {
  const { setTimeout } = globalThis;
  const { now } = performance;
  const turns = [];
  let ms = 1000;
  globalThis.setTimeout = (act) => turns.push(act);
  performance.now = () => ms;
  try {
    const port = {};
    const frame = { port };
    const asked = [];
    const taken = [];
    listen(frame, port, {
      admits: ({ number }) => asked.push(number) <= 30,
      take: ({ number }) => {
        ms += 1;
        taken.push(number);
      },
    });
    for (let number = 0; number < 1000; number++) port.onmessage({ data: { number } });
    assert.equal(asked.length, 1000);
    assert.equal(taken.length, 20);
    ms += 50;
    turns.shift()();
    assert.equal(taken.length, 30);
    assert.deepEqual(turns, []);
  } finally {
    globalThis.setTimeout = setTimeout;
    performance.now = now;
  }
});
