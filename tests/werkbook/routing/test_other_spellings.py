"""Rules whose variables are spelled as another framework does."""

from __future__ import annotations

import pytest

from werkbook import App
from werkbook.routing.other_spellings import spelling_hint, with_angles, with_braces


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/x/{n}", "/x/<n>"),
        ("/x/{n:int}/y", "/x/<int:n>/y"),
        ("/files/{rest:path}", "/files/<path:rest>"),
        ("/x/{n:str}.json", "/x/<n>.json"),
        ("/x/{n:uuid}", "/x/<uuid:n>"),
        ("/x/:n", "/x/<n>"),
        ("/x/:n/y/:m?", "/x/<n>/y/<m>"),
        ("/x/<int:n>/{m}", "/x/<int:n>/<m>"),
    ],
)
def test_variables_of_other_frameworks_are_known(written: str, meant: str) -> None:
    """FastAPI's and Express's variables are written as a rule has them."""
    assert with_angles(written) == meant


@pytest.mark.parametrize(
    "rule",
    ["/", "/x/<n>", "/<int:n>/", "/items:batch", "/x/{}", "/x/{a b}", "/x/:", "/:8080"],
)
def test_text_stays_text(rule: str) -> None:
    """What no other framework reads as a variable gives no hint."""
    assert with_angles(rule) == rule
    assert spelling_hint(rule, with_angles) == ""


def test_hint_says_what_a_variable_looks_like() -> None:
    """One line names the rule and what was meant, in either direction."""
    assert spelling_hint("/x/{n}", with_angles) == (
        "/x/{n} is text to its last letter: a variable is written <name>, /x/<n>"
    )
    assert spelling_hint("/x/<int:n>", with_braces) == (
        "/x/<int:n> is text to its last letter: a variable is written {name},"
        " /x/{n:int}"
    )
    assert spelling_hint("/x/{n:int}", with_braces) == ""


def test_braces_stay_allowed_as_text(app: App) -> None:
    """The app takes such a rule, and answers for exactly that text."""
    app.add_url_rule("/x/{n}", "x", lambda: "text")
    assert app.test_client().get("/x/{n}").text == "text"
    assert app.test_client().get("/x/3").status_code == 404
