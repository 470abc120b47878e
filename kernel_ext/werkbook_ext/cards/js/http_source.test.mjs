import assert from "node:assert/strict";
import { test } from "node:test";
import { asHttp, asHttpCell, asHttpLine } from "./http_source.js";

const request = { method: "GET", url: "/x", headers: [], body: null };

test("a request without a body is a line", () => {
  assert.equal(asHttp(request), "%http GET /x");
  const headers = [["Accept", "text/html"]];
  assert.equal(asHttp({ ...request, headers }), "%http GET /x Accept:text/html");
  const shown = { ...request, is_followed: false };
  assert.equal(asHttp(shown), "%http GET /x --no-follow");
});

test("words are quoted where they need it", () => {
  const headers = [["X-A", `it's "so"`]];
  assert.equal(
    asHttpLine({ ...request, url: "/a b", headers }),
    `%http GET '/a b' "X-A:it's \\"so\\""`,
  );
  assert.equal(asHttpLine({ ...request, url: "/a->b" }), "%http GET '/a->b'");
});

test("a body takes a cell, in which braces stand for themselves", () => {
  const headers = [
    ["Content-Type", "application/json"],
    ["Accept", "application/json, */*;q=0.5"],
  ];
  const body = '{"a": "{{ b }}"}';
  assert.equal(
    asHttp({ ...request, method: "POST", headers, body }),
    '%%http POST /x\nContent-Type: application/json\n\n{"a": "\\{{ b }}"}',
  );
});

test("a header that a line can't hold takes a cell", () => {
  const headers = [["X-A", "a\\=b"]];
  assert.equal(asHttp({ ...request, headers }), "%%http GET /x\nX-A: a\\=b");
  assert.equal(asHttpLine({ ...request, headers }), null);
  assert.equal(asHttpCell(request), "%%http GET /x");
});
