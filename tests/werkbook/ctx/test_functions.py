"""The contexts: left in another order than entered, and with parts replaced."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from werkbook import (
    App,
    current_app,
    g,
    has_app_context,
    has_request_context,
    request,
    session,
    url_for,
)
from werkbook.sessions import SecureCookieSession


def test_application_context_is_left_before_the_request_kept_in_it(app: App) -> None:
    """As in Flask, where the two kinds of context are two stacks."""
    torn_down: list[str] = []
    app.teardown_appcontext(lambda error: torn_down.append("app"))
    app.teardown_request(lambda error: torn_down.append("request"))
    app.add_url_rule("/<name>", "view", lambda name: name)
    with app.test_client() as client:
        with app.app_context():
            g.user = "Ada"
            assert client.get("/x").text == "x"
            assert g.user == "Ada"
        assert torn_down == ["request"]
        assert request.path == "/x"
        assert current_app.name == app.name
    assert torn_down == ["request", "request", "app"]
    assert not has_app_context()


def test_application_context_is_left_for_good_before_its_request(app: App) -> None:
    app_context, request_context = app.app_context(), app.test_request_context("/x")
    app_context.push()
    request_context.push()
    app_context.pop()
    assert request.path == "/x"
    request_context.pop()
    assert not has_app_context()
    assert not has_request_context()


def test_another_context_in_between_is_an_error(app: App) -> None:
    first, second = app.app_context(), app.app_context()
    first.push()
    second.push()
    with pytest.raises(AssertionError) as caught:
        first.pop()
    assert str(caught.value) == (
        f"Popped wrong context. ({second!r} instead of {first!r})"
    )


def test_tests_replace_parts_of_a_request_context(app: App) -> None:
    app.secret_key = "test"
    fake = SimpleNamespace(path="/fake")
    fake_session = SecureCookieSession({"user": "Ada"})
    adapter: Any = SimpleNamespace(build=lambda *args, **kwargs: "/built")
    with app.test_request_context("/x") as context:
        with patch.object(context, "request", fake):
            assert request.path == "/fake"
        assert request.path == "/x"
        with patch.object(context, "session", fake_session):
            assert session["user"] == "Ada"
        assert "user" not in session
        with patch.object(context, "url_adapter", adapter):
            assert url_for("static", filename="a") == "/built"
        assert url_for("static", filename="a") == "/static/a"
    with app.app_context() as app_context:
        app_context.url_adapter = adapter
        assert url_for("static", filename="a") == "/built"
