"""The panel "Web app", the marks in cells, and the commands, in JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.browser.lab import TIMEOUT_MS, Lab, Notebook, Notebook7, shown_page

APP = """%load_ext werkbook
from werkbook import App
app = App("__main__")
@app.before_request
def look():
    pass"""
ONE = "%%route GET /one\n'one'"
HALF = "%%route GET /half/<int:n>\nx = 1\nreturn str(x / (n - 3))"
CELLS = (APP, ONE, HALF, "%http /half/3 --expect 500")


@pytest.fixture(scope="module")
def ran(lab: Lab, page: Any) -> Iterator[Notebook]:
    notebook = Notebook(lab, page, "panel.ipynb").open(*CELLS)
    command(notebook, "werkbook:show-panel")
    notebook.run_all()
    yield notebook
    notebook.close()
    notebook.page.evaluate("() => jupyterapp.shell.collapseRight()")


def command(notebook: Notebook, name: str, **arguments: Any) -> None:
    notebook.page.evaluate(
        """async ([name, options]) =>
          void await jupyterapp.commands.execute(name, options)""",
        [name, arguments],
    )


def panel(notebook: Notebook) -> Locator:
    return notebook.page.locator(".wb-panel")


def row(notebook: Notebook, text: str) -> Locator:
    return panel(notebook).locator(".wb-panel-rules .wb-panel-row", has_text=text)


def test_rules_come_with_their_last_status(ran: Notebook) -> None:
    expect(row(ran, "/one")).to_contain_text("200")
    expect(row(ran, "/half/<int:n>")).to_contain_text("500")


def test_click_on_a_rule_goes_to_its_cell(ran: Notebook) -> None:
    row(ran, "/one").click()
    index = ran.page.evaluate(
        "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
    )
    assert index == 1


def test_hooks_are_listed(ran: Notebook) -> None:
    part = panel(ran).locator("[data-part=others]")
    expect(part.locator("summary")).to_contain_text("1")
    expect(part).to_contain_text("look")


def test_click_on_a_request_shows_its_card(ran: Notebook) -> None:
    panel(ran).locator(".wb-panel-entry", has_text="/half/3").first.click()
    card = panel(ran).locator(".wb-panel-result .wb-card")
    expect(card).to_have_attribute("data-status", "500")
    expect(card).to_contain_text("ZeroDivisionError")


def test_check_shows_what_it_finds(ran: Notebook) -> None:
    panel(ran).get_by_role("button", name="Check").click()
    expect(panel(ran).locator(".wb-panel-result")).to_contain_text(
        "Restart and Run All gives this app."
    )


def test_failed_line_is_marked_until_it_is_mended(ran: Notebook) -> None:
    mark = ran.cell(2).locator(".wb-failed")
    expect(mark).to_have_text("return str(x / (n - 3))")
    title = mark.first.get_attribute("title") or ""
    assert title.startswith("GET /half/3: ZeroDivisionError")
    expect(ran.cell(2).locator(".wb-badge")).to_have_text(
        re.compile(r"500 · [\d.]+ ms")
    )
    ran.screenshot("panel")
    ran.set_cell(2, HALF.replace("n - 3", "n + 3"))
    expect(mark).to_have_count(0)
    expect(row(ran, "/half/<int:n>")).to_contain_text("*")
    ran.run_cell(2)
    expect(row(ran, "/half/<int:n>")).not_to_contain_text("*")
    expect(mark).to_have_count(0)


def test_badge_shows_the_last_answer(ran: Notebook) -> None:
    badge = ran.cell(1).locator(".wb-badge")
    expect(badge).to_have_text(re.compile(r"200 · [\d.]+ ms"))
    expect(badge).to_have_attribute("title", "GET /one")


def test_stop_and_serve(ran: Notebook) -> None:
    panel(ran).get_by_role("button", name="Stop").click()
    expect(panel(ran).locator(".wb-panel-served")).to_have_text("not served")
    panel(ran).get_by_role("button", name="Serve").click()
    expect(panel(ran).locator(".wb-panel-served")).to_have_text("served")


def test_open_in_a_tab(ran: Notebook) -> None:
    with ran.page.context.expect_page() as opened:
        panel(ran).get_by_role("button", name="Open in a tab").click()
    tab = opened.value
    tab.wait_for_url(re.compile(r"http://127\.0\.0\.1:\d+/"))
    tab.close()


def test_panel_runs_leave_no_number_and_no_name(ran: Notebook) -> None:
    before = ran.output(ran.run("len(In), '_wb' in globals()"))
    panel(ran).locator(".wb-panel-entry").first.click()
    expect(panel(ran).locator(".wb-panel-result .wb-card")).to_have_count(1)
    number = int(before.partition(",")[0].strip("("))
    after = ran.output(ran.run("len(In), '_wb' in globals()"))
    assert after == f"({number + 1}, False)"


def test_mini_browser_beside_the_notebook_by_command(ran: Notebook) -> None:
    command(ran, "werkbook:browse-docked")
    docked = ran.page.locator(".wb-docked")
    expect(docked).to_have_count(1)
    ran.page.locator(".lm-TabBar-tab", has_text="Mini browser").locator(
        ".lm-TabBar-tabCloseIcon"
    ).click()
    expect(docked).to_have_count(0)


def test_launcher_opens_a_notebook_that_works(
    ran: Notebook, lab: Lab, theme: Callable[[str], None]
) -> None:
    command(ran, "werkbook:new-notebook", cwd="")
    started = Notebook(lab, ran.page, "Untitled.ipynb")
    started.wait_ready()
    started.run_all()
    expect(started.frame().locator("h1")).to_have_text("1 in the book")
    theme("dark")
    expect(ran.page.locator("#jupyterlab-splash")).to_have_count(0)
    started.screenshot("starting_notebook_dark")
    started.close()
    ran.activate()


def test_settings_switch_the_parts_off(ran: Notebook) -> None:
    """Each part has a switch, which works without a reload."""
    ran.run("%http /one")
    expect(ran.cell(1).locator(".wb-badge")).to_have_count(1)
    ran.page.evaluate(
        """async () => {
          const {setSetting} = await import('/lab/extensions/werkbook/static/settings.js');
          await setSetting('badges', false);
          await setSetting('highlighting', false);
        }"""
    )
    try:
        expect(ran.cell(1).locator(".wb-badge")).to_have_count(0)
        expect(ran.cell(2).locator(".wb-argument")).to_have_count(0)
    finally:
        ran.page.evaluate(
            """async () => {
              const {setSetting} = await import('/lab/extensions/werkbook/static/settings.js');
              await setSetting('badges', true);
              await setSetting('highlighting', true);
            }"""
        )
    expect(ran.cell(1).locator(".wb-badge")).to_have_count(1)


def test_commands_are_in_the_palette(ran: Notebook) -> None:
    names = ran.page.evaluate(
        "() => jupyterapp.commands.listCommands().filter((one) => one.startsWith('werkbook:'))"
    )
    assert sorted(names) == [
        "werkbook:browse-docked",
        "werkbook:check",
        "werkbook:export",
        "werkbook:hand-in",
        "werkbook:new-notebook",
        "werkbook:open-tab",
        "werkbook:routes",
        "werkbook:show-panel",
        "werkbook:start-over",
    ]


def test_panel_in_notebook_7(browser: Browser) -> None:
    server = Notebook7()
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    try:
        server.start()
        notebook = Notebook(server, context.new_page(), "panel7.ipynb").open(*CELLS)
        notebook.run_all()
        command(notebook, "werkbook:show-panel")
        expect(row(notebook, "/one")).to_contain_text("200")
        expect(notebook.cell(2).locator(".wb-failed")).to_have_count(1)
        expect(notebook.cell(2).locator(".wb-argument").first).to_have_text("n")
        notebook.screenshot("panel_notebook_7")
    finally:
        context.close()
        server.stop()


def test_mini_browser_beside_the_notebook_by_its_own_button(
    fresh: Callable[..., Notebook],
) -> None:
    notebook = fresh(APP, "%%route GET /\n'<h1 id=h>home</h1>'", "%browse /")
    notebook.run_all()
    # Beside the panel the bar is narrow, and keeps its other buttons in a second row.
    notebook.view().get_by_label("More").click()
    notebook.view().get_by_label("Open beside the notebook").click()
    docked = notebook.page.locator(".wb-docked .wb-browser")
    expect(shown_page(docked).locator("#h")).to_have_text("home")
