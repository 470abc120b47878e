import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "./outbox.js";

test("what waits is sent by itself, by a timer that takes no other `this`", () => {
  const { setTimeout } = globalThis;
  const sent = [];
  globalThis.setTimeout = function (act) {
    // A browser's own refuses to be the method of another object.
    if (this !== undefined && this !== globalThis)
      throw new TypeError("Illegal invocation");
    act();
  };
  try {
    new Outbox((message) => sent.push(message)).moved("/1");
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assert.deepEqual(sent, [{ t: "moved", url: "/1" }]);
});

test("a page's thousand changes become few messages, in order before a request", () => {
  const sent = [];
  const outbox = new Outbox(
    (message) => sent.push(message),
    () => {},
  );
  for (let i = 0; i < 1000; i++) outbox.store("local", [["n", String(i)]]);
  outbox.store("session", [
    ["a", "1"],
    [null, null],
    ["b", "2"],
  ]);
  outbox.moved("/1");
  outbox.moved("/2");
  outbox.cookie("x=1", "/");
  outbox.flush();
  assert.deepEqual(sent, [
    { t: "cookies", cookies: [{ text: "x=1", url: "/" }] },
    { t: "store", area: "local", changes: [["n", "999"]] },
    {
      t: "store",
      area: "session",
      changes: [
        [null, null],
        ["b", "2"],
      ],
    },
    { t: "moved", url: "/2" },
  ]);
});
