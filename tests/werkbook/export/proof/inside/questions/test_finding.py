"""Which app of a namespace is the notebook's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from werkbook.export.proof.inside.hooks import StandIn
from werkbook.export.proof.inside.questions.finding import AppMissingError, Namespace


def wanted(
    expression: str = "app", module: str = "", explicit: bool = False
) -> dict[str, Any]:
    return {"expression": expression, "module": module, "is_explicit": explicit}


def test_the_app_of_the_export_is_taken_by_its_name() -> None:
    """An attribute is a name, too."""
    app = Flask("a")
    assert Namespace({"app": app}).find(wanted(), []) is app
    holder = type("Holder", (), {"web": app})
    assert Namespace({"holder": holder}).find(wanted("holder.web"), []) is app


def test_what_is_served_counts_before_a_name() -> None:
    """Unless a person said which app."""
    one, other = Flask("one"), Flask("other")
    names = Namespace({"app": one})
    assert names.find(wanted(), [other]) is other
    assert names.find(wanted(), [one, other]) is one
    assert names.find(wanted(explicit=True), [other]) is one


def test_a_served_app_that_was_replaced_counts_no_longer() -> None:
    """`app = Flask(...)` again: what is called so now is the notebook's app."""
    first, second = Flask("first"), Flask("second")
    space = {"app": first}
    names = Namespace(space)
    names.begin()
    space["app"] = second
    names.passed()
    assert names.find(wanted(), [first]) is second


def test_a_failing_cell_takes_no_app_away() -> None:
    """Its author saw the one of before."""
    first, second = Flask("first"), Flask("second")
    space = {"app": first}
    names = Namespace(space)
    names.begin()
    space["app"] = second
    names.failed()
    assert names.find(wanted(), []) is first
    names.begin()
    space["app"] = Flask("third")
    names.passed()
    assert names.find(wanted(), []) is space["app"]


def test_what_stands_in_for_a_service_is_no_app() -> None:
    """It has whatever is asked of it, a URL map too."""
    app = Flask("a")
    names = Namespace({"shop": app, "tunnel": StandIn("ngrok")})
    assert names.find(wanted(), []) is app


def test_no_app_is_an_error() -> None:
    """It names what was looked for."""
    with pytest.raises(AppMissingError, match="nothing is called 'app'"):
        Namespace({"x": 1}).find(wanted(), [])


def test_a_written_file_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under its own name, with what lies beside it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proof_words.py").write_text("word = 'hi'")
    text = (
        "from proof_words import word\n\ndef web(environ, start):\n    return [word]\n"
    )
    (tmp_path / "proof_shop.py").write_text(text)
    found = Namespace({}).find(wanted("web", "proof_shop.py"), [])
    assert found({}, None) == ["hi"]
    with pytest.raises(AppMissingError, match=r"no cell wrote 'gone\.py'"):
        Namespace({}).find(wanted("web", "gone.py"), [])
