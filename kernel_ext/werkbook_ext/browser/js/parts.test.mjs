import assert from "node:assert/strict";
import { test } from "node:test";

const folder = process.env.WB_JS;
const { Edits } = await import(`${folder}/edits.js`);
const { History } = await import(`${folder}/history.js`);
const { Outbox } = await import(`${folder}/outbox.js`);
const { Budget, LIMITS, MAX_REFUSED, jsonOf, pairsIn, textOr, weightOf } = await import(`${folder}/limits.js`);
const { Requests } = await import(`${folder}/requests.js`);
const { buildDocument, policy } = await import(`${folder}/document.js`);
const { Resources } = await import(`${folder}/resources.js`);
const { fileNameOf } = await import(`${folder}/downloads.js`);
const { resolve, shownAddress, typedAddress } = await import(`${folder}/urls.js`);
const { EventStreamParser } = await import(`${folder}/bridge/event_stream.js`);
const { makeStorage } = await import(`${folder}/bridge/storage_area.js`);
const { tabUrl } = await import(`${folder}/tabs.js`);

const bytes = (text) => new TextEncoder().encode(text);

test("addresses of the app are virtual, others stay", () => {
  assert.equal(resolve("b?x#y", "http://app.invalid/a/"), "http://app.invalid/a/b?x#y");
  assert.equal(resolve("http://localhost/a", "http://app.invalid/"), "http://app.invalid/a");
  assert.equal(resolve("http://localhost:8888/a", "http://app.invalid/"), "http://localhost:8888/a");
  assert.equal(resolve("https://app.invalid/a", "http://app.invalid/"), "https://app.invalid/a");
  assert.equal(resolve("http://[", "http://app.invalid/"), null);
  assert.equal(typedAddress("hello", "http://app.invalid/x"), "http://app.invalid/hello");
  assert.equal(typedAddress("?a=1", "http://app.invalid/x"), "http://app.invalid/x?a=1");
  assert.equal(shownAddress("http://app.invalid/a?b"), "/a?b");
});

test("edits apply by position, the first wins where they overlap", () => {
  const edits = new Edits("abcdef");
  edits.replace(3, 4, "X");
  edits.insert(0, ">");
  edits.replace(1, 4, "-");
  assert.equal(edits.result(), ">a-ef");
});

test("history tells places in a document from other documents", () => {
  const history = new History();
  history.visit("/a");
  history.push("/a#x", 1);
  history.visit("/b");
  assert.equal(history.go(-1).isSameDocument, false);
  assert.deepEqual(history.go(-1), { entry: history.current, isSameDocument: true });
  assert.equal(history.go(-1), null);
  history.visit("/c");
  assert.deepEqual([history.canGoForward, history.entries.length], [false, 2]);
});

test("a page's thousand changes become few messages, in order before a request", () => {
  const sent = [];
  const outbox = new Outbox((message) => sent.push(message), () => {});
  for (let i = 0; i < 1000; i++) outbox.store("local", [["n", String(i)]]);
  outbox.store("session", [["a", "1"], [null, null], ["b", "2"]]);
  outbox.moved("/1");
  outbox.moved("/2");
  outbox.cookie("x=1", "/");
  outbox.flush();
  assert.deepEqual(sent, [
    { t: "cookies", cookies: [{ text: "x=1", url: "/" }] },
    { t: "store", area: "local", changes: [["n", "999"]] },
    { t: "store", area: "session", changes: [[null, null], ["b", "2"]] },
    { t: "moved", url: "/2" },
  ]);
});

const ignore = { head() {}, piece() {}, end() {}, fail() {}, page() {} };

test("requests: so many at once, a navigation before all", () => {
  const sent = [];
  const requests = new Requests((message) => sent.push(message));
  for (let i = 0; i < 40; i++) requests.ask({ t: "fetch" }, null, ignore);
  requests.ask({ t: "go" }, null, ignore);
  assert.equal(sent.length, 13);
  assert.equal(sent.at(-1).t, "go");
  requests.receive({ t: "head", id: "1", end: true }, [bytes("")]);
  requests.receive({ t: "head", id: "2", end: true }, [bytes("")]);
  assert.equal(sent.length, 14);
});

test("requests: streams do not take a place, large bodies go in parts", () => {
  const sent = [];
  const pieces = [];
  const requests = new Requests((message, buffers) => sent.push([message.t, buffers[0]?.byteLength]));
  requests.ask({ t: "fetch" }, new Uint8Array(9 * 1024 * 1024), {
    ...ignore, head: (_, body, isEnd) => pieces.push(isEnd), piece: (one) => pieces.push(one.length), end: () => pieces.push("end"),
  });
  assert.deepEqual(sent, [["part", 4194304], ["part", 4194304], ["part", 1048576], ["fetch", undefined]]);
  requests.receive({ t: "head", id: "1" }, [bytes("")]);
  assert.equal(requests.atOnce, 0);
  requests.receive({ t: "piece", id: "1" }, [bytes("ab")]);
  requests.receive({ t: "end", id: "1" }, []);
  assert.deepEqual(pieces, [false, 2, "end"]);
  assert.equal(requests.receive({ t: "piece", id: "1" }, [bytes("late")]), false);
});

test("a request that stops tells the kernel", () => {
  const sent = [];
  const requests = new Requests((message) => sent.push([message.t, message.id]));
  requests.ask({ t: "fetch" }, null, ignore)();
  assert.deepEqual(sent, [["fetch", "1"], ["abort", "1"]]);
});

test("a request that stops keeps its place until the kernel has answered", () => {
  const sent = [];
  const requests = new Requests((message) => sent.push(message.t));
  for (let i = 0; i < 1000; i++) requests.ask({ t: "fetch" }, null, ignore)();
  assert.deepEqual([sent.filter((kind) => kind === "fetch").length, requests.atOnce], [12, 12]);
  assert.deepEqual([requests.running.size, requests.waiting.size], [12, 0]);
  requests.receive({ t: "end", id: "1" }, []);
  assert.equal(requests.atOnce, 11);
});

test("a page that came too late is not shown, and its rest is stopped", () => {
  const sent = [];
  const requests = new Requests((message) => sent.push([message.t, message.id]));
  requests.ask({ t: "go" }, null, { ...ignore, page: () => sent.push("shown") })();
  requests.receive({ t: "page", id: "1", stream: "s" }, []);
  assert.deepEqual(sent, [["go", "1"], ["abort", "1"], ["abort", "s"]]);
});

test("requests of a kernel that is gone fail", () => {
  const failed = [];
  const requests = new Requests(() => {});
  for (let i = 0; i < 20; i++) requests.ask({ t: "fetch" }, null, { ...ignore, fail: (detail) => failed.push(detail) });
  requests.failAll("gone");
  assert.deepEqual([failed.length, requests.atOnce, requests.running.size], [20, 0, 0]);
});

test("a page may say so much, and the limit that it met is named", () => {
  let now = 0;
  const budget = new Budget(() => now);
  const goes = () => budget.refusal("go", { t: "go", url: "/" });
  for (let i = 0; i < LIMITS.go.burst; i++) assert.equal(goes(), null);
  assert.equal(goes(), 'there are more than 5 messages of kind "go" in a second');
  now += 1000;
  assert.equal(goes(), null);
  assert.equal(budget.refusal("scroll", { x: "a".repeat(2000) }), 'a message of kind "scroll" is larger than 1,024 bytes');
  let refused = 0;
  while (!budget.isSpent()) refused++;
  assert.equal(refused, MAX_REFUSED);
});

test("what is in a message is weighed and is never run", () => {
  const circle = { a: "1234" };
  circle.self = circle;
  assert.ok(weightOf(circle, 1000) < 100);
  assert.equal(weightOf(Array.from({ length: 300_000 }), 10 ** 9), Infinity);
  assert.ok(weightOf({ body: new ArrayBuffer(5000) }, 1000) > 1000);
  assert.deepEqual(pairsIn([["a", "b"], ["a"], "ab", null, ["a", {}], { length: 2 }]), [["a", "b"]]);
  assert.deepEqual(pairsIn({ 0: ["a", "b"] }), []);
  assert.equal(textOr({ toString: 1 }), "");
  assert.deepEqual([jsonOf(circle), jsonOf(1n), jsonOf(undefined), jsonOf([1])], [null, null, null, [1]]);
});

function page(html, type = "text/html; charset=utf-8") {
  return { head: { url: "http://app.invalid/dir/", status: 200, headers: [["content-type", type]] }, body: bytes(html) };
}

async function build(html, files = {}, allowed = []) {
  const load = async (url) => {
    const [type, text] = files[url.slice("http://app.invalid".length)] || [];
    return type ? { head: { url, status: 200, headers: [["content-type", type]] }, body: bytes(text) } : null;
  };
  const bridge = (config) => `BRIDGE(${config.base})`;
  return buildDocument(page(html), new Resources(load), { bridge, config: {}, allowed });
}

const decode = (data) => Buffer.from(data.split(";base64,")[1], "base64").toString();

test("the bridge and the policy come first, the page's text stays as it is", async () => {
  const { html, title } = await build("<!doctype html><html lang=de><head><title>T</title></head><BODY class=x>hi");
  assert.match(html, /^<!doctype html><base href="http:\/\/app.invalid\/dir\/"><meta http-equiv="Content-Security-Policy"[^>]*><script>BRIDGE\(http:\/\/app.invalid\/dir\/\)<\/script><html lang=de><head><title>T<\/title><\/head><BODY class=x>hi$/);
  assert.equal(title, "T");
});

test("css, scripts and images are put inside", async () => {
  const { html } = await build(`<link rel=stylesheet href="a.css" integrity="x"><script src=/b.js defer></script><img src=c.png>`, {
    "/dir/a.css": ["text/css", "@import 'd.css'; i{}"],
    "/dir/d.css": ["text/css", "b{}"],
    "/b.js": ["text/javascript", "location = 1"],
    "/dir/c.png": ["image/png", "png"],
  });
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
  assert.deepEqual(Object.keys(map).sort(), ["http://app.invalid/dir/a.js", "http://app.invalid/dir/b.js"]);
  assert.equal(decode(map["http://app.invalid/dir/b.js"]), `import "http://app.invalid/dir/a.js"`);
});

test("meta refresh, the page's own policy and <base> are taken over", async () => {
  const built = await build(`<base href="/other/"><meta http-equiv=refresh content="2; url=x"><meta http-equiv="content-security-policy" content="script-src 'self'"><p>`);
  assert.deepEqual(built.refresh, { delay_ms: 2000, url: "http://app.invalid/other/x" });
  assert.match(built.html, /<base href="http:\/\/app.invalid\/other\/">/);
  assert.doesNotMatch(built.html, /'self'/);
  assert.equal(built.notes.length, 1);
});

test("a page's <base> outside the app is not taken over", async () => {
  const { html } = await build(`<base href="https://evil.example/">`);
  assert.match(html, /^<base href="http:\/\/app.invalid\/dir\/">/);
});

test("the policy opens what is allowed and nothing else", () => {
  assert.match(policy(), /connect-src 'none'/);
  assert.match(policy(["https://cdn.example"]), /script-src 'unsafe-inline' 'unsafe-eval' data: blob: https:\/\/cdn.example;/);
  assert.doesNotMatch(policy(["x; script-src *", `a"b`]), /\*|"/);
});

test("files to save, and their names", () => {
  const head = (type, disposition = "") => ({ url: "http://app.invalid/a/b.zip?x",
    headers: [["Content-Type", type], ["Content-Disposition", disposition]] });
  assert.equal(fileNameOf(head("text/html")), null);
  assert.equal(fileNameOf(head("application/zip")), "b.zip");
  assert.equal(fileNameOf(head("text/csv", 'attachment; filename="r \\"1\\".csv"')), 'r "1".csv');
  assert.equal(fileNameOf(head("text/csv", "attachment; filename*=UTF-8''%C3%A4.csv")), "\u00e4.csv");
  assert.equal(fileNameOf(head("text/csv", 'attachment; filename="../../x"')), "x");
  assert.equal(fileNameOf(head("text/html"), "n.html"), "n.html");
});

test("event streams arrive in any pieces", () => {
  const got = [];
  const text = ": hi\r\nid: 1\ndata: a\ndata:b\n\nevent: x\rdata: \u00e4\r\r\nretry: 50\ndata\n\ndata: unfinished";
  for (const size of [1, 3, 1000]) {
    const parser = new EventStreamParser({ event: (one) => got.push(one), retry: (ms) => got.push(ms), id() {} });
    const all = bytes(text);
    for (let i = 0; i < all.length; i += size) parser.push(all.subarray(i, i + size));
    assert.deepEqual(got.splice(0), [
      { type: "message", data: "a\nb", lastEventId: "1" },
      { type: "x", data: "\u00e4", lastEventId: "1" },
      50,
      { type: "message", data: "", lastEventId: "1" },
    ]);
  }
});

test("storage behaves as a browser's", () => {
  const changes = [];
  const storage = makeStorage(new Map([["a", "1"]]), (made) => changes.push(...made));
  storage.b = 2;
  assert.deepEqual([storage.a, storage.getItem("b"), storage.length, storage.missing], ["1", "2", 2, undefined]);
  assert.deepEqual(Object.keys(storage), ["a", "b"]);
  assert.equal("a" in storage, true);
  delete storage.a;
  storage.setItem("b", "2");
  assert.throws(() => storage.setItem("big", "x".repeat(6e6)), { name: "QuotaExceededError" });
  storage.clear();
  assert.deepEqual(changes, [["b", "2"], ["a", null], [null, null]]);
});

test("the URL for a tab depends on where the reader is", async () => {
  const server = { port: 5000 };
  const at = (hostname) => ({ hostname, origin: `https://${hostname}` });
  const page = "http://app.invalid/a?b=1";
  assert.deepEqual(await tabUrl(server, page, at("localhost")), { url: "http://localhost:5000/a?b=1" });
  const guarded = { port: 5000, token: { name: "t", value: "s" } };
  assert.deepEqual(await tabUrl(guarded, page, at("127.0.0.1")), { url: "http://localhost:5000/a?b=1&t=s" });
  assert.match((await tabUrl({}, page, at("localhost"))).why, /no server/);
});
