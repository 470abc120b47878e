import assert from "node:assert/strict";
import { test } from "node:test";
import { buildDocument } from "./document.js";
import { policy } from "./policy.js";
import { Resources, textOf } from "./resources.js";

const bytes = (text) => new TextEncoder().encode(text);

function page(html, type = "text/html; charset=utf-8") {
  return {
    head: {
      url: "http://app.invalid/dir/",
      status: 200,
      headers: [["content-type", type]],
    },
    body: bytes(html),
  };
}

async function build(html, files = {}, allowed = []) {
  const load = async (url) => {
    const [type, text] = files[url.slice("http://app.invalid".length)] || [];
    return type
      ? {
          head: { url, status: 200, headers: [["content-type", type]] },
          body: bytes(text),
        }
      : null;
  };
  const bridge = (config) => `BRIDGE(${config.base})`;
  return buildDocument(page(html), new Resources(load), {
    bridge,
    config: {},
    allowed,
  });
}

const decode = (data) => Buffer.from(data.split(";base64,")[1], "base64").toString();

test("the bridge and the policy come first, the page's text stays as it is", async () => {
  const { html, title } = await build(
    "<!doctype html><html lang=de><head><title>T</title></head><BODY class=x>hi",
  );
  assert.match(
    html,
    /^<!doctype html><base href="http:\/\/app.invalid\/dir\/"><meta http-equiv="Content-Security-Policy"[^>]*><script>BRIDGE\(http:\/\/app.invalid\/dir\/\)<\/script><html lang=de><head><title>T<\/title><\/head><BODY class=x>hi$/,
  );
  assert.equal(title, "T");
});

test("css, scripts and images are put inside", async () => {
  const { html } = await build(
    `<link rel=stylesheet href="a.css" integrity="x"><script src=/b.js defer></script><img src=c.png>`,
    {
      "/dir/a.css": ["text/css", "@import 'd.css'; i{}"],
      "/dir/d.css": ["text/css", "b{}"],
      "/b.js": ["text/javascript", "location = 1"],
      "/dir/c.png": ["image/png", "png"],
    },
  );
  const [css, js, png] = [...html.matchAll(/"(data:[^"]+)"/g)].map((match) => match[1]);
  assert.match(decode(css), /^@import url\("data:text\/css/);
  assert.equal(decode(js), "__wbLocation = 1");
  assert.equal(decode(png), "png");
  assert.doesNotMatch(html, /integrity/);
});

test("modules find one another through an import map, circles included", async () => {
  const { html } = await build(`<script type=module src=a.js></script>`, {
    "/dir/a.js": ["text/javascript", `import "./b.js"`],
    "/dir/b.js": ["text/javascript", `import "./a.js"`],
  });
  const map = JSON.parse(/importmap">(.*?)<\/script>/.exec(html)[1]).imports;
  assert.deepEqual(Object.keys(map).sort(), [
    "http://app.invalid/dir/a.js",
    "http://app.invalid/dir/b.js",
  ]);
  assert.equal(
    decode(map["http://app.invalid/dir/b.js"]),
    `import "http://app.invalid/dir/a.js"`,
  );
});

test("meta refresh, the page's own policy and <base> are taken over", async () => {
  const built = await build(
    `<base href="/other/"><meta http-equiv=refresh content="2; url=x"><meta http-equiv="content-security-policy" content="script-src 'self'"><p>`,
  );
  assert.deepEqual(built.refresh, {
    delay_ms: 2000,
    url: "http://app.invalid/other/x",
  });
  assert.match(built.html, /<base href="http:\/\/app.invalid\/other\/">/);
  assert.doesNotMatch(built.html, /'self'/);
  assert.equal(built.notes.length, 1);
});

test("a response's headers say the same as the page's <meta>", async () => {
  const told = page("<p>");
  told.head.headers.push(["Refresh", "0; url=/x"]);
  told.head.headers.push(["Content-Security-Policy", "default-src 'none'"]);
  const options = { bridge: () => "", config: {}, allowed: [] };
  const built = await buildDocument(told, new Resources(async () => null, []), options);
  assert.deepEqual(built.refresh, { delay_ms: 0, url: "http://app.invalid/x" });
  assert.deepEqual(built.notes, [
    "The page's own Content-Security-Policy is not applied here.",
  ]);
});

test("a page's text is read as browsers read it", () => {
  const head = (type) => ({ headers: [["content-type", type]] });
  const meta = '<meta charset="windows-1251">';
  const kinds = [
    ["text/html", [...bytes(meta), 0xcf], `${meta}\u041f`],
    ["text/html; charset=utf-8", [...bytes(meta), 0xc3, 0xbc], `${meta}\u00fc`],
    ["text/html", [0xff, 0xfe, 0xfc, 0], "\u00fc"],
    ["text/html; charset=utf-8", [0xfe, 0xff, 0, 0xfc], "\u00fc"],
    ["text/html", [0xef, 0xbb, 0xbf, 0xc3, 0xbc], "\u00fc"],
    ["text/html", [0x63, 0xe9], "c\u00e9"],
    [
      "text/html",
      bytes('<meta charset="utf-16">\u00fc'),
      '<meta charset="utf-16">\u00fc',
    ],
    ["text/plain; charset=nonsense", [0xfc], "\u00fc"],
    ["text/plain; charset=nonsense", [0xc3, 0xbc], "\u00fc"],
    ["text/plain", [...bytes(meta), 0xc3, 0xbc], `${meta}\u00fc`],
    ["text/html", [], ""],
  ];
  for (const [type, sent, text] of kinds)
    assert.equal(textOf(head(type), new Uint8Array(sent)), text, type);
});

test("a page's <base> outside the app is not taken over", async () => {
  const { html } = await build(`<base href="https://evil.example/">`);
  assert.match(html, /^<base href="http:\/\/app.invalid\/dir\/">/);
});

test("the policy opens what is allowed and nothing else", () => {
  assert.match(policy(), /connect-src data: blob:;/);
  assert.match(
    policy(["https://cdn.example"]),
    /script-src 'unsafe-inline' 'unsafe-eval' data: blob: https:\/\/cdn.example;/,
  );
  assert.doesNotMatch(policy(["x; script-src *", `a"b`]), /\*|"/);
});
