import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { allFrames, watch } from "./hanging.js";

const clock = { now: 0 };
performance.now = () => 1000 + clock.now;

/**
 * Return the frames of one view, which show a page that answers while `page.loops` is not
 * set, and note what is done with them.
 */
function view() {
  const page = { port: {}, token: "t", askedAt: null, loops: false };
  const done = [];
  const frames = {
    shown: page,
    next: null,
    page,
    done,
    tell: (asked) => {
      if (!asked.loops) asked.askedAt = null;
    },
    replaceHanging: () => {
      done.push("replaced");
      frames.shown = null;
    },
    end: () => {
      done.push("ended");
      frames.shown = null;
    },
    beginAgain: () => frames.next && done.push("again"),
  };
  allFrames().add(frames);
  return frames;
}

function load(frames) {
  const frame = { port: null, token: "t" };
  frames.next = frame;
  watch(frames, frame);
  return frame;
}

function pass(ms) {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.now += 50;
    mock.timers.tick(50);
  }
}

function withClock(act) {
  return () => {
    mock.timers.enable({ apis: ["setInterval"] });
    try {
      act(view(), view());
    } finally {
      mock.timers.reset();
      allFrames().clear();
    }
  };
}

test(
  "a page that loops only after it was asked is ended too",
  withClock((own, other) => {
    load(own);
    other.page.loops = true;
    pass(4000);
    assert.deepEqual([own.done, other.done], [[], []]);
    pass(1000);
    assert.deepEqual([own.done, other.done], [["again"], ["ended"]]);
  }),
);

test(
  "one that begins to loop while the page waits is ended after its four seconds",
  withClock((own, other) => {
    load(own);
    pass(3000);
    other.page.loops = true;
    pass(3900);
    assert.deepEqual(other.done, []);
    pass(1000);
    assert.deepEqual([own.done, other.done], [["again"], ["ended"]]);
  }),
);

test(
  "the page that is being replaced goes as soon as it hangs",
  withClock((own, other) => {
    load(own);
    own.page.loops = true;
    pass(1500);
    assert.deepEqual([own.done, other.done], [["replaced"], []]);
  }),
);

test(
  "nothing is ended where the page begins, goes elsewhere, or the others answer",
  withClock((own, other) => {
    load(own).port = {};
    other.page.loops = true;
    pass(10_000);
    load(own).token = null;
    pass(10_000);
    other.page.loops = false;
    other.page.askedAt = null;
    load(own);
    pass(10_000);
    assert.deepEqual([own.done, other.done], [[], []]);
  }),
);

test(
  "a page that never begins is not watched for ever",
  withClock((own, other) => {
    load(own);
    pass(61_000);
    other.page.loops = true;
    pass(10_000);
    assert.deepEqual(other.done, []);
    assert.equal(other.page.askedAt, null);
  }),
);
