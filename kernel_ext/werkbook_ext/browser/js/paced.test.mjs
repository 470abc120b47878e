import assert from "node:assert/strict";
import { test } from "node:test";
import { PacedMessages } from "./paced.js";

/**
 * Take messages of one millisecond each on a clock of our own.
 *
 * @param {(message: number) => void} [take]
 */
function paced(take = () => {}) {
  let now = 1000;
  const turns = [];
  /** @type {number[]} */
  const taken = [];
  const one = new PacedMessages(
    (message) => {
      now += 1;
      taken.push(message);
      take(message);
    },
    () => now,
  );
  globalThis.setTimeout = (act, wait) => turns.push({ act, wait });
  const passTurn = () => {
    const { act, wait } = turns.shift();
    now += wait;
    act();
  };
  const rest = () => {
    now += 1000;
  };
  return { one, taken, turns, passTurn, rest };
}

const { setTimeout } = globalThis;

test("few messages are taken at once, and many leave most of the time to others", () => {
  try {
    const { one, taken, turns, passTurn, rest } = paced();
    const sent = Array.from({ length: 1000 }, (_, number) => number);
    for (const message of sent) one.receive(message);
    assert.deepEqual(taken, sent.slice(0, 20));
    assert.deepEqual(
      turns.map(({ wait }) => wait),
      [30],
    );
    passTurn();
    assert.deepEqual(taken, sent.slice(0, 40));
    while (turns.length) passTurn();
    assert.deepEqual(taken, sent);
    rest();
    one.receive(1000);
    assert.equal(taken.at(-1), 1000);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

test("a message that can't be taken holds up none of those behind it", () => {
  try {
    const { one, taken, turns, passTurn } = paced((message) => {
      if (message === 30) throw new Error("not this one");
    });
    for (let message = 0; message < 60; message++) one.receive(message);
    assert.throws(passTurn, /not this one/);
    while (turns.length) passTurn();
    assert.equal(taken.length, 60);
    assert.equal(taken.at(-1), 59);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});
