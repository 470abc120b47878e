// The card's pure functions, run by Node's test runner.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as logic from "../../../kernel_ext/werkbook_ext/cards/js/text.js";

function card(parts = {}) {
  const { method = "GET", url = "/hello/Ada", status = 200, sent = "", headers = [], ...rest } = parts;
  return {
    hops: [{ method, url, status, reason: "OK" }],
    request: { headers, size_bytes: sent.length, mimetype: "", kind: "text" },
    response: { headers: [], kind: "json", mimetype: "application/json", charset: "utf-8", size_bytes: 2 },
    sent,
    base_url: "http://127.0.0.1:8000",
    ...rest,
  };
}

test("sizes and times read well", () => {
  assert.deepEqual([0, 1, 999, 1000, 2_500_000].map(logic.readableSize), ["0 bytes", "1 byte", "999 bytes", "1.0 kB", "2.5 MB"]);
  assert.deepEqual([0.42, 12.6, 1234].map(logic.readableTime), ["0.4 ms", "13 ms", "1.23 s"]);
});

test("a status has a kind", () => {
  assert.deepEqual([101, 204, 302, 404, 500, 799].map(logic.statusKind), ["info", "ok", "redirect", "warning", "error", "error"]);
});

test("bytes are decoded by their character set, an unknown one as UTF-8", () => {
  assert.equal(logic.decode(new Uint8Array([0xe9]), "iso8859-1"), "é");
  assert.equal(logic.decode(new TextEncoder().encode("é"), "no-such-set"), "é");
});

test("curl gets what was typed and nothing that it adds itself", () => {
  const headers = [["Accept", "*/*"], ["User-Agent", "werkbook"], ["Content-Type", "application/json"], ["X-A", "it's"]];
  const sent = '{"a": 1}';
  assert.equal(
    logic.asCurl(card({ method: "POST", url: "/items?q=a b", headers, sent })),
    `curl -H 'Content-Type: application/json' -H 'X-A: it'\\''s' --data-raw '{"a": 1}' 'http://127.0.0.1:8000/items?q=a b'`,
  );
  assert.equal(logic.asCurl(card({ method: "DELETE" })), "curl -X DELETE http://127.0.0.1:8000/hello/Ada");
  assert.equal(logic.asCurl(card({ base_url: "" })), "curl http://localhost:5000/hello/Ada");
});

test("Python source of JSON values", () => {
  const value = { "a\"b\\": [null, true, false, 1.5, "x\ny\u0001é"], o: {} };
  assert.equal(logic.pythonLiteral(value), '{"a\\"b\\\\": [None, True, False, 1.5, "x\\ny\\x01é"], "o": {}}');
  assert.equal(logic.pythonString("\ud800"), '"\\ud800"');
});

test("a request as Python", () => {
  const headers = [["Content-Type", "application/json"], ["Accept", "application/json, */*;q=0.5"], ["X-A", "1"]];
  const text = logic.asRequests(card({ method: "POST", url: "/items", headers, sent: '{"ok": true}' }));
  assert.equal(text, 'import requests\n\nresponse = requests.post("http://127.0.0.1:8000/items", json={"ok": True}, headers={"X-A": "1"})\n');
});

test("a request as a test", () => {
  assert.equal(
    logic.asTest(card(), '{"hello": "Ada"}'),
    'def test_get_hello_ada(client):\n    response = client.get("/hello/Ada")\n    assert response.status_code == 200\n    assert response.get_json() == {"hello": "Ada"}\n',
  );
  const page = card({ url: "/", response: { headers: [], kind: "html", size_bytes: 9 } });
  assert.match(logic.asTest(page, "<!doctype html>\n<h1>Hi &amp; ho</h1>"), /test_get_index[^]*assert "<h1>Hi &amp; ho<\/h1>" in response\.text/);
  const odd = card({ method: "QUERY", url: "/q" });
  assert.match(logic.asTest(odd, "[1]"), /client\.open\("\/q", method="QUERY"\)/);
});

test("a form goes as data", () => {
  const headers = [["Content-Type", "application/x-www-form-urlencoded"]];
  const text = logic.asRequests(card({ method: "POST", headers, sent: "a=1&b=2" }));
  assert.match(text, /requests\.post\("[^"]+", data="a=1&b=2", headers=\{"Content-Type": "application\/x-www-form-urlencoded"\}\)/);
});

test("highlighted HTML is the source, cut", () => {
  const source = '<!doctype html><!-- a <b> --><p class="x > y" hidden>a < b & c = "d"</p><img src=a.png/>';
  const tokens = logic.highlightHtml(source);
  assert.equal(tokens.map(([, text]) => text).join(""), source);
  assert.deepEqual(tokens.slice(0, 5), [["doctype", "<!doctype html>"], ["comment", "<!-- a <b> -->"], ["tag", "<p"], ["attribute", " class"], ["text", "="]]);
  assert.ok(tokens.some(([kind, text]) => kind === "string" && text === '"x > y"'));
  assert.ok(!tokens.some(([kind, text]) => kind === "string" && text === '"d"'));
});

test("highlighting and cutting ten megabytes does not hang", () => {
  const source = "<p class='a'>hello</p>\n".repeat(450_000);
  const start = performance.now();
  const blocks = logic.blocksOf(source);
  assert.equal(blocks.join("\n"), source);
  logic.highlightHtml(source.slice(0, 200_000));
  assert.ok(performance.now() - start < 10_000);
});

test("blocks end with lines; a longer line is cut", () => {
  assert.deepEqual(logic.blocksOf("ab\ncd\nef", 5), ["ab\ncd", "ef"]);
  assert.deepEqual(logic.blocksOf("abcdefg\nh", 3), ["abc", "def", "g\nh"]);
  assert.deepEqual(logic.blocksOf("\n\na", 1), ["\n", "a"]);
  assert.deepEqual(logic.blocksOf("", 5), [""]);
});

test("bytes as hex", () => {
  const bytes = new Uint8Array([0, 1, 72, 105, 255]);
  assert.equal(logic.hexDump(bytes), `00000000  00 01 48 69 ff${" ".repeat(33)}  ..Hi.`);
  assert.equal(logic.hexDump(new Uint8Array(5000)).split("\n").length, 256);
});

test("a folded JSON value shows its beginning and its size", () => {
  assert.equal(logic.jsonPreview({ id: 7, tags: ["a"], none: null, o: {}, e: [] }), '{"id": 7, "tags": […], "none": null, "o": {}, "e": []}');
  assert.equal(logic.jsonPreview([1, { a: 1 }, "x".repeat(40)]), `[1, {…}, "${"x".repeat(19)}…]`);
  assert.equal(logic.jsonPreview(Array.from({ length: 99 }, (_, n) => n), 10), "[0, 1, 2, 3, …]");
  assert.deepEqual([[1], { a: 1, b: 2 }].map(logic.jsonCount), ["1 item", "2 keys"]);
  assert.deepEqual([[], {}, null, 1, [1]].map(logic.isFoldable), [false, false, false, false, true]);
});

test("lines that differ", () => {
  assert.deepEqual(logic.diffLines("a\nb\nc", "a\nx\nc"), [[" ", "a"], ["-", "b"], ["+", "x"], [" ", "c"]]);
  assert.deepEqual(logic.diffLines("a\nb", "b\nc"), [["-", "a"], [" ", "b"], ["+", "c"]]);
  assert.deepEqual(logic.diffLines("a", "a"), [[" ", "a"]]);
});

test("a difference gives both texts back, whatever they are", () => {
  let seed = 7;
  const random = (count) => (seed = (seed * 1103515245 + 12345) % 2147483648) % count;
  for (let round = 0; round < 300; round += 1) {
    const text = () => Array.from({ length: 1 + random(8) }, () => "abc"[random(3)]).join("\n");
    const [before, after] = [text(), text()];
    for (const cells of [4_000_000, 0]) {
      const rows = logic.diffLines(before, after, cells);
      const side = (mark) => rows.filter(([kind]) => kind === " " || kind === mark).map(([, line]) => line).join("\n");
      assert.equal(side("-"), before);
      assert.equal(side("+"), after);
    }
  }
});

test("lines far from a change are folded", () => {
  const rows = logic.diffLines("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\nsix");
  assert.deepEqual(logic.foldSame(rows, 1), [["…", 4], [" ", "5"], ["-", "6"], ["+", "six"]]);
});

test("headers that vary are not compared", () => {
  assert.equal(logic.comparable("GET / -> 200 OK", [["Date", "now"], ["X-A", "1"]], "hi"), "GET / -> 200 OK\nX-A: 1\n\nhi");
});

test("JSON is compared line by line", () => {
  assert.equal(logic.comparable("GET /", [], '{"a":[1]}'), 'GET /\n\n{\n  "a": [\n    1\n  ]\n}');
  assert.equal(logic.comparable("GET /", [], "3"), "GET /\n\n3");
});

test("the header box", () => {
  assert.deepEqual(logic.parseHeaders("A: 1\n\nB:x:y\n"), [["A", "1"], ["B", "x:y"]]);
  assert.equal(logic.parseHeaders("nonsense"), null);
});

test("a page in the sandbox keeps its doctype and loads nothing", () => {
  const page = logic.sandboxed("<!DOCTYPE html>\n<p>hi</p>");
  assert.match(page, /^<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none';/);
  assert.match(page, /<p>hi<\/p>$/);
});

test("a rule is cut at its variables", () => {
  assert.deepEqual(logic.ruleParts("/user/<int:id>/<name>"), [
    { text: "/user/" },
    { name: "id", converter: "int", example: "1" },
    { text: "/" },
    { name: "name", converter: "string", example: "" },
  ]);
  assert.deepEqual(logic.ruleParts("/<any(a, b):kind>.json")[1], { name: "kind", converter: "any", example: "a" });
  assert.deepEqual(logic.ruleParts("/"), [{ text: "/" }]);
});

test("a rule is filled in, each value as a part of the URL", () => {
  const fill = (rule, values) => logic.fillRule(logic.ruleParts(rule), values);
  assert.equal(fill("/hello/<name>", { name: "a/b ü?" }), "/hello/a%2Fb%20%C3%BC%3F");
  assert.equal(fill("/files/<path:name>!", { name: "a/b c" }), "/files/a/b%20c!");
});

test("a page that loads nothing is shown at once", () => {
  assert.equal(logic.loadsMore("<style>p { color: red }</style><p>hi</p>"), false);
  assert.equal(logic.loadsMore("<LINK rel=stylesheet href=a.css>"), true);
  assert.equal(logic.loadsMore("<p style='background: url(a.png)'>"), true);
});

test("a page of a few plain lines is shown no higher than they are", () => {
  const error = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No such thing.</p>\n";
  assert.deepEqual(["You were here 2 times.", error, "<ul><li>a<li>b<li>c</ul>"].map(logic.pageHeight), [64, 148, 128]);
  assert.equal(logic.pageHeight("word ".repeat(40)), 128);
  assert.equal(logic.pageHeight("<p>line</p>".repeat(100)), 260);
});

test("what a page's style or pictures do to its height is not guessed", () => {
  for (const page of ["<style>p { margin: 9em }</style><p>a", "<img src='a.png'>", "<p style='margin: 9em'>a", "<table><tr><td>a</table>", "<svg/>"]) {
    assert.equal(logic.pageHeight(page), 260, page);
  }
});
