"""Random apps answer random requests alike, whether the lane is open or closed.

What hooks and view functions do to a request, to the session and to the app is drawn
from `DEEDS`; each app is made twice from its seed, so that what a request changes in
one app is not seen in the other.
"""

from __future__ import annotations

import io
import logging
import random
import re
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from itsdangerous import TimestampSigner
from tests.werkbook.dispatch.test_lane import LOG, OwnResponse, TeapotError, answer
from tests.werkbook.routing.test_matcher import environ_of
from werkzeug.exceptions import Conflict, NotFound

from werkbook import (
    App,
    Blueprint,
    Request,
    Response,
    abort,
    after_this_request,
    flash,
    g,
    get_flashed_messages,
    live,
    render_template_string,
    request,
    session,
    stream_with_context,
    url_for,
)
from werkbook.globals import request_ctx
from werkbook.sessions import SecureCookieSession, SecureCookieSessionInterface

Deed = Callable[[App, random.Random], Any]

APPS = 120
REQUESTS = 10
FOUND = 2970
"""An app that changes the rule of its request, and changes it back."""


def _change_rule(app: App, draw: random.Random) -> None:
    rules = sorted(app.url_map.iter_rules(), key=str)
    request.url_rule = draw.choice([*rules, None])
    request.view_args = draw.choice([{}, {"name": "other"}])


def _refuse_by_routing(app: App, draw: random.Random) -> None:
    request.routing_exception = draw.choice([NotFound(), Conflict(), None])


def _register(app: App, draw: random.Random) -> None:
    kind = draw.choice(["before_request", "after_request", "teardown_request"])
    getattr(app, kind)(_hook(app, draw.random(), kind))


def _answer_in_place(app: App, draw: random.Random) -> Any:
    if "inner" in g:
        return "inner"
    g.inner = True
    method = draw.choice(["full_dispatch_request", "dispatch_request"])
    return getattr(app, method)()


def _stream(app: App, draw: random.Random) -> Any:
    g.n = draw.random()
    return stream_with_context(f"{part} {g.n} {request.path}" for part in "ab")


def _later(app: App, draw: random.Random) -> None:
    @after_this_request
    def add(response: Any) -> Any:
        LOG.append("later")
        return Response("replaced", 202) if draw.random() < 0.2 else response


def _nested(app: App, draw: random.Random) -> Any:
    if app.config.get("NESTED"):
        return None
    app.config["NESTED"] = True
    try:
        with app.test_client() as client:
            return client.get(draw.choice(PATHS)).data
    finally:
        app.config["NESTED"] = False


def _other_request(app: App, draw: random.Random) -> None:
    request_ctx.request = app.request_class({**request.environ, "PATH_INFO": "/zz"})


def _look(app: App, draw: random.Random) -> None:
    seen = (request.endpoint, request.blueprints, request.view_args, request.method)
    LOG.append((*seen, str(request.url_rule), request.path, dict(session)))


def _raise(error: type[Exception]) -> Deed:
    def deed(app: App, draw: random.Random) -> Any:
        raise error("raised")

    return deed


DEEDS: tuple[Deed, ...] = (
    lambda app, draw: None,
    lambda app, draw: LOG.append("noted"),
    lambda app, draw: LOG.append(session.get("n")),
    lambda app, draw: session.__setitem__("n", session.get("n", 0) + 1),
    lambda app, draw: session.clear(),
    lambda app, draw: setattr(session, "permanent", True),
    lambda app, draw: setattr(g, "word", "w"),
    lambda app, draw: LOG.append(g.get("word")),
    lambda app, draw: (request.view_args or {}).update(name="changed"),
    lambda app, draw: (request.view_args or {}).clear(),
    lambda app, draw: setattr(request, "view_args", {"name": "other"}),
    lambda app, draw: setattr(request, "method", draw.choice(["OPTIONS", "POST"])),
    lambda app, draw: setattr(request, "max_content_length", 2),
    lambda app, draw: LOG.append(sorted(request.form.items())),
    lambda app, draw: LOG.append(request.get_data()),
    lambda app, draw: LOG.append(request.get_json(silent=True)),
    lambda app, draw: LOG.append(url_for(draw.choice(["v0", "v1", ".v0", "b.v0"]))),
    lambda app, draw: LOG.append(flash("said")),
    lambda app, draw: LOG.append(get_flashed_messages()),
    lambda app, draw: request_ctx.match_request(),
    lambda app, draw: app.config.update(SESSION_COOKIE_NAME=draw.choice("cd")),
    lambda app, draw: app.config.update(DEBUG=draw.random() < 0.5),
    lambda app, draw: app.view_functions.update(v0=lambda **values: "another view"),
    lambda app, draw: abort(draw.choice([400, 403, 404, 418])),
    lambda app, draw: abort(Response("own", 409)),
    lambda app, draw: render_template_string("{{ request.path }}{{ g.word }}"),
    _raise(TeapotError),
    _raise(ValueError),
    _raise(KeyError),
    _change_rule,
    _refuse_by_routing,
    _register,
    _answer_in_place,
    _later,
    _nested,
    _other_request,
    _look,
)
RETURNED: tuple[Any, ...] = (
    "text", "", b"bytes", {"a": [1]}, ["l"], ("made", 201), ("h", {"X": "1"}),
    ("", 204), None, 7, ("a", 1, {}, 4), "é", (None, 200),
)  # fmt: skip
RULES = (
    "/", "/a", "/x", "/<name>", "/<path:name>", "/n/<int:name>", "/a/<name>/", "/a/b",
    "/<name>/<int:n>", "/é",
)  # fmt: skip
ODD_RULES = ("/a/", "/<any(x, y):name>", "/n//x")
PATHS = (
    "/", "/a", "/a/", "/x", "/n/3", "/n/x", "/a/b/", "/a/b", "/n//x", "/é", "//a",
    "/b/a", "/b/x", "/b/", "/zz/zz/zz", "", "*", "/static/x", "/c/a/a",
)  # fmt: skip
METHODS = ("HEAD", "POST", "OPTIONS", "PUT", "get")


def _hook(app: App, seed: float, kind: str) -> Callable[..., Any]:
    draw = random.Random(seed)
    deed = draw.choice(DEEDS)
    returned = draw.choice(RETURNED) if draw.random() < 0.05 else None

    def hook(*arguments: Any) -> Any:
        LOG.append((kind, type(arguments[0]).__name__ if arguments else ""))
        done = deed(app, draw)
        if kind == "after_request":
            return arguments[0]
        return returned or (done if kind == "before_request" else None)

    return hook


def _view(app: App, seed: float) -> Callable[..., Any]:
    draw = random.Random(seed)
    deeds = draw.choices(DEEDS, k=draw.randrange(3))
    returned = draw.choice([*RETURNED[:2], *RETURNED])

    def view(**values: Any) -> Any:
        LOG.append(("view", sorted(values.items())))
        done = [deed(app, draw) for deed in deeds]
        if draw.random() < 0.1:
            return _stream(app, draw)
        return next((one for one in done if one is not None), returned)

    return view


def _fill(scope: Any, app: App, draw: random.Random) -> None:
    """Give an app or a blueprint rules, hooks and error handlers."""
    rules = draw.sample(RULES, draw.randrange(2, 7))
    if draw.random() < 0.15:
        rules.append(draw.choice(ODD_RULES))
    for number, rule in enumerate(rules):
        options: dict[str, Any] = {}
        if draw.random() < 0.3:
            options["methods"] = draw.choice([["POST"], ["GET", "POST"], ["OPTIONS"]])
        if draw.random() < 0.2:
            options["strict_slashes"] = False
        if draw.random() < 0.04 and "<" not in rule:
            options["defaults"] = {"name": "default"}
        scope.add_url_rule(rule, f"v{number}", _view(app, draw.random()), **options)
    kinds = ["before_request", "after_request", "teardown_request"]
    for kind in draw.choices(kinds, k=draw.randrange(4)):
        getattr(scope, kind)(_hook(app, draw.random(), kind))
    if draw.random() < 0.2:
        scope.url_value_preprocessor(_hook(app, draw.random(), "preprocessor"))
    for code in (404, 405, 500, TeapotError, Exception, 418):
        if draw.random() < 0.12:
            scope.register_error_handler(
                code,
                lambda error, code=code: (
                    f"{scope.name} {code} {type(error).__name__}",
                    499,
                ),
            )


class CountedRequest(Request):
    """Says when it is made, and refuses to be made for one path."""

    def __init__(self, environ: dict[str, Any], *arguments: Any, **more: Any) -> None:
        super().__init__(environ, *arguments, **more)
        LOG.append("request made")


class MarkedSession(SecureCookieSession):
    """Is written for each request."""

    modified = True


class MarkedSessions(SecureCookieSessionInterface):
    """Opens sessions of an own class."""

    session_class = MarkedSession


def make_app(seed: int) -> App:
    """Make the random app of a seed."""
    draw = random.Random(seed)
    app = App("lane", root_path="/tmp", static_folder=None)
    if draw.random() < 0.8:
        app.secret_key = "a key of the tests"
    if draw.random() < 0.1:
        app.request_class = CountedRequest
    if draw.random() < 0.1:
        app.response_class = OwnResponse
    if draw.random() < 0.1:
        app.session_interface = MarkedSessions()
    for name, value in (
        ("TRAP_HTTP_EXCEPTIONS", True),
        ("TRAP_BAD_REQUEST_ERRORS", True),
        ("MAX_CONTENT_LENGTH", 3),
        ("TESTING", True),
        ("PROPAGATE_EXCEPTIONS", False),
        ("TRUSTED_HOSTS", ["localhost"]),
        ("SERVER_NAME", "localhost"),
        ("SESSION_COOKIE_NAME", "c"),
    ):
        if draw.random() < 0.1:
            app.config[name] = value
    _fill(app, app, draw)
    if draw.random() < 0.3:
        app.teardown_appcontext(lambda error: LOG.append(type(error).__name__))
    if draw.random() < 0.5:
        blueprint = Blueprint("b", "lane", url_prefix="/b")
        _fill(blueprint, app, draw)
        if draw.random() < 0.3:
            inner = Blueprint("c", "lane", url_prefix="/c")
            _fill(inner, app, draw)
            blueprint.register_blueprint(inner)
        app.register_blueprint(blueprint)
    return app


def make_environ(app: App, draw: random.Random) -> dict[str, Any]:
    """Make a random request, most often one to a rule of the app."""
    rules = sorted(str(rule) for rule in app.url_map.iter_rules())
    path = re.sub("<.*?>", "3", draw.choice(rules))
    path = path if draw.random() < 0.8 else draw.choice(PATHS)
    method = "GET" if draw.random() < 0.7 else draw.choice(METHODS)
    environ = environ_of(path, method)
    environ["QUERY_STRING"] = draw.choice(["", "a=1", "a=%ff&b", "name=x"])
    environ["HTTP_HOST"] = draw.choice(["localhost"] * 8 + ["evil.example"])
    environ["HTTP_COOKIE"] = draw.choice(["", "", "session=forged", "c=1; d=2"])
    body = draw.choice([b"", b"a=5", b'{"a": 1}'])
    if body:
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["CONTENT_TYPE"] = draw.choice(
            ["application/json", "application/x-www-form-urlencoded"]
        )
    return environ


@pytest.fixture(autouse=True)
def same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign all cookies and date all answers at one moment, and log nothing."""
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: 1_700_000_000)
    for module in ("http", "wrappers.response"):
        monkeypatch.setattr(f"werkzeug.{module}.http_date", lambda *a: "a date")
    monkeypatch.setattr(logging.getLogger("lane"), "disabled", True)


def find_differences(seeds: range) -> list[Any]:
    """Return what the apps of some seeds answered otherwise with the lane closed."""
    differences = []
    for seed in seeds:
        opened, closed = make_app(seed), make_app(seed)
        draws = random.Random(seed), random.Random(seed)
        for number in range(REQUESTS):
            environ = make_environ(opened, draws[0])
            again = make_environ(closed, draws[1])
            asked = (seed, number, environ["REQUEST_METHOD"], environ["PATH_INFO"])
            is_open = opened.snapshot().conditions.is_open
            one = copy_context().run(answer, opened, environ, is_open=is_open)
            other = copy_context().run(answer, closed, again, is_open=False)
            if one != other:
                differences.append((asked, one, other))
                break
    return differences


@pytest.mark.parametrize("is_live", [False, True])
def test_random_apps_answer_as_by_the_pipeline(is_live: bool) -> None:
    """Whatever hooks, view functions and requests do, to the last header."""
    if is_live:
        live.enable()
    try:
        assert find_differences(range(APPS)) == []
        assert find_differences(range(FOUND, FOUND + 1)) == []
    finally:
        live.disable()
