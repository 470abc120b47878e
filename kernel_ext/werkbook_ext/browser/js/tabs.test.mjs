import assert from "node:assert/strict";
import { test } from "node:test";
import { tabUrl } from "./tabs.js";

test("the URL for a tab depends on where the reader is", async () => {
  const server = { port: 5000 };
  const at = (hostname) => ({ hostname, origin: `https://${hostname}` });
  const page = "http://app.invalid/a?b=1";
  assert.deepEqual(await tabUrl(server, page, at("localhost")), {
    url: "http://localhost:5000/a?b=1",
  });
  const guarded = { port: 5000, token: { name: "t", value: "s" } };
  assert.deepEqual(await tabUrl(guarded, page, at("127.0.0.1")), {
    url: "http://localhost:5000/a?b=1&t=s",
  });
  assert.match((await tabUrl({}, page, at("localhost"))).why, /no server/);
});
