import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cutIntoBlocks,
  cutUrl,
  decode,
  hexDump,
  highlightHtml,
  readableSize,
  readableTime,
  statusKind,
} from "./text.js";

test("sizes and times read well", () => {
  assert.deepEqual([0, 1, 999, 1000, 2_500_000].map(readableSize), [
    "0 B",
    "1 B",
    "999 B",
    "1.0 kB",
    "2.5 MB",
  ]);
  assert.deepEqual([0.42, 12.6, 1234].map(readableTime), ["0.4 ms", "13 ms", "1.23 s"]);
});

test("a status has a kind", () => {
  assert.deepEqual([101, 204, 302, 404, 500, 799].map(statusKind), [
    "info",
    "ok",
    "redirect",
    "warning",
    "error",
    "error",
  ]);
});

test("bytes are decoded by their character set, an unknown one as UTF-8", () => {
  assert.equal(decode(new Uint8Array([0xe9]), "iso8859-1"), "é");
  assert.equal(decode(new TextEncoder().encode("é"), "no-such-set"), "é");
});

test("highlighted HTML is the source, cut", () => {
  const source =
    '<!doctype html><!-- a <b> --><p class="x > y" hidden>a < b & c = "d"</p><img src=a.png/>';
  const tokens = highlightHtml(source);
  assert.equal(tokens.map(([, text]) => text).join(""), source);
  assert.deepEqual(tokens.slice(0, 5), [
    ["doctype", "<!doctype html>"],
    ["comment", "<!-- a <b> -->"],
    ["tag", "<p"],
    ["attribute", " class"],
    ["text", "="],
  ]);
  assert.ok(tokens.some(([kind, text]) => kind === "string" && text === '"x > y"'));
  assert.ok(!tokens.some(([kind, text]) => kind === "string" && text === '"d"'));
});

test("highlighting and cutting ten megabytes does not hang", () => {
  const source = "<p class='a'>hello</p>\n".repeat(450_000);
  const start = performance.now();
  const blocks = cutIntoBlocks(source);
  assert.equal(blocks.join("\n"), source);
  highlightHtml(source.slice(0, 200_000));
  assert.ok(performance.now() - start < 10_000);
});

test("blocks end with lines; a longer line is cut", () => {
  assert.deepEqual(cutIntoBlocks("ab\ncd\nef", 5), ["ab\ncd", "ef"]);
  assert.deepEqual(cutIntoBlocks("abcdefg\nh", 3), ["abc", "def", "g\nh"]);
  assert.deepEqual(cutIntoBlocks("\n\na", 1), ["\n", "a"]);
  assert.deepEqual(cutIntoBlocks("", 5), [""]);
});

test("bytes as hex", () => {
  const bytes = new Uint8Array([0, 1, 72, 105, 255]);
  assert.equal(hexDump(bytes), `00000000  00 01 48 69 ff${" ".repeat(33)}  ..Hi.`);
  assert.equal(hexDump(new Uint8Array(5000)).split("\n").length, 256);
});

test("a URL is cut so that its end stays", () => {
  assert.deepEqual(cutUrl("/"), ["/", ""]);
  assert.deepEqual(cutUrl("/items"), ["/it", "ems"]);
  const url = `/${"a".repeat(50)}/${"b".repeat(30)}`;
  const [start, end] = cutUrl(url);
  assert.equal(start + end, url);
  assert.equal(end.length, 24);
});
