import assert from "node:assert/strict";
import { test } from "node:test";
import { resolve, shownAddress, typedAddress } from "./urls.js";

test("addresses of the app are virtual, others stay", () => {
  assert.equal(resolve("b?x#y", "http://app.invalid/a/"), "http://app.invalid/a/b?x#y");
  assert.equal(
    resolve("http://localhost/a", "http://app.invalid/"),
    "http://app.invalid/a",
  );
  assert.equal(
    resolve("http://localhost:8888/a", "http://app.invalid/"),
    "http://localhost:8888/a",
  );
  assert.equal(
    resolve("https://app.invalid/a", "http://app.invalid/"),
    "https://app.invalid/a",
  );
  assert.equal(resolve("http://[", "http://app.invalid/"), null);
  assert.equal(
    typedAddress("hello", "http://app.invalid/x"),
    "http://app.invalid/hello",
  );
  assert.equal(
    typedAddress("?a=1", "http://app.invalid/x"),
    "http://app.invalid/x?a=1",
  );
  assert.equal(shownAddress("http://app.invalid/a?b"), "/a?b");
});
