import assert from "node:assert/strict";
import { test } from "node:test";
import { documentParts } from "./page_parts.js";
import { policy } from "./policy.js";
import { Resources } from "./resources.js";

const bytes = (text) => new TextEncoder().encode(text);
const options = { bridge: () => "BRIDGE", config: {}, allowed: [] };

function pageOf(text, type = "text/html") {
  return {
    head: { url: "http://app.invalid/a", headers: [["Content-Type", type]] },
    body: bytes(text),
  };
}

async function partsOf(page, pieces) {
  const loaded = async (url) => ({
    head: { status: 200, url, headers: [["Content-Type", "text/css"]] },
    body: bytes("b{}"),
  });
  async function* stream() {
    for (const piece of pieces) yield typeof piece === "string" ? bytes(piece) : piece;
  }
  const found = [];
  for await (const { html } of documentParts(
    page,
    stream(),
    new Resources(loaded),
    options,
  ))
    found.push(html);
  return found;
}

test("the bridge stands behind the doctype, however the beginning is cut", async () => {
  for (const pieces of [
    ["<!doc", "type html>", "<p>a"],
    ["", "<!doctype html>\n<!-- b -->", "<p>a"],
  ]) {
    const [first, ...rest] = await partsOf(pageOf(""), pieces);
    assert.match(
      first,
      /^<!doctype html>[^]*<base href="http:\/\/app.invalid\/a">.*<script>BRIDGE<\/script>[^]*<p>a$/,
    );
    assert.deepEqual(rest, []);
  }
});

test("each part is changed as the whole page would be", async () => {
  const [, ...rest] = await partsOf(pageOf("<base href=/x/><p>a"), [
    "<link rel=stylesheet hr",
    "ef=a.css>",
    "<base href=/y/><script>location = 'b'",
    "</script>",
  ]);
  assert.deepEqual(rest.slice(0, 1), [
    '<link rel=stylesheet href="data:text/css;charset=utf-8;base64,Ynt9">',
  ]);
  assert.equal(rest.slice(1).join(""), "<script>__wbLocation = 'b'</script>");
});

test("a character may come in two pieces, and a text has no tags", async () => {
  const [first, second] = await partsOf(pageOf("a < b", "text/plain"), [
    bytes("\u00e4").slice(0, 1),
    bytes("\u00e4<i>").slice(1),
  ]);
  assert.match(first, /BRIDGE.*<pre>a &lt; b$/);
  assert.equal(second, "\u00e4&lt;i&gt;");
});

test("a page that has nothing is a page with the bridge", async () => {
  const parts = await partsOf(pageOf("<!doctype html>"), []);
  assert.equal(parts.length, 1);
  assert.match(parts[0], /BRIDGE/);
});

test("the policy lets through the hosts allowed, and never Jupyter's own", () => {
  const place = { protocol: "http:", hostname: "127.0.0.1", port: "8888" };
  assert.match(policy([], place), /connect-src data: blob:;/);
  assert.match(
    policy(["https://cdn.example", "a b"], place),
    /connect-src data: blob: https:\/\/cdn.example;/,
  );
  const own = [
    "http://127.0.0.1:8888",
    "127.0.0.1:8888",
    "*",
    "*:8888",
    "http://*",
    "https:",
    "localhost:8888",
    "http://LOCALHOST:8888",
    "a.localhost:8888",
    "127.1.2.3:8888",
    "*.0.0.1:8888",
    "*.0.1",
    "127.0.0.1:*",
    "0.0.0.0:8888",
  ];
  for (const host of own)
    assert.match(policy([host], place), /connect-src data: blob:;/, host);
  const hub = { protocol: "https:", hostname: "hub.example.org", port: "" };
  for (const host of [
    "hub.example.org",
    "https://hub.example.org",
    "*.example.org",
    "*.org:8000",
    "hub.example.org:443",
  ]) {
    assert.match(policy([host], hub), /connect-src data: blob:;/, host);
  }
  assert.match(
    policy(["cdn.example.org", "*.cdn.org"], hub),
    /connect-src data: blob: cdn.example.org \*.cdn.org;/,
  );
});
