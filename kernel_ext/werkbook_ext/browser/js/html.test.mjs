import assert from "node:assert/strict";
import { test } from "node:test";

import {
  attributeValue,
  completeLength,
  decodeEntities,
  headPosition,
  readTags,
} from "./html.js";

test("tags and attributes as a browser's tokenizer finds them", () => {
  const tags = readTags(`<!doctype html><!-- <img src=no> --><IMG a=1 SRC = 'x>y' b "c>
    <p title="a &amp; b"><br/><a href=/x?y=1&amp;z=2>`);
  assert.deepEqual(
    tags.map((tag) => tag.name),
    ["!doctype", "img", "p", "br", "a"],
  );
  assert.equal(attributeValue(tags[1], "src"), "x>y");
  assert.equal(attributeValue(tags[1], "b"), "");
  assert.equal(attributeValue(tags[2], "title"), "a & b");
  assert.equal(attributeValue(tags[4], "href"), "/x?y=1&z=2");
});

test("what stands in scripts, styles and text areas is no tag", () => {
  const tags = readTags(`<script>"<img src=1>"</script><style><i></style>
    <textarea><b></textarea><title><u></title><s>`);
  assert.deepEqual(
    tags.map((tag) => tag.name),
    ["script", "style", "textarea", "title", "s"],
  );
});

test("texts that end in the middle do no harm", () => {
  for (const html of [
    "<",
    "<a",
    "<a b",
    "<a b=",
    "<a b='",
    "<!--",
    "<!",
    "</",
    "<script>x",
    "<a b = ",
  ]) {
    readTags(html);
  }
});

test("the policy stands behind a doctype that every reading takes as one, else first", () => {
  const at = (html) => html.slice(0, headPosition(html));
  const behind = [
    "<!doctype html>",
    "\n<!DOCTYPE html PUBLIC 'a'>",
    "<!-- saved - from -->\n<!doctype html>",
  ];
  for (const start of behind) assert.equal(at(`${start}<html><head><p>`), start);
  for (const html of [
    "<script>1</script><html><head>",
    "plain",
    "<html><head>",
    "x<!doctype html>",
    "\ufeff<!doctype html>",
    "\u00a0<!doctype html>",
    "</br><!doctype html>",
    "<!--><!doctype html>-->",
    "<!---><script>1</script>--><!doctype html>",
    "<!--a><!doctype html>-->",
    "<!doctypehtml",
    "",
  ]) {
    assert.equal(at(html), "", html);
  }
});

test("entities", () => {
  assert.equal(
    decodeEntities("&lt;&#65;&#x42;&quot;&amp;amp;&unknown;"),
    '<AB"&amp;&unknown;',
  );
});

test("a text that still comes is complete up to an open tag, comment or script", () => {
  const cuts = {
    "": "",
    "<p>text": "<p>text",
    "<p>a<": "<p>a",
    "<p>a<b": "<p>a",
    "<p>a</": "<p>a",
    "<p title='a>b": "",
    "<i>1 < 2": "<i>1 < 2",
    "<p><!": "<p>",
    "<p><!-- a -": "<p>",
    "<p><!-- a -->": "<p><!-- a -->",
    "<b><script>let a = '<b>';": "<b>",
    "<script>a</script>": "<script>a</script>",
    "<style>a</sty": "",
    "<!doctype html": "",
    "<!doctype html>": "<!doctype html>",
    "<br/><img src=a": "<br/>",
  };
  for (const [html, complete] of Object.entries(cuts)) {
    assert.equal(html.slice(0, completeLength(html)), complete, html);
  }
});
