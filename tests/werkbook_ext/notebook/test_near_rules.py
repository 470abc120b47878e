"""What is offered for a URL that no rule matches."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from werkbook import App, live
from werkbook_ext.notebook.near_rules import (
    find_near_rules,
    near_file_note,
    near_method_note,
    near_protocol_note,
    near_rules_note,
)

RULES = {"/", "/items", "/items/<int:n>", "/user/<name>/posts", "/login"}


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/itmes", ["/items"]),
        ("/items/", ["/items"]),
        ("/itmes/3", ["/items/<int:n>", "/items"]),
        ("/items/three", ["/items/<int:n>"]),
        ("/user/ada/post", ["/user/<name>/posts"]),
        ("/Login", ["/login"]),
        ("/quite/another", []),
        ("/quite/7", ["/items/<int:n>"]),
        ("/member/ada/news", ["/user/<name>/posts"]),
    ],
)
def test_near_rules_of(path: str, near: list[str]) -> None:
    assert find_near_rules(path, RULES) == near


def test_many_rules_of_one_form_are_not_near() -> None:
    """They would name any app's rules for any path."""
    assert find_near_rules("/hello/Ada", {"/hi/<name>"}) == ["/hi/<name>"]
    assert find_near_rules("/hello/Ada", {"/hi/{name}"}) == ["/hi/{name}"]
    many = {f"/{one}/<name>" for one in ("bye", "from", "to")}
    assert find_near_rules("/q/Ada", many) == []


def test_note_names_the_path_without_its_query() -> None:
    app = App("near")
    app.add_url_rule("/items", view_func=lambda: "")
    note = near_rules_note(app, "/itmes?q=1", status=404, rule=None)
    assert note == "No rule matches /itmes. Near: /items"


@pytest.mark.parametrize(
    ("app", "status", "rule"),
    [(App("a"), 200, None), (App("a"), 404, "/items"), (object(), 404, None)],
)
def test_what_has_a_rule_or_no_url_map_has_no_note(
    app: Any, status: int, rule: str | None
) -> None:
    assert near_rules_note(app, "/x", status=status, rule=rule) == ""


def test_note_names_static_files_of_cells_and_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "site.css").touch()
    app = App("near", static_folder=str(tmp_path), static_url_path="/static")
    live.notebook.static["chart.js"] = "x"
    ask = partial(near_file_note, app, status=404, rule="/static/<path:filename>")
    try:
        wanted = "No static file is called css/stie.css. Near: css/site.css"
        assert ask("/static/css/stie.css?v=1") == wanted
        wanted = "No static file is called chrt.js. Near: chart.js"
        assert ask("/static/chrt.js") == wanted
        assert ask("/static/x") == "No static file is called x."
    finally:
        live.notebook.static.clear()


@pytest.mark.parametrize(
    ("app", "status", "rule"),
    [
        (App("a"), 200, "/static/<path:filename>"),
        (App("a"), 404, "/<path:filename>"),
        (App("a", static_folder=None), 404, "/static/<path:filename>"),
        (object(), 404, "/static/<path:filename>"),
    ],
)
def test_what_is_no_static_file_has_no_note(app: Any, status: int, rule: str) -> None:
    assert near_file_note(app, "/static/x", status=status, rule=rule) == ""


def test_note_on_a_websocket_that_is_asked_as_a_page() -> None:
    app = App("near")
    app.add_url_rule("/", view_func=lambda: "")
    app.url_map.add(Rule("/chat/<room>", endpoint="chat", websocket=True))
    note = partial(near_protocol_note, app, status=400)
    chat = "/chat/a is a WebSocket. Write: %http --ws /chat/a"
    assert note("/chat/a?x=1", is_socket=False) == chat
    assert note("/", is_socket=True) == "/ is no WebSocket. Write: %http GET /"
    assert note("/", is_socket=False) == note("/chat/a", is_socket=True) == ""
    assert note("/x", is_socket=True) == ""
    assert near_protocol_note(app, "/", status=404, is_socket=True) == ""
    assert near_protocol_note(object(), "/", status=400, is_socket=True) == ""


@pytest.mark.parametrize(
    ("method", "status", "note"),
    [
        ("GTE", 405, "Did you mean GET?"),
        ("PSOT", 501, "Did you mean POST?"),
        ("GTE", 200, ""),
        ("GET", 405, ""),
        ("PROPFIND", 405, ""),
    ],
)
def test_note_on_a_mistyped_method(method: str, status: int, note: str) -> None:
    assert near_method_note(method, status=status) == note
