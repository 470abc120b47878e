import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStreamParser } from "./event_stream.js";

const bytes = (text) => new TextEncoder().encode(text);

test("event streams arrive in any pieces", () => {
  const got = [];
  const text =
    ": hi\r\nid: 1\ndata: a\ndata:b\n\nevent: x\rdata: \u00e4\r\r\nretry: 50\ndata\n\ndata: unfinished";
  for (const size of [1, 3, 1000]) {
    const parser = new EventStreamParser({
      event: (one) => got.push(one),
      retry: (ms) => got.push(ms),
      id() {},
    });
    const all = bytes(text);
    for (let i = 0; i < all.length; i += size) parser.push(all.subarray(i, i + size));
    assert.deepEqual(got.splice(0), [
      { type: "message", data: "a\nb", lastEventId: "1" },
      { type: "x", data: "\u00e4", lastEventId: "1" },
      50,
      { type: "message", data: "", lastEventId: "1" },
    ]);
  }
});
