import assert from "node:assert/strict";
import { test } from "node:test";
import { Requests } from "./requests.js";

const bytes = (text) => new TextEncoder().encode(text);

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
  requests.abortAll(); // else what nobody answers is asked again for a minute
});

test("requests: streams do not take a place, large bodies go in parts", () => {
  const sent = [];
  const pieces = [];
  const requests = new Requests((message, buffers) =>
    sent.push([message.t, buffers[0]?.byteLength]),
  );
  requests.ask({ t: "fetch" }, new Uint8Array(9 * 1024 * 1024), {
    ...ignore,
    head: (_, __, isEnd) => pieces.push(isEnd),
    piece: (one) => pieces.push(one.length),
    end: () => pieces.push("end"),
  });
  assert.deepEqual(sent, [
    ["part", 4194304],
    ["part", 4194304],
    ["part", 1048576],
    ["fetch", undefined],
  ]);
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
  assert.deepEqual(sent, [
    ["fetch", "1"],
    ["abort", "1"],
  ]);
});

test("a request that stops keeps its place until the kernel has answered", () => {
  const sent = [];
  const requests = new Requests((message) => sent.push(message.t));
  for (let i = 0; i < 1000; i++) requests.ask({ t: "fetch" }, null, ignore)();
  assert.deepEqual(
    [sent.filter((kind) => kind === "fetch").length, requests.atOnce],
    [12, 12],
  );
  assert.deepEqual([requests.running.size, requests.waiting.size], [12, 0]);
  requests.receive({ t: "end", id: "1" }, []);
  assert.equal(requests.atOnce, 11);
});

test("a page that came too late is not shown, and its rest is stopped", () => {
  const sent = [];
  const requests = new Requests((message) => sent.push([message.t, message.id]));
  requests.ask({ t: "go" }, null, { ...ignore, page: () => sent.push("shown") })();
  requests.receive({ t: "page", id: "1", stream: "s" }, []);
  assert.deepEqual(sent, [
    ["go", "1"],
    ["abort", "1"],
    ["abort", "s"],
  ]);
});

test("requests of a kernel that is gone fail", () => {
  const failed = [];
  const requests = new Requests(() => {});
  for (let i = 0; i < 20; i++)
    requests.ask({ t: "fetch" }, null, {
      ...ignore,
      fail: (detail) => failed.push(detail),
    });
  requests.failAll("gone");
  assert.deepEqual([failed.length, requests.atOnce, requests.running.size], [20, 0, 0]);
});

test("a page that stops many requests waits for its places", () => {
  const sent = [];
  const waits = [];
  const requests = new Requests(
    ({ t, id }) => t === "fetch" && sent.push(id),
    (act) => waits.push(act),
  );
  const askAndStop = () => {
    requests.ask({ t: "fetch" }, null, ignore)();
    requests.receive({ t: "end", id: String(requests.count) }, []);
  };
  for (let number = 0; number < 300; number++) askAndStop();
  assert.ok(sent.length >= 42, "thirty, and then the places that are left");
  assert.ok(sent.length < 300);
  assert.deepEqual([waits.length, requests.atOnce], [12, 12]);
  requests.failAll("the kernel has restarted");
  for (const act of waits.splice(0)) act();
  assert.equal(requests.atOnce, 0);
});

test("what is stopped is told to be gone once, whenever that is", () => {
  const gone = [];
  const requests = new Requests(() => {});
  const stops = Array.from({ length: 14 }, (_, number) =>
    requests.ask({ t: "fetch" }, null, {
      ...ignore,
      gone: () => gone.push(number + 1),
    }),
  );
  for (const number of [13, 1, 2, 3]) stops[number - 1](); // 13 has no place yet
  assert.deepEqual(gone, [13]);
  requests.receive({ t: "end", id: "1" }, []);
  requests.receive({ t: "failed", id: "2" }, []);
  requests.failAll("the kernel has restarted");
  assert.deepEqual(gone, [13, 1, 2, 3]);
});
