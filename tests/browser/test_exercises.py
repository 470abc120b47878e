"""The card of an exercise in a real JupyterLab."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.contrast import contrasts
from tests.browser.lab import Notebook

APP = """
%load_ext werkbook
from werkbook import App, request
from markupsafe import escape
app = App()
"""
EXERCISE = """
%%exercise greet --points 2
Make a page at `/hello/NAME` that **greets** by name, whatever the name.

GET /hello/Ada                -> 200, text has "Hello Ada"
GET /hello/Zoë                -> text has "Hello Zoë"
GET /hello/<b>x</b>           -> text lacks "<b>x</b>"     # escaped
POST /hello/Ada               -> 405
hint: A rule can have a part that varies: `<name>`.
hint: In an f-string nothing is escaped.
solution: First the rule:
    @app.get("/hello/<name>")
solution: Then the view, with `escape(name)`.
"""
WRONG = """
@app.get("/hallo/<name>")
def hello(name):
    return f"Hello {name}"
"""
RIGHT = """
@app.get("/hello/<name>")
def hello(name):
    return f"Hello {escape(name)}"
"""


@pytest.fixture
def student(notebook: Notebook) -> Notebook:
    notebook.set_cells(APP.strip(), EXERCISE.strip(), WRONG.strip())
    notebook.run_cell(0)
    notebook.run_cell(1)
    return notebook


def post(notebook: Notebook, name: str) -> None:
    """Post the exercise by another name: none of its hints is shown yet."""
    notebook.set_cell(1, EXERCISE.strip().replace("greet", name, 1))
    notebook.run_cell(1)


def card_of(notebook: Notebook) -> Locator:
    return notebook.cell(1).locator(".wb-exercise")


def run_beside(notebook: Notebook, code: str) -> None:
    """Run code as a cell would, without moving the focus."""
    notebook.page.evaluate(
        "(code) => void jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({code})",
        code,
    )


def test_checks_turn_to_done_when_a_cell_ran(student: Notebook) -> None:
    """Each line says in plain words what is seen, and turns to done at once."""
    card = card_of(student)
    expect(card.locator(".wb-exercise-summary")).to_contain_text(
        "0 of 4 checks are done"
    )
    student.run_cell(2)
    expect(card.locator(".wb-exercise-words").first).to_have_text(
        "I asked for /hello/Ada and expected the status 200. The app answered 404: no "
        "rule fits; the nearest is /hallo/<name>."
    )
    student.set_cell(2, RIGHT.strip())
    student.run_cell(2)
    expect(card.locator(".wb-exercise-done")).to_have_count(4)
    expect(card).to_have_attribute("data-done", "true")
    live = student.cell(1).locator(".wb-exercise-live")
    expect(live).to_have_text("Solved.")
    student.screenshot("exercise_done", student.cell(1))


def test_saved_output_keeps_the_progress(student: Notebook) -> None:
    """What is saved says how far the exercise is now, not when its cell ran."""
    student.run_cell(2)
    student.set_cell(2, RIGHT.strip())
    student.run_cell(2)
    expect(card_of(student)).to_have_attribute("data-done", "true")
    saved = "\n".join(str(one["data"]) for one in student.outputs(1))
    assert "4 of 4 checks are done, 2 of 2 points" in saved


def test_hints_come_one_at_a_time_by_keyboard(student: Notebook) -> None:
    """Hints, then the solution step by step; the keyboard is enough."""
    card = card_of(student)
    expect(card.get_by_text("Show the solution")).to_have_count(0)
    card.get_by_role("button", name="Show a hint").focus()
    student.page.keyboard.press("Enter")
    expect(card.locator(".wb-exercise-hints li")).to_have_count(1)
    student.page.keyboard.press("Enter")
    expect(card.locator(".wb-exercise-hints li")).to_have_count(2)
    student.page.keyboard.press("Enter")
    expect(card.get_by_text("First the rule")).to_be_visible()
    student.page.keyboard.press("Enter")
    expect(card.get_by_text("Then the view")).to_be_visible()
    expect(card.get_by_role("button")).to_have_count(0)
    expect(card.locator(".wb-exercise-hints li").last).to_be_focused()
    student.screenshot("exercise_hints", student.cell(1))


def test_hint_is_read_aloud(student: Notebook) -> None:
    """What is uncovered is said to a screen reader, as the focus stays at the button."""
    post(student, "aloud")
    card = card_of(student)
    card.get_by_role("button", name="Show a hint").click()
    live = student.cell(1).locator(".wb-exercise-live")
    expect(live).to_contain_text("A rule can have a part that varies")
    expect(card.get_by_role("button", name="Show the next hint")).to_be_focused()


def test_focus_stays_at_its_check(student: Notebook) -> None:
    """A cell that runs meanwhile does not send the reader to the hints."""
    summary = card_of(student).locator("summary").nth(1)
    summary.evaluate("(one) => one.setAttribute('data-drawn', 'before')")
    summary.focus()
    run_beside(student, 'app.get("/other")(lambda: "another page")')
    expect(summary).not_to_have_attribute("data-drawn", "before")
    expect(summary).to_be_focused()


@pytest.mark.parametrize("name", ["check", "hint"])
def test_focus_comes_back_where_the_output_is_drawn_anew(
    student: Notebook, name: str
) -> None:
    """JupyterLab draws the card anew when its text changes; the reader stays there."""
    post(student, f"anew_{name}")
    card = card_of(student)
    if name == "check":
        place = card.locator("summary").nth(1)
    else:
        place = card.get_by_role("button", name="Show a hint")
    card.evaluate("(one) => one.setAttribute('data-drawn', 'before')")
    place.focus()
    run_beside(student, WRONG.strip())
    words = card.locator(".wb-exercise-words").first
    expect(words).to_contain_text("the nearest is /hallo/<name>")
    expect(card).not_to_have_attribute("data-drawn", "before")
    expect(place).to_be_focused()


def test_focus_that_went_elsewhere_is_not_taken(student: Notebook) -> None:
    """Who left the card for another place stays there when the card is drawn anew."""
    post(student, "left")
    card = card_of(student)
    card.evaluate("(one) => one.setAttribute('data-drawn', 'before')")
    card.locator("summary").nth(1).focus()
    title = student.page.locator(".jp-NotebookPanel-toolbar button:visible").first
    title.focus()
    run_beside(student, WRONG.strip())
    expect(card).not_to_have_attribute("data-drawn", "before")
    expect(card.locator(".wb-exercise-words").first).to_contain_text("/hallo/<name>")
    expect(title).to_be_focused()


def test_hand_in_saves_how_far_the_exercises_are(student: Notebook) -> None:
    """The file is the notebook, with points, checks and what was uncovered."""
    post(student, "handed")
    card = card_of(student)
    card.get_by_role("button", name="Show a hint").click()
    expect(card.locator(".wb-exercise-hints li")).to_have_count(1)
    with student.page.expect_download() as download:
        student.page.evaluate(
            "async () => void await jupyterapp.commands.execute('werkbook:hand-in')"
        )
    assert download.value.suggested_filename == student.path
    handed = json.loads(download.value.path().read_text("utf-8"))
    said = handed["metadata"]["werkbook"]["handed_in"]
    exercise = said.pop("exercises")[-1]
    assert said == {"path": student.path}
    checks = exercise.pop("checks")
    assert [check["is_done"] for check in checks] == [False] * 4
    assert exercise == {
        "name": "handed",
        "points": 0,
        "of": 2,
        "hints_shown": 1,
        "steps_shown": 0,
    }
    assert len(handed["cells"]) == 3


def test_focus_is_at_cancel_before_starting_over(student: Notebook) -> None:
    """Enter alone loses nothing."""
    student.page.evaluate(
        "() => void jupyterapp.commands.execute('werkbook:start-over')"
    )
    dialog = student.page.locator(".jp-Dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    student.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert student.source(2) == WRONG.strip()


def test_exchange_stands_behind_each_line(student: Notebook) -> None:
    """A line opens to the card of its request."""
    student.run_cell(2)
    card = card_of(student)
    card.locator("summary").first.click()
    exchange = card.locator(".wb-exercise-exchange").first.locator(".wb-card")
    expect(exchange).to_contain_text("/hello/Ada")
    expect(exchange).to_contain_text("404")
    student.screenshot("exercise_exchange", student.cell(1))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read(student: Notebook, theme: object, name: str) -> None:
    """Each text has the contrast that WCAG 2.2 asks for, in both themes."""
    student.run_cell(2)
    theme(name)  # type: ignore[operator]
    assert contrasts(card_of(student)) >= 4.5
    student.screenshot(f"exercise_{name}", student.cell(1))
