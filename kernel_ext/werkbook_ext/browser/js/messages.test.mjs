import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { KERNEL_TAKERS } from "./browser_view.js";
import { LIMITS } from "./limits.js";
import { TAKERS } from "./page_desk.js";
import { ANSWERS } from "./requests.js";

const here = new URL(".", import.meta.url);
const table = JSON.parse(readFileSync(new URL("../messages.json", here), "utf-8"));
const OF_FRAMES = ["painted", "pong"]; // about the frame, so `Frames` takes them

function sources(folder) {
  const names = readdirSync(new URL(folder, here)).filter((name) => /\.js$/.test(name));
  return names.map((name) => readFileSync(new URL(folder + name, here), "utf-8"));
}

/** Return, in order, the texts that a pattern finds in the modules of a folder. */
function found(folder, pattern) {
  const texts = sources(folder).flatMap((source) => [...source.matchAll(pattern)]);
  return [...new Set(texts.map((match) => match[1]))].sort();
}

const kinds = (direction) => Object.keys(table[direction]).sort();

test("the view takes what the table has of a page, and nothing else", () => {
  assert.deepEqual(
    [...Object.keys(TAKERS), ...OF_FRAMES].sort(),
    kinds("page to view"),
  );
  assert.deepEqual(Object.keys(LIMITS).sort(), Object.keys(TAKERS).sort());
});

test("the bridge says what the table has of a page, and nothing else", () => {
  const written = found("bridge/", /\bt: "(\w+)"/g);
  const chosen = ["push", "replace"]; // which of the two is said is worked out
  assert.deepEqual([...new Set([...written, ...chosen])].sort(), kinds("page to view"));
});

test("the bridge takes what the table has for a page", () => {
  const heard = found("bridge/", /\blisten\("(\w+)"/g);
  const answers = Object.values(table["page to view"]).flatMap(
    (message) => message["answered by"] ?? [],
  );
  assert.deepEqual([...new Set([...heard, ...answers])].sort(), kinds("view to page"));
});

test("what the view sends is in the table, for the page or for the kernel", () => {
  const known = new Set([...kinds("view to page"), ...kinds("view to kernel")]);
  const sent = found("./", /\bt: "(\w+)"/g);
  assert.deepEqual(
    sent.filter((kind) => !known.has(kind)),
    [],
  );
  assert.deepEqual(
    [...known].filter((kind) => !sent.includes(kind)),
    [],
  );
});

test("the view takes what the table has of the kernel", () => {
  const taken = new Set([...Object.keys(KERNEL_TAKERS), ...Object.keys(ANSWERS)]);
  assert.deepEqual([...taken].sort(), kinds("kernel to view"));
});
