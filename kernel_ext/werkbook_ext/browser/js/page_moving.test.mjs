import assert from "node:assert/strict";
import { test } from "node:test";

import { MOVING } from "./page_moving.js";

/** Let each page reload itself so long after it came; return how often it may. */
function countReloads(t, { stay_ms: stay, way_ms: way, tries }) {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  let reloads = 0;
  const told = [];
  const desk = {
    moves: [],
    movesInRow: 0,
    isStaying: () => true,
    view: {
      reload: () => reloads++,
      notices: { show: (name) => told.push(name) },
    },
  };
  for (let i = 0; i < tries; i++) {
    now += way;
    const frame = { connectedAt: now };
    now += stay;
    MOVING.reload(desk, {}, frame);
  }
  return { reloads, isTold: told.includes("loop") };
}

test("a page that goes on at once is stopped, however slow the way is", (t) => {
  for (const way of [1, 400, 3000]) {
    const seen = countReloads(t, { stay_ms: 50, way_ms: way, tries: 30 });
    assert.deepEqual(seen, { reloads: 20, isTold: true }, `${way} ms`);
  }
});

test("a page that loads itself anew now and then goes on", (t) => {
  const seen = countReloads(t, { stay_ms: 2000, way_ms: 100, tries: 60 });
  assert.deepEqual(seen, { reloads: 60, isTold: false });
});
