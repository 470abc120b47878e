# lines of HTML and JavaScript stay whole
"""Fonts and pictures that style sheets refer to, those that scripts write included."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, expect
from tests.browser.lab import Notebook

# A real font: one of those that JupyterLab itself is shown in.
APP = """%load_ext werkbook
import sys
from pathlib import Path
from werkbook import App, Response
from tests.browser.demo_app import png
app = App()
font = next(Path(sys.prefix, "share/jupyter/lab/static").glob("*.woff2")).read_bytes()

@app.get("/look/<name>.woff2")
def woff2(name): return Response(font, mimetype="font/woff2")

@app.get("/look/<name>.png")
def picture(name): return Response(png(8, 8, (200, 0, 0)), mimetype="image/png")

@app.get("/look/sheet.css")
def sheet():
    css = "@font-face { font-family: Linked; src: url(linked.woff2) format('woff2') }"
    return Response(css, mimetype="text/css")

@app.get("/look/")
def index():
    return '''<!doctype html><link rel="stylesheet" href="sheet.css">
<style>@font-face { font-family: Inside; src: url("inside.woff2") }</style>
<h1 id="h">Fonts</h1><p id="p">text</p>'''
"""
LOADED = """async (name) => {
  const found = await document.fonts.load(`16px ${name}`);
  return found.map(({status}) => status);
}"""
PICTURE = """(e) => new Promise((done) => {
  const address = /url\\("([^"]*)"\\)/.exec(getComputedStyle(e).backgroundImage)?.[1] ?? "";
  const image = new Image();
  image.onload = () => done(image.naturalWidth);
  image.onerror = () => done(`not loaded: ${address}`);
  image.src = address;
})"""
IS_INSIDE = re.compile("^url\\(.data:image/png")
ADD_SHEET = """(e, text) => {
  const style = document.createElement("style");
  style.textContent = text;
  document.head.append(style);
}"""


@pytest.fixture(scope="module")
def page(module_notebook: Notebook) -> FrameLocator:
    module_notebook.set_cells(APP, "%browse /look/")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#h")).to_have_text("Fonts")
    return module_notebook.frame()


@pytest.mark.parametrize("name", ["Linked", "Inside"])
def test_font_of_a_style_sheet_is_loaded(page: FrameLocator, name: str) -> None:
    assert page.locator("#p").evaluate(f"(e) => ({LOADED})('{name}')") == ["loaded"]


def test_font_of_a_sheet_that_a_script_adds_is_loaded(
    page: FrameLocator, module_notebook: Notebook
) -> None:
    rule = "@font-face { font-family: Added; src: url(added.woff2) }"
    page.locator("#p").evaluate(ADD_SHEET, rule)
    style = page.locator("head style").last
    found = "(e) => e.textContent.includes('data:font/woff2')"
    assert module_notebook.wait(lambda: style.evaluate(found))
    assert page.locator("#p").evaluate(f"(e) => ({LOADED})('Added')") == ["loaded"]


@pytest.mark.parametrize(
    "script",
    [
        "(e) => { e.style.backgroundImage = 'url(a.png)'; }",
        "(e) => { e.setAttribute('style', 'color: red; background: url(/look/b.png)'); }",
        "(e) => { e.className = 'c'; const s = document.createElement('style');"
        " document.head.append(s); s.append('.c { background: url(c.png) }'); }",
    ],
)
def test_background_that_a_script_sets_is_loaded(
    page: FrameLocator, script: str
) -> None:
    page.locator("#h").evaluate(
        "(e) => { document.body.insertAdjacentHTML('beforeend', '<i></i>'); }"
    )
    box = page.locator("i").last
    box.evaluate(script)
    expect(box).to_have_css("background-image", IS_INSIDE)
    assert box.evaluate(PICTURE) == 8


def test_style_that_refers_elsewhere_stays_as_it_is(page: FrameLocator) -> None:
    """Only the app's own addresses are loaded; the others the policy refuses."""
    box = page.locator("#p")
    box.evaluate("(e) => { e.style.background = 'url(https://example.org/a.png)'; }")
    box.evaluate("(e) => { e.style.maskImage = 'url(#clip)'; }")
    page.locator("#h").evaluate("(e) => { e.style.backgroundImage = 'url(z.png)'; }")
    expect(page.locator("#h")).to_have_css("background-image", IS_INSIDE)
    assert "https://example.org/a.png" in str(box.get_attribute("style"))
