"""The lane answers as the pipeline does, to the last header."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from itsdangerous import TimestampSigner
from tests.werkbook.routing.test_matcher import environ_of
from werkzeug.exceptions import NotFound

from werkbook import (
    App,
    Blueprint,
    Request,
    Response,
    abort,
    after_this_request,
    current_app,
    flash,
    g,
    get_flashed_messages,
    jsonify,
    live,
    make_response,
    redirect,
    render_template_string,
    request,
    send_file,
    session,
    stream_with_context,
    url_for,
)
from werkbook.globals import app_ctx, request_ctx
from werkbook.sessions import SecureCookieSession, SecureCookieSessionInterface

LOG: list[Any] = []


class TeapotError(Exception):
    """Has a handler."""


class OwnResponse(Response):
    """A response class of the application's own."""


def rich_app() -> App:
    """Make an application with a view function for each thing a view can do."""
    app = App("lane", root_path="/tmp", static_folder=None)
    app.secret_key = "a key of the tests"
    for name, value in vars(Views).items():
        if isinstance(value, staticmethod):
            rule = getattr(value.__func__, "rule", f"/{name}")
            methods = getattr(value.__func__, "methods", ["GET", "POST"])
            app.add_url_rule(rule, name, value.__func__, methods=methods)
    app.register_error_handler(TeapotError, lambda e: (f"teapot {e}", 418))
    return app


def at(rule: str, *methods: str) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function.rule = rule
        if methods:
            function.methods = list(methods)
        return function

    return mark


class Views:
    """The view functions; the endpoint is the name."""

    @staticmethod
    @at("/")
    def home() -> Any:
        return "hello"

    @staticmethod
    @at("/user/<name>/<int:n>")
    def user(name: str, n: int) -> Any:
        return f"{name} {n} {request.endpoint} {request.view_args} {request.url_rule}"

    @staticmethod
    @at("/files/<path:name>")
    def files(name: str) -> Any:
        return name

    @staticmethod
    @at("/slash/")
    def slash() -> Any:
        return "slash"

    @staticmethod
    @at("/converted/<float:x>/<uuid:u>/<any(a, b):c>")
    def converted(**values: Any) -> Any:
        return repr(sorted(values.items()))

    @staticmethod
    def none() -> Any:
        return None

    @staticmethod
    def empty() -> Any:
        return ""

    @staticmethod
    def binary() -> Any:
        return b"\x00\xff"

    @staticmethod
    def dictionary() -> Any:
        return {"b": 1, "a": ["é", None, 1.5]}

    @staticmethod
    def listed() -> Any:
        return [1, "two"]

    @staticmethod
    def created() -> Any:
        return "made", 201

    @staticmethod
    def status_text() -> Any:
        return "odd", "299 Odd"

    @staticmethod
    def no_content() -> Any:
        return "", 204

    @staticmethod
    def not_modified() -> Any:
        return "", 304

    @staticmethod
    def with_headers() -> Any:
        return "h", 200, {"X-One": "1", "Content-Type": "text/plain"}

    @staticmethod
    def headers_list() -> Any:
        return "h", [("X-One", "1"), ("X-One", "2")]

    @staticmethod
    def bad_tuple() -> Any:
        return "a", 1, {}, 4

    @staticmethod
    def number() -> Any:
        return 7

    @staticmethod
    def own_response() -> Any:
        return OwnResponse("own", mimetype="text/csv")

    @staticmethod
    def wsgi() -> Any:
        return Response("wsgi", 202)

    @staticmethod
    def generator() -> Any:
        return (part for part in ["a", "b"])

    @staticmethod
    def stream() -> Any:
        @stream_with_context
        def parts() -> Iterator[str]:
            yield request.method
            yield str(g.get("x"))

        g.x = 5
        return parts()

    @staticmethod
    def closing() -> Any:
        response = make_response("closing")
        response.call_on_close(lambda: LOG.append("closed"))
        return response

    @staticmethod
    def file() -> Any:
        return send_file(io.BytesIO(b"0123456789"), mimetype="text/plain", etag="e")

    @staticmethod
    def conditional() -> Any:
        response = make_response("cond")
        response.set_etag("tag")
        return response.make_conditional(request)

    @staticmethod
    def moved() -> Any:
        return redirect(url_for("user", name="é", n=1))

    @staticmethod
    def building() -> Any:
        external = url_for("home", _external=True)
        return f"{url_for('files', name='a b/c', q='ü')} {external}"

    @staticmethod
    def cookie() -> Any:
        response = make_response("cookie")
        response.set_cookie("c", "v", max_age=5, httponly=True)
        return response

    @staticmethod
    def visits() -> Any:
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    @staticmethod
    def reads_session() -> Any:
        return repr(dict(session))

    @staticmethod
    def clears_session() -> Any:
        session.clear()
        return "cleared"

    @staticmethod
    def lasting_session() -> Any:
        session.permanent = True
        session["k"] = "v"
        return jsonify(session=dict(session))

    @staticmethod
    def flashes() -> Any:
        flash("said")
        return repr(get_flashed_messages())

    @staticmethod
    def query() -> Any:
        return (
            f"{request.args.get('a')} {request.args.getlist('b')} {request.full_path}"
        )

    @staticmethod
    def form() -> Any:
        return f"{request.form['a']} {request.get_data()!r}"

    @staticmethod
    def json_body() -> Any:
        return {"got": request.get_json()}

    @staticmethod
    def template() -> Any:
        g.word = "w"
        return render_template_string("{{ g.word }} {{ request.path }} {{ x }}", x="<")

    @staticmethod
    def crashes() -> Any:
        raise ZeroDivisionError("crashed")

    @staticmethod
    def teapot() -> Any:
        raise TeapotError("hot")

    @staticmethod
    def aborts() -> Any:
        abort(int(request.args.get("code", 403)))

    @staticmethod
    def aborts_with_response() -> Any:
        abort(Response("custom", 409))

    @staticmethod
    def later() -> Any:
        @after_this_request
        def add(response: Any) -> Any:
            response.headers["X-Later"] = "1"
            return response

        return "later"

    @staticmethod
    async def awaited() -> Any:
        await asyncio.sleep(0)
        return f"awaited {request.path}"

    @staticmethod
    def contexts() -> Any:
        inner = current_app._get_current_object().app_context()
        g.here = 1
        with inner:
            seen = "here" in g
        return f"{seen} {'here' in g} {request_ctx.request is request} {bool(app_ctx)}"

    @staticmethod
    def nested() -> Any:
        with current_app.test_request_context("/user/x/1"):
            inside = request.path
        return f"{inside} {request.path}"

    @staticmethod
    def calls_itself() -> Any:
        return current_app.test_client().get("/visits").text

    @staticmethod
    @at("/options", "GET", "OPTIONS")
    def own_options() -> Any:
        return request.method

    @staticmethod
    @at("/only-post", "POST")
    def only_post() -> Any:
        return "posted"


def add_hooks(app: App) -> None:
    """Add one of each hook; each notes that it ran."""

    def noted(name: str, value: Any = None) -> Any:
        def hook(*arguments: Any) -> Any:
            LOG.append((name, *map(repr, arguments[:1])))
            return arguments[0] if name.startswith("after") else value

        return hook

    app.url_value_preprocessor(noted("preprocessor"))
    app.before_request(noted("before 1"))
    app.before_request(noted("before 2"))
    app.after_request(noted("after 1"))
    app.after_request(noted("after 2"))
    app.teardown_request(noted("teardown"))
    app.teardown_appcontext(noted("teardown app"))
    app.context_processor(lambda: {"x": "context"})


def add_blueprint(app: App) -> None:
    """Mount a blueprint with hooks and an error handler of its own."""
    blueprint = Blueprint("shop", "lane", url_prefix="/shop")
    blueprint.before_request(lambda: LOG.append(request.blueprints))
    blueprint.register_error_handler(404, lambda e: ("shop has no such thing", 404))
    blueprint.add_url_rule(
        "/<item>", "show", lambda item: f"{item} {request.blueprint}"
    )
    blueprint.add_url_rule("/none/<item>", "gone", lambda item: abort(404))
    app.register_blueprint(blueprint)


def stop_before(app: App) -> None:
    app.before_request(lambda: "stopped" if "stop" in request.args else None)


def handle_all(app: App) -> None:
    app.register_error_handler(404, lambda e: (f"own 404 {request.path}", 404))
    app.register_error_handler(405, lambda e: ("own 405", 405))
    app.register_error_handler(
        500, lambda e: (f"own 500 {e.original_exception!r}", 500)
    )


def handle_exceptions(app: App) -> None:
    app.register_error_handler(Exception, lambda e: (f"any {type(e).__name__}", 599))


def fail_after(app: App) -> None:
    def fail(response: Any) -> Any:
        raise KeyError("after")

    app.after_request(fail)


def own_classes(app: App) -> None:
    app.response_class = OwnResponse
    app.request_class = type("OwnRequest", (app.request_class,), {})


def settings_of(**settings: Any) -> Callable[[App], None]:
    def change(app: App) -> None:
        app.config.update(settings)

    return change


VARIANTS: dict[str, list[Callable[[App], None]]] = {
    "plain": [],
    "hooks": [add_hooks],
    "hooks and handlers": [add_hooks, handle_all, add_blueprint],
    "blueprint": [add_blueprint, stop_before],
    "any exception": [handle_exceptions, add_hooks],
    "failing after": [add_hooks, fail_after],
    "own classes": [own_classes, add_hooks],
    "debug": [settings_of(DEBUG=True, PROPAGATE_EXCEPTIONS=False)],
    "testing": [settings_of(TESTING=True), add_hooks],
    "trapping": [settings_of(TRAP_HTTP_EXCEPTIONS=True), add_hooks],
    "trapping keys": [settings_of(TRAP_BAD_REQUEST_ERRORS=True)],
    "cookie": [settings_of(SESSION_COOKIE_NAME="c", SESSION_COOKIE_SECURE=True)],
    "each request": [settings_of(SESSION_REFRESH_EACH_REQUEST=False)],
    "limits": [settings_of(MAX_CONTENT_LENGTH=3)],
    "hosts": [settings_of(TRUSTED_HOSTS=["example.org"])],
    "server name": [settings_of(SERVER_NAME="example.org")],
}
URLS = (
    *(f"/{name}" for name, v in vars(Views).items() if isinstance(v, staticmethod)),
    "/",
    "/user/Ada/3",
    "/user/Ada/x",
    "/user/é/3",
    "/files/a/b.txt",
    "/files/",
    "/slash",
    "/slash/",
    "//slash/",
    "/converted/1.5/a8098c1a-f86e-11da-bd1a-00112444be1e/a",
    "/options",
    "/only-post",
    "/shop/tea",
    "/shop/none/1",
    "/shop/",
    "/missing",
    "/missing/é",
    "",
)
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "BREW", "get")


def answer(app: App, environ: dict[str, Any], *, is_open: bool) -> Any:
    """Send one request and return everything that can be seen of it."""
    del LOG[:]
    app.snapshot().conditions.is_open = is_open
    started: list[Any] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        started[:] = [status, sorted(headers)]

    try:
        body = app(environ, start_response)
        data = b"".join(body)
        getattr(body, "close", lambda: None)()
    except Exception as error:
        return [type(error), str(error), list(LOG)]
    assert not request_ctx, environ["PATH_INFO"]
    assert not app_ctx
    kept = [k for k, v in environ.items() if k.startswith("werkzeug.") and v]
    return [*started, data, list(LOG), kept]


def both(make: Callable[[], App], environ: Callable[[], dict[str, Any]]) -> Any:
    """Return the answers with the lane open and closed."""
    return [answer(make(), environ(), is_open=way) for way in (True, False)]


@pytest.fixture(autouse=True)
def same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign all cookies and date all answers at one moment, and log nothing."""
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: 1_700_000_000)
    for module in ("http", "wrappers.response"):  # the second that passes between two
        monkeypatch.setattr(f"werkzeug.{module}.http_date", lambda *a: "a date")
    monkeypatch.setattr(logging.getLogger("lane"), "disabled", True)


def session_cookie(app: App) -> str:
    name = app.config["SESSION_COOKIE_NAME"]
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the default one's
    assert serializer is not None
    return f"{name}={serializer.dumps({'n': 4, '_permanent': True})}"


@pytest.mark.parametrize("variant", VARIANTS)
def test_lane_answers_as_the_pipeline(variant: str) -> None:
    """Status, headers, body, the order of hooks and teardown are the same."""
    app = rich_app()
    for change in VARIANTS[variant]:
        change(app)
    cookie = session_cookie(app)
    differences = []
    lanes = 0
    for url in URLS:
        for method in METHODS:
            is_about_sessions = method == "GET" or "session" in url
            forged = f"{app.config['SESSION_COOKIE_NAME']}=forged"
            for cookies in ("", cookie, forged) if is_about_sessions else ("",):

                def environ(
                    url: str = url, method: str = method, cookies: str = cookies
                ) -> dict[str, Any]:
                    made = environ_of(url, method)
                    made.update(
                        QUERY_STRING="a=1&b=2&b=3&stop=" if "que" in url else "a=1",
                        HTTP_COOKIE=cookies,
                        HTTP_IF_NONE_MATCH='"tag"',
                        HTTP_HOST="example.org",
                    )
                    if method == "POST":
                        made["wsgi.input"] = io.BytesIO(b"a=5&b=6")
                        made["CONTENT_LENGTH"] = "7"
                        made["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
                    return made

                opened, closed = both(lambda: app, environ)
                lanes += 1
                if opened != closed:
                    differences.append((method, url, bool(cookies), opened, closed))
    assert not differences, differences[:3]
    assert lanes > 100


def test_live_lane_answers_as_the_pipeline() -> None:
    """Live apps have error pages of their own, on both ways."""
    app = rich_app()
    add_hooks(app)
    live.enable()
    try:
        for url in URLS:
            opened, closed = both(lambda: app, lambda: environ_of(url, "GET"))  # noqa: B023
            assert opened == closed, url
    finally:
        live.disable()


paths = st.lists(
    st.sampled_from(["user", "é", "3", "", "files", "slash", "a b", "..", "visits"]),
    max_size=4,
).map(lambda parts: "/" + "/".join(parts))


@settings(max_examples=150, deadline=None)
@given(
    paths,
    st.sampled_from(METHODS),
    st.dictionaries(
        st.sampled_from(["HTTP_HOST", "HTTP_COOKIE", "CONTENT_TYPE", "HTTP_ACCEPT"]),
        st.text(st.characters(max_codepoint=255), max_size=8),
    ),
    st.text(st.characters(max_codepoint=255), max_size=8),
)
def test_lane_answers_any_request_as_the_pipeline(
    path: str, method: str, headers: dict[str, str], query: str
) -> None:
    """Whatever a request says, the two ways agree."""

    def environ() -> dict[str, Any]:
        return {**environ_of(path, method), **headers, "QUERY_STRING": query}

    opened, closed = both(lambda: RICH, environ)
    assert opened == closed


RICH = rich_app()
add_hooks(RICH)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("make_response", "/text"),
        ("make_response", "/nowhere"),
        ("handle_user_exception", "/nowhere"),
        ("handle_http_exception", "/nowhere"),
        ("trap_http_exception", "/nowhere"),
    ],
)
@pytest.mark.parametrize("is_of_class", [True, False])
def test_own_method_has_its_say(method: str, url: str, is_of_class: bool) -> None:
    """A subclass's, or one that is set on the app, whether the lane could answer."""
    calls = []

    def called(self: App, *arguments: Any) -> Any:
        calls.append(method)
        return getattr(App, method)(self, *arguments)

    app = type("Own", (App,), {method: called} if is_of_class else {})("own")
    if not is_of_class:
        setattr(app, method, partial(called, app))
    app.add_url_rule("/text", "text", lambda: "text")
    app.test_client().get(url)
    assert calls == [method]


def _replace_values(app: App) -> None:
    request.view_args = {"name": "allowed"}


def _replace_rule(app: App) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    request.url_rule, request.view_args = rules["home"], {}


def _refuse(app: App) -> None:
    request.routing_exception = NotFound()


@pytest.mark.parametrize("kind", ["before_request", "url_value_preprocessor"])
@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_replace_values, (200, "allowed")),
        (_replace_rule, (200, "home")),
        (_refuse, (404, None)),
    ],
)
def test_hook_decides_what_is_called(
    kind: str, change: Callable[[App], None], wanted: tuple[int, str | None]
) -> None:
    """As in Flask: by what it sets on the request."""
    app = App("lane")
    app.add_url_rule("/", "home", lambda: "home")
    app.add_url_rule("/user/<name>", "user", lambda name: name)
    getattr(app, kind)(lambda *_: change(app))
    response = app.test_client().get("/user/secret")
    assert response.status_code == wanted[0]
    assert wanted[1] in (None, response.text)


def test_request_class_is_asked_for_each_request() -> None:
    """A class that refuses to be made is not passed over."""

    class Refusing(Request):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            raise ZeroDivisionError

    app = App("lane")
    app.request_class = Refusing
    app.testing = True
    app.add_url_rule("/", "home", lambda: "home")
    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/")


def test_own_session_class_is_saved() -> None:
    """Though the view function does not look at the session."""

    class Begun(SecureCookieSession):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self["begun"] = True

    class Interface(SecureCookieSessionInterface):
        session_class = Begun

    app = App("lane")
    app.secret_key = "a key of the tests"
    app.session_interface = Interface()
    app.add_url_rule("/", "home", lambda: "home")
    assert "session=" in app.test_client().get("/").headers.get("Set-Cookie", "")


def test_failing_teardown_is_no_error_of_the_view() -> None:
    """Functions of the application context hear of the view's errors alone."""
    heard: list[Any] = []
    app = App("lane")
    app.add_url_rule("/", "home", lambda: "home")
    app.teardown_request(lambda error: 1 / 0)  # type: ignore[arg-type, return-value]  # it raises
    app.teardown_appcontext(heard.append)
    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/")
    assert heard == [None]


def test_class_that_is_changed_in_place_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the changed name is one that only a class above it has."""

    def ask() -> tuple[str, str]:
        app = App("a")
        app.get("/")(lambda: "x")
        answer = app.test_client().get("/")
        return answer.status, answer.headers["Content-Type"]

    html = "text/html; charset=utf-8"
    assert ask() == ("200 OK", html)
    with monkeypatch.context() as patch:
        patch.setattr(Response, "default_mimetype", "text/plain")
        assert ask() == ("200 OK", "text/plain; charset=utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(Response, "default_status", 201, raising=False)
        assert ask() == ("201 CREATED", html)
    with monkeypatch.context() as patch:
        patch.setattr(Request, "max_content_length", 0)
        patch.setattr(Request, "on_made", None, raising=False)
        assert ask() == ("200 OK", html)
    assert ask() == ("200 OK", html)
