"""What an app raises and says, made to break what checks it, is told on the card."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import Notebook, ShellNotebook

from werkbook.exercises.visitor import describe_mishap
from werkbook_ext.exercises import desk, shown

EXERCISE = "%%exercise greet\nGreet.\n\nGET / -> 200\nGET /other -> 200"
RAISES = (
    "@app.get('/')\ndef index():\n    raise {raised}\n"
    "@app.get('/other')\ndef other():\n    return ''"
)


def _raise_value_error(_: object) -> str:
    raise ValueError


def _raise_interrupt(_: object) -> str:
    raise KeyboardInterrupt


def _go_on(_: object) -> str:
    while True:
        pass


@pytest.fixture
def student(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    for name in ("WAIT_S", "FIRST_WAIT_S"):  # beside other work checks take longer
        monkeypatch.setattr(desk, name, 120)
    notebook.run("load", "%load_ext werkbook\n%config Werkbook.announce = False")
    notebook.run("app", "from werkbook import App\napp = App('lesson')")
    notebook.run("greet", EXERCISE)
    return notebook


@pytest.mark.parametrize(
    "raised", ["KeyboardInterrupt", "GeneratorExit", "SystemExit(3)", "BaseException"]
)
def test_what_only_ends_a_thread_is_told(student: Notebook, raised: str) -> None:
    """No cell prints a traceback of Werkbook's, and the other checks are done."""
    assert "Traceback" not in student.run("view", RAISES.format(raised=raised)).text
    text = student.run("greet", EXERCISE).text
    kind = raised.partition("(")[0]
    assert f"The app raised {kind}" in text
    assert "[x] GET /other -> 200" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    "does", [_raise_value_error, _raise_interrupt, _go_on, lambda _: 1]
)
def test_exception_that_says_nothing_has_a_name(does: object) -> None:
    """What it says of itself may never come."""
    odd = type("OddError", (Exception,), {"__str__": does, "__repr__": does})
    mishap = describe_mishap(odd())
    assert (mishap.kind, mishap.message) == (
        "OddError",
        "what it says cannot be read",
    )


def test_cell_that_raises_what_says_nothing_ends_as_others_do(
    shell: InteractiveShell,
) -> None:
    """IPython shows it, and goes on."""
    student = ShellNotebook(shell)
    student.run("load", "%load_ext werkbook\n%config Werkbook.announce = False")
    student.run("app", "from werkbook import App\napp = App('lesson')")
    student.run("greet", EXERCISE)
    says = "class OddError(Exception):\n    def __str__(self): raise ValueError"
    student.run("odd", f"{says}\n    __repr__ = __str__")
    student.fail("raise", "raise OddError")
    student.run("view", RAISES.format(raised="ValueError"))
    assert "[x] GET /other -> 200" in student.run("greet", EXERCISE).text


def test_text_of_an_exercise_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Markdown can take seconds; no cell waits for it again. No terminal obeys it."""
    shown.markdown.cache_clear()
    calls = []
    render = shown._MARKDOWN.render
    monkeypatch.setattr(
        shown._MARKDOWN, "render", lambda text: calls.append(text) or render(text)
    )
    pages = [shown.markdown("a \x1b[31m*red* \x07") for _ in range(3)]
    shown.markdown.cache_clear()
    assert pages == ["<p>a <em>red</em> \u2407</p>\n"] * 3
    assert len(calls) == 1
