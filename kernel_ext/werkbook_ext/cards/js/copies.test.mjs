import assert from "node:assert/strict";
import { test } from "node:test";
import { asCurl, asRequests, asTest, pythonLiteral, pythonString } from "./copies.js";

function card(parts = {}) {
  const {
    method = "GET",
    url = "/hello/Ada",
    status = 200,
    sent = "",
    headers = [],
    ...rest
  } = parts;
  return {
    hops: [{ method, url, status, reason: "OK" }],
    request: { headers, size_bytes: sent.length, mimetype: "", kind: "text" },
    response: {
      headers: [],
      kind: "json",
      mimetype: "application/json",
      charset: "utf-8",
      size_bytes: 2,
    },
    sent,
    base_url: "http://127.0.0.1:8000",
    ...rest,
  };
}

test("curl gets what was typed and nothing that it adds itself", () => {
  const headers = [
    ["Accept", "*/*"],
    ["User-Agent", "werkbook"],
    ["Content-Type", "application/json"],
    ["X-A", "it's"],
  ];
  const sent = '{"a": 1}';
  assert.equal(
    asCurl(card({ method: "POST", url: "/items?q=a b", headers, sent })),
    `curl -H 'Content-Type: application/json' -H 'X-A: it'\\''s' --data-raw '{"a": 1}' 'http://127.0.0.1:8000/items?q=a b'`,
  );
  assert.equal(
    asCurl(card({ method: "DELETE" })),
    "curl -X DELETE http://127.0.0.1:8000/hello/Ada",
  );
  assert.equal(asCurl(card({ base_url: "" })), "curl http://localhost:5000/hello/Ada");
});

test("Python source of JSON values", () => {
  const value = { 'a"b\\': [null, true, false, 1.5, "x\ny\u0001é"], o: {} };
  assert.equal(
    pythonLiteral(value),
    '{"a\\"b\\\\": [None, True, False, 1.5, "x\\ny\\x01é"], "o": {}}',
  );
  assert.equal(pythonString("\ud800"), '"\\ud800"');
});

test("a request as Python", () => {
  const headers = [
    ["Content-Type", "application/json"],
    ["Accept", "application/json, */*;q=0.5"],
    ["X-A", "1"],
  ];
  const text = asRequests(
    card({ method: "POST", url: "/items", headers, sent: '{"ok": true}' }),
  );
  assert.equal(
    text,
    'import requests\n\nresponse = requests.post("http://127.0.0.1:8000/items", json={"ok": True}, headers={"X-A": "1"})\n',
  );
});

test("a request as a test", () => {
  assert.equal(
    asTest(card(), '{"hello": "Ada"}'),
    'def test_get_hello_ada(client):\n    response = client.get("/hello/Ada")\n    assert response.status_code == 200\n    assert response.get_json() == {"hello": "Ada"}\n',
  );
  const page = card({
    url: "/",
    response: { headers: [], kind: "html", size_bytes: 9 },
  });
  assert.match(
    asTest(page, "<!doctype html>\n<h1>Hi &amp; ho</h1>"),
    /test_get_index[^]*assert "<h1>Hi &amp; ho<\/h1>" in response\.text/,
  );
  const odd = card({ method: "QUERY", url: "/q" });
  assert.match(asTest(odd, "[1]"), /client\.open\("\/q", method="QUERY"\)/);
});

test("a form goes as data", () => {
  const headers = [["Content-Type", "application/x-www-form-urlencoded"]];
  const text = asRequests(card({ method: "POST", headers, sent: "a=1&b=2" }));
  assert.match(
    text,
    /requests\.post\("[^"]+", data="a=1&b=2", headers=\{"Content-Type": "application\/x-www-form-urlencoded"\}\)/,
  );
});
