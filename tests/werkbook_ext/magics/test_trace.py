"""`%trace`: the way of one request through the app."""

from __future__ import annotations

from xml.etree import ElementTree

import flask as real_flask
import pytest
from tests.werkbook_ext.notebooks import Notebook

from werkbook.cells.requests import read_request
from werkbook.exercises.trace import trace
from werkbook_ext.output.trace_picture import write_picture, write_text
from werkbook_ext.output.trace_steps import write_steps

CELLS = {
    "load": "%load_ext werkbook\n%config Werkbook.announce = False",
    "app": "from werkbook import App, g, render_template\napp = App('lesson')",
    "frame": "%%template frame.html\n<b>{{ n }}</b>{% block it %}{% endblock %}",
    "page": "%%template hello.html\n{% extends 'frame.html' %}"
    "{% block it %}Hello {{ name }}{% endblock %}",
    "hook": "@app.before_request\ndef who():\n    g.who = 'me'",
    "other": "@app.post('/hello/<name>/<int:n>')\ndef post(name, n):\n    return ''",
    "view": "@app.get('/hello/<name>/<int:n>')\ndef hello(name, n):\n"
    "    return render_template('hello.html', name=name, n=n)",
    "handler": "@app.errorhandler(404)\ndef lost(error):\n    return 'lost', 404",
}


@pytest.fixture
def traced(notebook: Notebook) -> Notebook:
    for name, source in CELLS.items():
        notebook.run(name, source)
    return notebook


def test_way_of_a_request_in_order(traced: Notebook) -> None:
    """Rules tried, converters, hooks, view, templates with what they got, response."""
    assert traced.run("ask", "%trace GET /hello/Ada/3").text.strip() == (
        "request GET /hello/Ada/3\n"
        "URL match: /hello/<name>/<int:n>\n"
        "    ○ POST /hello/<name>/<int:n>\n"
        "    ✓ GET /hello/<name>/<int:n>\n"
        "URL converters\n"
        "    name = 'Ada' (str)\n"
        "    n = 3 (int)\n"
        "before request: who  (line 1)\n"
        "view hello  (line 1)\n"
        "    name = 'Ada'\n"
        "    n = 3\n"
        "    returns '<b>3</b>Hello Ada'\n"
        "  template hello.html\n"
        "      name = 'Ada'\n"
        "      n = 3\n"
        "    template frame.html\n"
        "        name = 'Ada'\n"
        "        n = 3\n"
        "response 200\n"
        "    text/html; charset=utf-8\n"
        "    17 bytes"
    )


def test_error_handler_is_part_of_the_way(traced: Notebook) -> None:
    """Where no rule fits the handler shows."""
    text = traced.run("ask", "%trace /nowhere").text
    assert "URL match: no rule fits" in text
    assert "error handler: lost" in text
    assert "returns ('lost', 404)" in text


def test_wrong_line_is_a_usage_error(traced: Notebook) -> None:
    """What is no request is told with the usage."""
    ran = traced.try_run("ask", "%trace GET /x nonsense")
    assert "%trace: 'nonsense' is not a request item." in ran.text + ran.error


def test_app_of_asgi_is_refused(traced: Notebook) -> None:
    """An app that only Werkzeug's rules make look like Flask's cannot be followed."""
    traced.run("quart", "from quart import Quart\nother = Quart('other')")
    ran = traced.try_run("wrong", "%trace GET / --app other")
    assert "%trace: only apps with Flask's API can be traced" in ran.text + ran.error


def test_other_frameworks_app_can_be_traced() -> None:
    """The real Flask has the same way."""
    app = real_flask.Flask("real")

    @app.get("/<int:n>")
    def double(n: int) -> str:
        return real_flask.render_template_string("{{ m }}", m=2 * n)

    text = write_text(trace(app, read_request("/4")))
    assert "n = 4 (int)" in text
    assert "view double" in text
    assert "returns '8'" in text


def test_picture_is_safe_and_steady() -> None:
    """What the app says is text in the picture, and no time is in the saved one."""
    app = real_flask.Flask("real")
    app.add_url_rule("/", view_func=lambda: "<script>alert(1)</script>")
    found = trace(app, read_request("/"))
    picture, steps = write_picture(found), write_steps(found)
    assert "<script" not in picture + steps
    assert " ms" not in picture
    assert " ms" in steps
    assert ElementTree.fromstring(picture).tag.endswith("svg")


def test_view_that_raises_ends_the_way() -> None:
    """A view that raises returns nothing."""
    app = real_flask.Flask("real")
    app.add_url_rule("/", view_func=lambda: 1 / 0)
    text = write_text(trace(app, read_request("/")))
    assert "raises an exception" in text
    assert "returns" not in text
