"""Which rules an app has, those of the apps that are mounted in it included."""

from __future__ import annotations

from typing import Any

import pytest
from bottle import Bottle
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from werkbook.export.proof.inside.questions.app_rules import AppRule, list_rules
from werkbook.export.proof.inside.questions.asking import Asker
from werkbook.export.proof.inside.questions.exploring import Explorer


def texts(rules: list[AppRule]) -> list[str]:
    return [one.text for one in rules if not one.is_static]


def shop() -> Bottle:
    app = Bottle()
    app.get("/x/<name>", callback=lambda name: f"x {name}")
    return app


@pytest.mark.filterwarnings("ignore:Warning. Use of deprecated:DeprecationWarning")
def test_apps_that_bottle_mounts_have_rules_of_their_own() -> None:
    """With a slash behind the prefix and without one; of a bare callable, its place."""
    app = Bottle()
    app.mount("/one", shop())
    app.mount("/two/", shop())
    app.mount("/bare", lambda environ, start_response: [])
    assert texts(list_rules(app)) == ["/one/x/<name>", "/two/x/<name>", "/bare"]


def mounting_flask() -> Flask:
    app, beside = Flask("app"), Flask("beside")
    app.get("/")(lambda: "app")
    beside.get("/who/<name>")(lambda name: f"beside {name}")
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/b": beside})  # type: ignore[method-assign]  # Flask's idiom
    return app


def test_apps_that_a_flask_app_dispatches_to_have_rules_of_their_own() -> None:
    """What a request of a cell asked of them is not asked again."""
    app = mounting_flask()
    assert texts(list_rules(app)) == ["/", "/b/who/<name>"]
    explorer = Explorer(app, Asker(app, 5.0), {})
    number = explorer.find_rule("GET", "/b/who/ada")
    assert number is not None
    assert explorer.rules[number].text == "/b/who/<name>"
    assert explorer.find_rule("GET", "/who/ada") is None


def test_rules_of_an_app_in_its_own_middleware_are_listed_once() -> None:
    """The middleware may hold the app itself."""
    app = Flask("app", static_folder=None)
    app.get("/")(lambda: "app")

    class Stamp:
        def __init__(self, app: Any, inner: Any) -> None:
            self.app, self.inner = app, inner

        def __call__(self, environ: Any, start_response: Any) -> Any:
            return self.inner(environ, start_response)

    app.wsgi_app = Stamp(app, app.wsgi_app)  # type: ignore[method-assign]  # Flask's idiom
    assert texts(list_rules(app)) == ["/"]
