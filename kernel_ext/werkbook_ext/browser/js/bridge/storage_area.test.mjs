import assert from "node:assert/strict";
import { test } from "node:test";
import { makeStorage } from "./storage_area.js";

test("storage behaves as a browser's", () => {
  const changes = [];
  const storage = makeStorage(new Map([["a", "1"]]), (made) => changes.push(...made));
  storage.b = 2;
  assert.deepEqual(
    [storage.a, storage.getItem("b"), storage.length, storage.missing],
    ["1", "2", 2, undefined],
  );
  assert.deepEqual(Object.keys(storage), ["a", "b"]);
  assert.equal("a" in storage, true);
  delete storage.a;
  storage.setItem("b", "2");
  assert.throws(() => storage.setItem("big", "x".repeat(6e6)), {
    name: "QuotaExceededError",
  });
  storage.clear();
  assert.deepEqual(changes, [
    ["b", "2"],
    ["a", null],
    [null, null],
  ]);
});
