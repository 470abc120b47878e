"""Flashed messages live until they are shown."""

from typing import Any

from werkbook import App, flash, get_flashed_messages, session
from werkbook.signals import message_flashed
from werkbook.testing import FlaskClient


def test_flash_is_shown_once(app: App, client: FlaskClient) -> None:
    @app.get("/flash")
    def leave() -> str:
        flash("one")
        flash("two", "error")
        return ""

    @app.get("/show")
    def show() -> dict[str, Any]:
        return {
            "all": get_flashed_messages(),
            "again": get_flashed_messages(with_categories=True),
            "errors": get_flashed_messages(category_filter=["error"]),
            "left": "_flashes" in session,
        }

    client.get("/flash")
    assert client.get("/show").json == {
        "all": ["one", "two"],
        "again": [["message", "one"], ["error", "two"]],
        "errors": ["two"],
        "left": False,
    }
    assert client.get("/show").json["all"] == []  # type: ignore[index]  # a dict


def test_flash_sends_a_signal(app: App) -> None:
    got: list[Any] = []

    def receive(sender: Any, message: str, category: str) -> None:
        got.append((sender, message, category))

    with message_flashed.connected_to(receive, app), app.test_request_context():
        flash("hello", "info")
    assert got == [(app, "hello", "info")]
