# lines of HTML and JavaScript stay whole
"""The policy of a page, held against html5lib's corpus of odd documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.outside import BEACON, Outside

from werkbook_ext.browser.browser_widget import SCRIPTS
from werkbook_ext.widgets.esm import join_modules

DOCUMENTS = Path(__file__).parent / "html5lib" / "documents.json"
EVERY = 40
"""One document in so many is shown in a frame, with beacons; all are parsed."""
BUILD = """async (text) => {
  const head = { url: "http://app.invalid/", headers: [["content-type", "text/html; charset=utf-8"]] };
  const page = { head, body: new TextEncoder().encode(text), resources: [] };
  const options = { allowed: [], config: {}, bridge: () => "" };
  return (await buildDocument(page, new Resources(async () => null, []), options)).html;
}"""
PARSE = f"""async (documents) => {{
  const build = {BUILD};
  const wrong = [];
  for (const text of documents) {{
    const parsed = new DOMParser().parseFromString(await build(text), "text/html");
    const before = [];
    for (let one = parsed.head.firstElementChild; one?.localName !== "meta" && one; one = one.nextElementSibling)
      before.push(one.localName);
    const policy = parsed.head.querySelector("meta[http-equiv='Content-Security-Policy']");
    if (!policy || before.join() !== "base") wrong.push(text);
  }}
  return wrong;
}}"""
SHOW = f"""async ([documents, beacon, outside]) => {{
  const build = {BUILD};
  for (const [index, text] of documents.entries()) {{
    const html = await build(text + beacon.replaceAll("URL", `${{outside}}/${{index}}`));
    await new Promise((resolve) => {{
      const frame = enclose(document.body, html, policy([]), () => {{ frame.remove(); resolve(); }});
    }});
  }}
}}"""
# What stands before the head, where a browser ends the head or begins the body.
BEGINNINGS = """<html><head>|<html>x<head>|<html>\ufeff<head>|<html>&nbsp;<head>|x<!doctype html>
<html></br><head>|</body><head>|<html></html><head>|<p><head>|<html><body><head>|<!--><head>
<!doctype html>x<html><head>|<!doctype html><!-- a --><html>y<head>|<!--a--><!doctype html>z
<html/><head/>|<head></head>x<head>|<template><head>|<svg><head>|<math><mi><head>|<!x><head>
<select><head>|<table>x<head>|<frameset><head>|<title>a</title>b<head>|<noscript>c<head>
<html a='>' b=\">\"><head>|<!doctype><head>|<![CDATA[x]]><head>|<?xml version='1.0'?>x<head>
<script></script>x<head>|<style></style>x<head>|<base href='//a/'>x<head>|\0<head>|<h\0tml><head>
</p><head>|<hr><head>|<plaintext><head>|<textarea></textarea>x<head>|<!--x--!>y<head>|<html>\r\fx<head>"""
CONTROL = """(url) => {
  const frame = document.createElement("iframe");
  frame.srcdoc = `<img src="${url}/control">`;
  document.body.append(frame);
}"""


def load_modules(page: Page) -> None:
    """Give a page the functions that build and enclose documents."""
    for module, names in {
        "document": ["buildDocument"],
        "resources": ["Resources"],
        "enclosure": ["enclose"],
        "policy": ["policy"],
    }.items():
        given = "\n".join(f"window.{name} = {name};" for name in names)
        text = join_modules(SCRIPTS / f"{module}.js")
        page.add_script_tag(content=f"{text}\n{given}", type="module")
    page.wait_for_function(
        "() => window.buildDocument && window.Resources && window.enclose && window.policy"
    )


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.stop()


@pytest.fixture
def empty(browser: Browser, outside: Outside) -> Iterator[Page]:
    page = browser.new_context().new_page()
    page.goto(outside.url)
    load_modules(page)
    yield page
    page.context.close()


def test_policy_comes_first_in_each_document_of_the_corpus(
    empty: Page, outside: Outside
) -> None:
    """What is odd before, in or after the head keeps no document from its policy."""
    documents = json.loads(DOCUMENTS.read_text("utf-8"))
    assert len(documents) == 3203
    starts = BEGINNINGS.replace("\n<", "|<").split("|")
    beginnings = [f"{start}</head><body><h1>x</h1>" for start in starts]
    assert empty.evaluate(PARSE, documents + beginnings) == []
    empty.evaluate(SHOW, [documents[::EVERY] + beginnings, BEACON, outside.url])
    empty.evaluate(CONTROL, outside.url)
    while "/control" not in outside.seen:
        empty.wait_for_timeout(20)
    reached = [path for path in outside.seen if path not in ("/", "/favicon.ico")]
    assert reached == ["/control"]
