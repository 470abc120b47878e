import assert from "node:assert/strict";
import { test } from "node:test";
import { withRequest } from "./cell_source.js";

const line = { line: "%http GET /b", cell: "%%http GET /b" };
const body = { line: null, cell: '%%http POST /b\n\n{"a": 1}' };

test("a line is replaced, with what stands before and what must hold", () => {
  assert.equal(withRequest("%http GET /a", line, 0), "%http GET /b");
  assert.equal(withRequest("r = %http /a -> 200", line, 0), "r = %http GET /b -> 200");
  assert.equal(
    withRequest("x = 1\n%http /a\n%http /c", line, 1),
    "x = 1\n%http /a\n%http GET /b",
  );
});

test("a cell of one request becomes another", () => {
  assert.equal(
    withRequest("%%http PUT /a -> 200\nx", body, 0),
    '%%http POST /b -> 200\n\n{"a": 1}',
  );
  assert.equal(withRequest("%http POST /a x=1\n", body, 0), body.cell);
});

test("what has no place in the cell is told", () => {
  assert.equal(withRequest("x = 1\n%http POST /a x=1", body, 0), null);
  assert.equal(withRequest("%%route GET /\n'home'", line, 0), null);
  assert.equal(withRequest("%http /a", line, 1), null);
});
