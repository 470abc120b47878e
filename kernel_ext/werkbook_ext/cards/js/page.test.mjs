import assert from "node:assert/strict";
import { test } from "node:test";
import { loadsMore, pageHeight, sandboxed } from "./page.js";

test("a page in the sandbox keeps its doctype and loads nothing", () => {
  const page = sandboxed('<!DOCTYPE html>\n<p title="a">b &amp; c</p>');
  const [around, inside] = page.split(" srcdoc=");
  assert.match(
    around,
    /^<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none';.*<iframe sandbox$/s,
  );
  assert.equal(
    inside,
    '"<!DOCTYPE html><base target=&quot;_blank&quot;>\n' +
      '<p title=&quot;a&quot;>b &amp;amp; c</p>"></iframe>',
  );
});

test("a page that loads nothing is shown at once", () => {
  assert.equal(loadsMore("<style>p { color: red }</style><p>hi</p>"), false);
  assert.equal(loadsMore("<LINK rel=stylesheet href=a.css>"), true);
  assert.equal(loadsMore("<p style='background: url(a.png)'>"), true);
});

test("a page of a few plain lines is shown no higher than they are", () => {
  const error =
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No such thing.</p>\n";
  assert.deepEqual(
    ["You were here 2 times.", error, "<ul><li>a<li>b<li>c</ul>"].map(pageHeight),
    [64, 148, 128],
  );
  assert.equal(pageHeight("word ".repeat(40)), 128);
  assert.equal(pageHeight("<p>line</p>".repeat(100)), 260);
});

test("what a page's style or pictures do to its height is not guessed", () => {
  for (const page of [
    "<style>p { margin: 9em }</style><p>a",
    "<img src='a.png'>",
    "<p style='margin: 9em'>a",
    "<table><tr><td>a</table>",
    "<svg/>",
  ]) {
    assert.equal(pageHeight(page), 260, page);
  }
});
