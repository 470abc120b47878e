"""Cells of random Bottle notebooks; an app that is mounted is their blueprint."""

import threading
from collections.abc import Callable
from typing import Any

import bottle
from bottle import Bottle
from tests.werkbook_ext.vocabularies import Vocabulary
from werkzeug.test import Client

URLS = ("/a", "/b", "/v/word", "/v/3", "/bp/x", "/pb/x", "/in/x", "/boom", "/no")
VOCABULARY = Vocabulary(
    module=__name__,
    routers=("router = Bottle()", "app.mount({prefix!r}, router)"),
    route="add_page(app, {path!r}, view({text!r}), methods={methods!r})",
    paths=("/a", "/b", "/v/<x>", "/v/<y>", "/v/<n:int>"),
    keyed={
        "404": "app.error(404)(handler({t!r}))",
        "410": "app.error(410)(handler({t!r}))",
        "config": "app.config['k'] = {t!r}",
        "router x": "router.route('/x', callback=view({t!r}))",
    },
    ordered={
        "before": "app.add_hook('before_request', see({t!r}))",
        "after": "app.add_hook('after_request', mark({t!r}))",
        "plugin": "app.install(plugin({t!r}))",
    },
    included="app.mount('/in', router)",
)


def boom() -> None:
    bottle.abort(410)


def make_app() -> Bottle:
    """Make an app with the view that handlers are for."""
    app = Bottle()
    app.route("/boom", callback=boom)
    return app


def add_page(app: Any, path: str, function: Any, methods: list[str]) -> None:
    app.route(path, callback=function, method=methods)


def see(text: str) -> Callable[[], None]:
    """Return a function that each request passes before its view."""

    def before() -> None:
        environ = bottle.request.environ
        environ["seen"] = environ.get("seen", "") + text

    return before


def mark(text: str) -> Callable[[], None]:
    return lambda: bottle.response.add_header("X-Mark", text)


def plugin(text: str) -> Callable[..., Any]:
    def apply(callback: Any) -> Any:
        return lambda **values: callback(**values) + text

    return apply


def view(text: str) -> Callable[..., Any]:
    return lambda **values: f"{text}|{bottle.request.environ.get('seen', '')}|"


def handler(text: str) -> Callable[..., Any]:
    return lambda error: text


def observe(app: Bottle) -> dict[str, Any]:
    """All that can be seen of an app from outside and inside."""
    answers: dict[str, Any] = {}

    def ask_all() -> None:
        for url in URLS:
            for method in ("GET", "POST"):
                got = Client(app).open(url, method=method)
                marks = got.headers.getlist("X-Mark")
                answers[f"{method} {url}"] = [got.status_code, got.text, marks]

    asking = threading.Thread(target=ask_all)  # as a server's requests come: of no cell
    asking.start()
    asking.join()
    return {
        "answers": answers,
        "config": app.config.get("k"),
        "rules": sorted(one.rule for one in app.routes),
    }
