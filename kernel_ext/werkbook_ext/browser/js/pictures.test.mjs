import assert from "node:assert/strict";
import { test } from "node:test";
import { isSmallPng } from "./pictures.js";

/** Return a data: URL of a PNG's beginning, of this size. */
function png(width, height, head = "\x89PNG\r\n\x1a\n") {
  const bytes = Buffer.alloc(33);
  bytes.write(head, 0, "latin1");
  bytes.writeUInt32BE(13, 8);
  bytes.write("IHDR", 12, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

test("a small PNG is taken", () => {
  assert.equal(isSmallPng(png(800, 420)), true);
});

test("what is no small PNG is not taken", () => {
  for (const text of [
    "",
    "data:text/html;base64,PGI+",
    `${png(8, 8)}" onload="alert(1)`,
    png(100_000, 8),
    png(8, 0),
    png(8, 8, "GIF89a\0\0"),
    `data:image/png;base64,${"A".repeat(60_000)}`,
  ]) {
    assert.equal(isSmallPng(text), false, text.slice(0, 60));
  }
});
