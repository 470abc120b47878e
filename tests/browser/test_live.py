# lines of HTML and JavaScript stay whole
"""The page follows the notebook: it is shown anew when what it used was redefined."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.contrast import contrasts
from tests.browser.lab import Lab, Notebook, shown_page

APP = """%load_ext werkbook
from werkbook import App, render_template, request
app = App()
word = "one"
def helper(): return word"""
ROUTES = """@app.get("/")
def index():
    return render_template("page.html", word=helper())

@app.route("/sent", methods=["GET", "POST"])
def sent():
    return "<h1 id=h>sent</h1>"

@app.get("/form")
def form():
    return render_template("form.html")"""
BASE = """%%template base.html
<link rel="stylesheet" href="/static/a.css">{% block body %}{% endblock %}"""
PAGE = """%%template page.html
{% extends "base.html" %}{% block body %}<h1 id="h">{{ word }}</h1>{% endblock %}"""
FORM = """%%template form.html
<form method="post" action="/sent"><input id="a" name="a"><input type="checkbox" id="b">
<textarea id="c"></textarea><button id="go">Go</button></form>
<div style="height:2000px"></div><p id="end">end {{ 1 }}</p>"""
STYLE = """%%static a.css
h1 { color: rgb(1, 2, 3) }"""


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(APP, BASE, PAGE, FORM, STYLE, ROUTES, "%browse /")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#h")).to_have_text("one")
    return module_notebook


def count(notebook: Notebook) -> int:
    return int(notebook.view().get_attribute("data-shown") or 0)


def go(notebook: Notebook, address: str) -> None:
    before = count(notebook)
    field = notebook.view().get_by_label("Address")
    field.fill(address)
    field.press("Enter")
    assert notebook.wait(lambda: count(notebook) > before)


def heading(notebook: Notebook, text: str) -> None:
    expect(notebook.frame().locator("#h")).to_have_text(text)


@pytest.fixture
def home(shown: Notebook) -> Notebook:
    shown.run("word = 'one'")
    go(shown, "/")
    heading(shown, "one")
    return shown


def test_global_that_a_called_function_reads(home: Notebook) -> None:
    home.run("word = 'two'")
    heading(home, "two")


def test_function_that_the_view_calls(home: Notebook) -> None:
    home.run("def helper(): return word + '!'")
    heading(home, "one!")
    home.run("def helper(): return word")


def test_base_template(home: Notebook) -> None:
    home.set_cell(1, BASE + "<p id='more'>more</p>")
    home.run_cell(1)
    expect(home.frame().locator("#more")).to_have_text("more")
    home.set_cell(1, BASE)
    home.run_cell(1)


def test_static_file(home: Notebook) -> None:
    home.set_cell(4, STYLE.replace("1, 2, 3", "3, 2, 1"))
    home.run_cell(4)
    # The frame is another one meanwhile: only `expect` looks again by itself.
    expect(home.frame().locator("#h")).to_have_css("color", "rgb(3, 2, 1)")


def test_hook_and_its_removal(home: Notebook) -> None:
    index = home.run(
        "@app.after_request\ndef mark(r):\n    r.data += b'<i id=m>m</i>'\n    return r"
    )
    expect(home.frame().locator("#m").first).to_have_text("m")
    home.set_cell(index, "None")
    home.run_cell(index)
    expect(home.frame().locator("#m")).to_have_count(0)


def test_cell_that_cannot_matter_leaves_the_page_alone(home: Notebook) -> None:
    before = count(home)
    for source in ("1 + 1", "other = 5", "print(word)", "@app.get('/x')\ndef x(): ..."):
        home.run(source)
    home.run("word = 'last'")
    heading(home, "last")
    assert count(home) == before + 1


def test_failing_page_shows_the_cell_and_comes_back(home: Notebook) -> None:
    home.run("def helper(): return missing_name + '!'")
    expect(home.frame().locator("body")).to_contain_text("missing_name")
    expect(home.view().locator(".wb-status")).to_contain_text("500")
    home.screenshot("failing_page", home.view())
    home.run("missing_name = 'mended'")
    heading(home, "mended!")
    home.run("def helper(): return word")


def test_page_from_a_post_is_marked_stale(home: Notebook) -> None:
    go(home, "/form")
    home.frame().locator("#go").click()
    heading(home, "sent")
    home.run("@app.post('/sent')\ndef sent2():\n    return '<h1 id=h>again</h1>'")
    expect(home.view().locator(".wb-notice")).to_contain_text("has changed")
    heading(home, "sent")


def test_typed_text_scroll_and_focus_are_kept(home: Notebook) -> None:
    go(home, "/form")
    frame = home.frame()
    frame.locator("#a").fill("typed")
    frame.locator("#b").check()
    frame.locator("#c").click()
    home.page.keyboard.type("line")
    frame.locator("body").evaluate("() => scrollTo(0, 700)")
    home.page.wait_for_function("() => true")
    before = count(home)
    home.set_cell(3, FORM.replace("{{ 1 }}", "{{ 2 }}"))
    home.run_cell(3)
    assert home.wait(lambda: count(home) > before)
    frame = home.frame()
    expect(frame.locator("#end")).to_have_text("end 2")
    expect(frame.locator("#a")).to_have_value("typed")
    expect(frame.locator("#b")).to_be_checked()
    expect(frame.locator("#c")).to_have_value("line")
    home.wait(lambda: frame.locator("body").evaluate("() => scrollY") == 700, 2)
    assert frame.locator("body").evaluate("() => scrollY") == 700
    assert frame.locator("body").evaluate("() => document.activeElement.id") == "c" or (
        not frame.locator("body").evaluate("() => document.hasFocus()")
    )


def test_no_white_frame_while_refreshing(home: Notebook) -> None:
    """The old frame stays until the new one has painted."""
    home.page.evaluate(
        """() => {
          window.__empty = 0;
          const look = () => {
            if (!document.querySelector('iframe.wb-frame[data-shown]')) window.__empty++;
            window.__looking = requestAnimationFrame(look);
          };
          look();
        }"""
    )
    for number in range(3):
        home.run(f"word = 'w{number}'")
        heading(home, f"w{number}")
    assert home.page.evaluate("() => (cancelAnimationFrame(__looking), __empty)") == 0
    assert home.view().locator("iframe.wb-frame").count() == 1


def test_answers_while_a_cell_runs(home: Notebook) -> None:
    index = home.add_cell("import time\ntime.sleep(4)")
    home.start_cell(index)
    home.wait(lambda: "*" in home.cell(index).locator(".jp-InputPrompt").inner_text())
    go(home, "/form")
    assert "*" in home.cell(index).locator(".jp-InputPrompt").inner_text()
    home.wait(
        lambda: "*" not in home.cell(index).locator(".jp-InputPrompt").inner_text()
    )


def test_several_views_of_one_app(home: Notebook) -> None:
    index = home.run("%browse /form")
    expect(home.frame().locator("#a")).to_be_visible()
    home.run("word = 'both'")
    expect(home.frame(0).locator("#h")).to_have_text("both")
    expect(home.frame().locator("#a")).to_be_visible()
    before = home.run("import ipywidgets; len(ipywidgets.widgets.widget._instances)")
    for _ in range(3):
        home.run_cell(index)
    after = home.run("len(ipywidgets.widgets.widget._instances)")
    assert home.output(before) == home.output(after)
    home.delete_cell(index)


def test_kernel_restart_is_said(fresh: Callable[..., Notebook]) -> None:
    notebook = fresh(
        APP, "@app.get('/')\ndef index(): return '<h1 id=h>x</h1>'", "%browse"
    )
    notebook.run_all()
    heading(notebook, "x")
    notebook.restart()
    expect(notebook.view().locator(".wb-notice")).to_contain_text("run the cell again")
    notebook.screenshot("kernel_restarted", notebook.view())
    notebook.run_all()
    heading(notebook, "x")


def test_error_of_a_script_names_the_app_s_own_line(
    fresh: Callable[..., Notebook],
) -> None:
    """The bridge's lines above the page are not counted."""
    page = "<h1 id=h>x</h1>\\n<script>\\nnothing.at.all\\n</script>"
    view = f"@app.get('/')\ndef index(): return '{page}'"
    notebook = fresh(APP, view, "%browse")
    notebook.run_all()
    heading(notebook, "x")
    notebook.view().get_by_label("Network and console").click()
    notebook.view().get_by_role("tab", name="Console").click()
    expect(notebook.view().locator(".wb-lines")).to_contain_text(
        "ReferenceError: nothing is not defined (line 3)"
    )


def test_wrong_arguments_are_one_line(home: Notebook) -> None:
    text = home.output(home.run("%browse --allow 'not a host'"))
    assert text.startswith(
        "UsageError: %browse: argument --allow: 'not a host' is no host"
    )
    assert "Usage: %browse" in text


def test_themes_have_contrast(home: Notebook, theme: Callable[[str], None]) -> None:
    """Bar, notices, network log and console have a contrast of 4.5 (WCAG AA)."""
    view = home.view()
    view.get_by_role("button", name="Network and console").click()
    for address in ("/nowhere", "/", "/form"):
        go(home, address)
    home.frame().locator("body").evaluate(
        "() => { console.error('a'); console.warn('b') }"
    )
    ask_outside(home)
    for name in ("light", "dark"):
        theme(name)
        for tab in ("Console", "Network"):
            view.get_by_role("tab", name=tab).click()
            assert contrasts(view) >= 4.5
        home.screenshot(f"browser_{name}", view)
    view.get_by_role("button", name="Network and console").click()


def ask_outside(notebook: Notebook) -> None:
    """Ask for an address outside the app, which is told in a notice."""
    field = notebook.view().get_by_label("Address")
    field.fill("https://example.org/")
    field.press("Enter")
    expect(notebook.view().locator(".wb-notice")).to_contain_text("outside the app")


def docked_notebook(fresh: Callable[..., Notebook]) -> Notebook:
    notebook = fresh(
        APP,
        "@app.get('/')\ndef index(): return f'<h1 id=h>{word}</h1>'",
        "@app.get('/two')\ndef two(): return '<h1 id=h>second</h1>'",
    )
    notebook.run_all()
    return notebook


def test_dock_opens_it_beside_the_notebook(fresh: Callable[..., Notebook]) -> None:
    """Right of it, in a tab of its own that follows the notebook; once."""
    notebook = docked_notebook(fresh)
    index = notebook.run("%browse --dock")
    docked = notebook.page.locator(".wb-docked .wb-browser")
    heading = shown_page(docked).locator("#h")
    expect(heading).to_have_text("one")
    place = notebook.page.locator(
        ".jp-NotebookPanel:not(.lm-mod-hidden)"
    ).bounding_box()
    own = docked.bounding_box()
    assert place is not None
    assert own is not None
    assert own["x"] >= place["x"] + place["width"]
    assert own["height"] > 500
    note = notebook.cell(index).locator(".wb-beside")
    expect(note).to_contain_text("The mini browser is beside the notebook.")
    notebook.run("word = 'changed'")
    expect(heading).to_have_text("changed")
    notebook.screenshot("docked")
    notebook.set_cell(index, "%browse /two --dock")
    notebook.run_cell(index)
    expect(heading).to_have_text("second")
    expect(docked).to_have_count(1)
    expect(notebook.cell(index).locator(".wb-browser")).to_have_count(0)


def test_docked_view_can_be_closed_and_shown_here(
    fresh: Callable[..., Notebook],
) -> None:
    notebook = docked_notebook(fresh)
    index = notebook.run("%browse --dock")
    docked = notebook.page.locator(".wb-docked .wb-browser")
    expect(docked).to_have_count(1)
    tab = notebook.page.locator(".lm-TabBar-tab", has_text="Mini browser")
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    expect(docked).to_have_count(0)
    notebook.cell(index).get_by_role("button", name="Show it here too").click()
    expect(notebook.frame().locator("#h")).to_have_text("one")
    notebook.run_cell(index)
    expect(docked).to_have_count(1)


def test_open_in_a_tab_gives_the_url(home: Notebook) -> None:
    home.view().get_by_label("Open in a new tab").click()
    link = home.view().locator(".wb-notice a")
    expect(link).to_have_attribute("href", re.compile(r"http://localhost:\d+/"))
    address = link.get_attribute("href")
    assert address is not None
    with urllib.request.urlopen(address) as reply:
        assert b"<h1" in reply.read()


def test_saved_output_is_the_same_on_each_run(home: Notebook) -> None:
    index = home.run("%browse /form")
    first = home.outputs(index)[-1]["data"]
    home.run_cell(index)
    second = home.outputs(index)[-1]["data"]
    for kind in ("text/plain", "text/html"):
        assert first[kind] == second[kind]
    assert "".join(first["text/plain"]) == "Mini browser: GET /form -> 200 OK"
    home.delete_cell(index)


def test_reload_of_jupyters_page_keeps_the_view(lab: Lab, page: Page) -> None:
    own = page.context.new_page()
    try:
        notebook = Notebook(lab, own, "reloaded.ipynb").open(
            APP, "@app.get('/')\ndef index(): return f'<h1 id=h>{word}</h1>'", "%browse"
        )
        notebook.run_all()
        heading(notebook, "one")
        own.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
        own.reload()
        notebook.wait_ready()
        heading(notebook, "one")
        notebook.run("word = 'after'")
        heading(notebook, "after")
        notebook.close()
    finally:
        own.close()
