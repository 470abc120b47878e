import assert from "node:assert/strict";
import { test } from "node:test";
import { Outgoing, sizeOf } from "./socket_queue.js";

/** Wait until all that was put off is done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function makeOutgoing() {
  const sent = [];
  return { sent, outgoing: new Outgoing((frames) => sent.push(frames)) };
}

test("what a script sends in one go is one message, in order", async () => {
  const { sent, outgoing } = makeOutgoing();
  outgoing.put("a");
  outgoing.put(new Blob(["b"]));
  outgoing.put("c");
  assert.equal(outgoing.bufferedAmount, 3);
  await settled();
  assert.deepEqual(
    sent.map((frames) => frames.map((one) => (typeof one === "string" ? one : 1))),
    [["a", 1, "c"]],
  );
  outgoing.taken();
  assert.equal(outgoing.bufferedAmount, 0);
});

test("no more than four messages are on the way, the rest goes as they are taken", async () => {
  const { sent, outgoing } = makeOutgoing();
  for (let number = 0; number < 2000; number++) outgoing.put("x");
  await settled();
  assert.deepEqual(
    sent.map(({ length }) => length),
    [200, 200, 200, 200],
  );
  for (let number = 0; number < 10; number++) {
    outgoing.taken();
    await settled();
  }
  assert.equal(sent.flat().length, 2000);
  assert.equal(outgoing.bufferedAmount, 0);
});

test("a long message goes alone, and is waited for", async () => {
  const { sent, outgoing } = makeOutgoing();
  outgoing.put(new ArrayBuffer(5_000_000));
  outgoing.put("after");
  await settled();
  assert.equal(sent.length, 1);
  outgoing.taken();
  await settled();
  assert.deepEqual(sent[1], ["after"]);
});

test("the end comes after all that was put before it", async () => {
  const { sent, outgoing } = makeOutgoing();
  outgoing.put("last");
  outgoing.end(() => sent.push("end"));
  await settled();
  assert.deepEqual(sent, [["last"], "end"]);
});

test("a queue that is stopped sends nothing more", async () => {
  const { sent, outgoing } = makeOutgoing();
  outgoing.put("a");
  outgoing.stop();
  outgoing.end(() => sent.push("end"));
  await settled();
  assert.deepEqual(sent, []);
});

test("a file that cannot be read any more is left out, and what follows goes", async () => {
  const { sent, outgoing } = makeOutgoing();
  const gone = new Blob(["gone"]);
  gone.arrayBuffer = () => Promise.reject(new Error("NotReadableError"));
  outgoing.put(gone);
  await settled();
  outgoing.put("after");
  await settled();
  assert.deepEqual(sent.flat(), ["after"]);
});

test("sizes are in bytes", () => {
  assert.equal(sizeOf("grüße"), 7);
  assert.equal(sizeOf(new Blob(["ab"])), 2);
  assert.equal(sizeOf(new ArrayBuffer(3)), 3);
});
