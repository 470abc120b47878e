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
  const hub = { port: 5000, prefix: "/user/ann/" };
  for (const host of [
    "localhost",
    "127.0.0.1",
    "hub.example.org",
    "ann.hub.example.org",
  ]) {
    assert.deepEqual(await tabUrl(hub, page, at(host)), {
      url: `https://${host}/user/ann/proxy/5000/_werkbook/tab?page=%2Fa%3Fb%3D1`,
      rawUrl: `https://${host}/user/ann/proxy/5000/a?b=1`,
    });
  }
  const own = { ...hub, has_own_domain: true };
  assert.deepEqual(await tabUrl(own, page, at("ann.hub.example.org")), {
    url: "https://ann.hub.example.org/user/ann/proxy/5000/a?b=1",
  });
  assert.match((await tabUrl({}, page, at("localhost"))).why, /no server/);
});
