import assert from "node:assert/strict";
import { test } from "node:test";
import { boundaryOf, MixedParts } from "./mixed_parts.js";

const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);
const part = (text, end = "\r\n") =>
  `--f${end}Content-Type: image/png${end}${end}${text}${end}`;

test("the boundary is that of the content type", () => {
  const type = "multipart/x-mixed-replace; boundary=";
  assert.equal(boundaryOf(`${type}frame`), "frame");
  assert.equal(boundaryOf(`${type}"a b"; x=1`), "a b");
  assert.equal(boundaryOf(`${type}--frame`), "frame");
  for (const other of ["multipart/form-data; boundary=x", "text/html", "", null]) {
    assert.equal(boundaryOf(other), null);
  }
});

test("a part is there when the next boundary is, wherever the bytes are cut", () => {
  for (const end of ["\r\n", "\n"]) {
    const bytes = encode(part("one", end) + part("--two", end) + part("three", end));
    for (const size of [1, 2, 5, bytes.length]) {
      const parts = new MixedParts("f");
      const found = [];
      for (let at = 0; at < bytes.length; at += size) {
        const one = parts.add(bytes.slice(at, at + size));
        if (one) found.push(`${one.type} ${decode(one.body)}`);
      }
      const wanted = ["image/png one", "image/png --two"];
      assert.deepEqual(found, size === bytes.length ? wanted.slice(1) : wanted);
    }
  }
});

test("a part without a type is text", () => {
  const found = new MixedParts("f").add(encode("--f\r\n\r\nhello\r\n--f--"));
  assert.deepEqual([found.type, decode(found.body)], ["text/plain", "hello"]);
});
