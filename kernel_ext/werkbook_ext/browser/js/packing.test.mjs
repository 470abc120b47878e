import assert from "node:assert/strict";
import { test } from "node:test";
import { pack, unpack } from "./packing.js";

test("what is packed is unpacked, buffers and characters included", () => {
  const messages = [
    { content: { t: "go", url: "/ä" }, buffers: [] },
    { content: { t: "part" }, buffers: [new Uint8Array([1, 2]), new Uint8Array(0)] },
  ];
  assert.deepEqual(unpack(pack(messages).buffer), messages);
  assert.deepEqual(unpack(pack([]).buffer), []);
});
