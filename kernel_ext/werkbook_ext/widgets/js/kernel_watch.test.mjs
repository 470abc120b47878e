import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelWatch } from "./kernel_watch.js";

const PAUSE_MS = 3000;

/** A kernel whose answers the test gives, or keeps back. */
class Kernel {
  status = "idle";
  waiting = [];
  requestCommInfo() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  statusChanged = {
    connect: (listener) => {
      this.listener = listener;
    },
    disconnect: () => {
      this.listener = null;
    },
  };
  async answer(...ids) {
    const comms = Object.fromEntries(ids.map((id) => [id, {}]));
    this.waiting.shift()({ content: { status: "ok", comms } });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function watched(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const kernel = new Kernel();
  const element = new EventTarget();
  const model = { widget_manager: { kernel }, get: () => ({ model_id: "mine" }) };
  const found = { kernel, element, gone: 0 };
  found.watch = new KernelWatch(model, element, () => {
    found.gone += 1;
  });
  found.turn = () => element.dispatchEvent(new Event("pointerenter"));
  return found;
}

test("the reader's turning to a widget asks whether the kernel still has it", async (t) => {
  const { kernel, turn, ...found } = watched(t);
  turn();
  await kernel.answer("mine", "other");
  assert.equal(found.gone, 0);
});

test("a kernel without the widget is told", async (t) => {
  const found = watched(t);
  found.turn();
  await found.kernel.answer("other");
  assert.equal(found.gone, 1);
});

test("who turns to it within the pause is answered when the pause is over", async (t) => {
  const found = watched(t);
  found.turn();
  await found.kernel.answer("mine");
  found.turn();
  found.turn();
  assert.equal(found.kernel.waiting.length, 0);
  t.mock.timers.tick(PAUSE_MS);
  assert.equal(found.kernel.waiting.length, 1);
  await found.kernel.answer();
  assert.equal(found.gone, 1);
  t.mock.timers.tick(PAUSE_MS);
  assert.equal(found.kernel.waiting.length, 0);
});

test("a question that a starting kernel never got is asked again", async (t) => {
  const found = watched(t);
  found.kernel.listener(null, "starting");
  found.kernel.waiting.pop(); // lost
  t.mock.timers.tick(PAUSE_MS);
  assert.equal(found.kernel.waiting.length, 1);
  await found.kernel.answer();
  assert.equal(found.gone, 1);
  t.mock.timers.tick(10 * PAUSE_MS);
  assert.equal(found.kernel.waiting.length, 0);
});

test("a busy kernel is asked once, and answers when it is done", async (t) => {
  const found = watched(t);
  found.kernel.status = "busy";
  found.turn();
  t.mock.timers.tick(10 * PAUSE_MS);
  assert.equal(found.kernel.waiting.length, 1);
  await found.kernel.answer();
  assert.equal(found.gone, 1);
});

test("a closed widget asks no more", async (t) => {
  const found = watched(t);
  found.turn();
  found.turn();
  found.watch.close();
  t.mock.timers.tick(10 * PAUSE_MS);
  assert.equal(found.kernel.waiting.length, 1);
  assert.equal(found.kernel.listener, null);
});
