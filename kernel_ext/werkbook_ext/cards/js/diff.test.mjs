import assert from "node:assert/strict";
import { test } from "node:test";
import { comparable, diffLines, foldSame } from "./diff.js";

test("lines that differ", () => {
  assert.deepEqual(diffLines("a\nb\nc", "a\nx\nc"), [
    [" ", "a"],
    ["-", "b"],
    ["+", "x"],
    [" ", "c"],
  ]);
  assert.deepEqual(diffLines("a\nb", "b\nc"), [
    ["-", "a"],
    [" ", "b"],
    ["+", "c"],
  ]);
  assert.deepEqual(diffLines("a", "a"), [[" ", "a"]]);
});

test("a difference gives both texts back, whatever they are", () => {
  let seed = 7;
  const random = (count) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % count;
  };
  for (let round = 0; round < 300; round += 1) {
    const text = () =>
      Array.from({ length: 1 + random(8) }, () => "abc"[random(3)]).join("\n");
    const [before, after] = [text(), text()];
    for (const cells of [4_000_000, 0]) {
      const rows = diffLines(before, after, cells);
      const side = (mark) =>
        rows
          .filter(([kind]) => kind === " " || kind === mark)
          .map(([, line]) => line)
          .join("\n");
      assert.equal(side("-"), before);
      assert.equal(side("+"), after);
    }
  }
});

test("lines far from a change are folded", () => {
  const rows = diffLines("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\nsix");
  assert.deepEqual(foldSame(rows, 1), [
    ["…", 4],
    [" ", "5"],
    ["-", "6"],
    ["+", "six"],
  ]);
});

test("headers that vary are not compared", () => {
  assert.equal(
    comparable(
      "GET / -> 200 OK",
      [
        ["Date", "now"],
        ["X-A", "1"],
      ],
      "hi",
    ),
    "GET / -> 200 OK\nX-A: 1\n\nhi",
  );
});

test("JSON is compared line by line", () => {
  assert.equal(
    comparable("GET /", [], '{"a":[1]}'),
    'GET /\n\n{\n  "a": [\n    1\n  ]\n}',
  );
  assert.equal(comparable("GET /", [], "3"), "GET /\n\n3");
});
