import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_UNTAKEN, OpenSockets, SOCKET_TAKERS } from "./open_sockets.js";

const ENCODER = new TextEncoder();

/** Sockets over requests that keep what is sent, and what one of them hears. */
function makeSockets({ problem = "" } = {}) {
  const sent = [];
  const heard = [];
  const requests = {
    sendMessage(message) {
      if (problem) throw new Error(problem);
      sent.push([message, []]);
    },
    tryToSend: (message, pieces = []) => sent.push([message, pieces]),
  };
  const take = Object.fromEntries(
    ["accepted", "frames", "taken", "closed"].map((name) => [
      name,
      (...values) => heard.push([name, ...values]),
    ]),
  );
  const sockets = new OpenSockets(requests);
  return { sockets, sent, heard, take, view: { sockets } };
}

test("a socket is asked for, and each has an id of its own", () => {
  const { sockets, sent, take } = makeSockets();
  assert.equal(sockets.begin("/a", ["chat"], take), "ws1");
  assert.equal(sockets.begin("/b", [], take), "ws2");
  assert.deepEqual(
    sent.map(([message]) => message),
    [
      { t: "socket", id: "ws1", url: "/a", protocols: ["chat"] },
      { t: "socket", id: "ws2", url: "/b", protocols: [] },
    ],
  );
});

test("without a kernel it is closed with what is the matter", () => {
  const { sockets, heard, take } = makeSockets({ problem: "no kernel" });
  const id = sockets.begin("/a", [], take);
  assert.equal(sockets.open.has(id), false);
  const ending = { code: 1006, reason: "", isClean: false, detail: "no kernel" };
  assert.deepEqual(heard, [["closed", ending]]);
});

test("text and bytes go and come as what they are", () => {
  const { sockets, sent, heard, take, view } = makeSockets();
  const id = sockets.begin("/a", [], take);
  assert.equal(sockets.send(id, ["grüße", new Uint8Array([0, 255]).buffer]), true);
  const [message, pieces] = sent[1];
  assert.deepEqual(message, { t: "frames", id, kinds: ["text", "binary"] });
  assert.deepEqual(pieces.map(Buffer.from), [
    Buffer.from("grüße"),
    Buffer.from([0, 255]),
  ]);
  SOCKET_TAKERS.frames(view, { id, kinds: ["text", "binary"] }, [
    new DataView(ENCODER.encode("ja").buffer),
    new DataView(new Uint8Array([1, 2]).buffer),
  ]);
  const [name, frames] = heard[0];
  assert.equal(name, "frames");
  assert.equal(frames[0], "ja");
  assert.deepEqual([...new Uint8Array(frames[1])], [1, 2]);
});

test("too many messages that wait are refused, until some are taken", () => {
  const { sockets, take, view } = makeSockets();
  const id = sockets.begin("/a", [], take);
  assert.equal(sockets.send(id, Array(MAX_UNTAKEN).fill("x")), true);
  SOCKET_TAKERS.taken(view, { id, count: 10 }, []);
  assert.equal(sockets.send(id, Array(10).fill("x")), true);
  assert.equal(sockets.send(id, ["x"]), false);
});

test("what is longer than Jupyter's connection takes is refused", () => {
  const { sockets, sent, take } = makeSockets();
  const id = sockets.begin("/a", [], take);
  assert.equal(sockets.send(id, [new ArrayBuffer(9_000_001)]), false);
  assert.equal(sent.length, 1);
});

test("the kernel hears of what has come once it is much, not of each message", () => {
  const { sockets, sent, take, view } = makeSockets();
  const id = sockets.begin("/a", [], take);
  const piece = new DataView(ENCODER.encode("x").buffer);
  for (let number = 0; number < 250; number++) {
    SOCKET_TAKERS.frames(view, { id, kinds: ["text"] }, [piece]);
  }
  const seen = sent.slice(1).map(([message]) => message);
  assert.deepEqual(seen, Array(2).fill({ t: "seen", id, count: 100, bytes: 100 }));
});

test("what is closed, stopped or unknown hears nothing more", () => {
  const { sockets, sent, heard, take, view } = makeSockets();
  const closed = sockets.begin("/a", [], take);
  const ending = { code: 1000, reason: "done", is_clean: true };
  SOCKET_TAKERS.closed(view, { id: closed, ...ending }, []);
  SOCKET_TAKERS.closed(view, { id: closed, ...ending }, []);
  const stopped = sockets.begin("/b", [], take);
  sockets.stop(stopped);
  sockets.stop(stopped);
  for (const id of [closed, stopped, "ws99"]) {
    SOCKET_TAKERS.frames(view, { id, kinds: [] }, []);
    SOCKET_TAKERS.taken(view, { id, count: 1 }, []);
    SOCKET_TAKERS.accepted(view, { id, protocol: "", cookie: "" }, []);
    sockets.shut(id, 1000, "");
    assert.equal(sockets.send(id, ["late"]), true);
  }
  assert.deepEqual(heard, [
    ["closed", { code: 1000, reason: "done", isClean: true, detail: undefined }],
  ]);
  const kinds = sent.map(([message]) => message.t);
  assert.deepEqual(kinds, ["socket", "socket", "abort"]);
});

test("a kernel that is gone breaks all of them off", () => {
  const { sockets, heard, take } = makeSockets();
  sockets.begin("/a", [], take);
  sockets.begin("/b", [], take);
  sockets.failAll("the kernel restarted");
  assert.deepEqual(
    heard.map(([name, ending]) => [name, ending.code, ending.detail]),
    Array(2).fill(["closed", 1006, "the kernel restarted"]),
  );
  assert.equal(sockets.open.size, 0);
});
