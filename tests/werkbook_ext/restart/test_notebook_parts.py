"""What FastHTML adds to its answers in a notebook is no part of its file's."""

from __future__ import annotations

import fasthtml.core
import pytest
from fasthtml.common import P, Titled, fast_app
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from werkbook.cells.asked import Asked
from werkbook.export.proof.answers import KnownAnswer
from werkbook_ext.restart.live_answers import ask_live_app
from werkbook_ext.restart.notebook_parts import headers_as_in_a_file


def answered(*, in_notebook: bool, monkeypatch: pytest.MonkeyPatch) -> KnownAnswer:
    """What a page of a FastHTML app answers that was made here or in a file."""
    monkeypatch.setattr(fasthtml.core, "IN_NOTEBOOK", in_notebook)
    app, rt = fast_app(secret_key="a key")
    rt("/")(lambda: Titled("Shop", P("tea")))
    found = ask_live_app(app, Asked("", "GET", "/"))
    assert found is not None
    return found


def test_a_live_page_is_what_the_file_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script is out of its body, and `Origin` out of what it varies by."""
    live = answered(in_notebook=True, monkeypatch=monkeypatch)
    file = answered(in_notebook=False, monkeypatch=monkeypatch)
    assert b"tea" in (file.body or b"")
    assert (live.body, live.headers) == (file.body, file.headers)


def test_a_middleware_of_the_apps_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file varies by the origin, too."""
    monkeypatch.setattr(fasthtml.core, "IN_NOTEBOOK", True)
    own = Middleware(CORSMiddleware, allow_origins=["https://shop.example"])
    app, _ = fast_app(secret_key="a key", middleware=[own])
    varies = [("vary", "Origin")]
    assert headers_as_in_a_file(app, varies) == varies
    assert headers_as_in_a_file(object(), varies) == varies
    plain, _ = fast_app(secret_key="a key")
    assert headers_as_in_a_file(plain, varies) == []
