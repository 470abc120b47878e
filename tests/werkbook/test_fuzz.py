"""Malformed requests: an answer of 4xx at worst, and nothing is left of them."""

import gc
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from werkbook import App, g, has_app_context, has_request_context, request, session

LATIN = st.text(st.characters(max_codepoint=255), max_size=40)
ANY_TEXT = st.text(max_size=40)
PATHS = (
    st.sampled_from(["/", "/item/1", "/item/x", "/form", "/json", "/slash", "/file/a"])
    | LATIN.map(lambda text: "/" + text)
    | LATIN
)
METHODS = st.sampled_from(
    ["GET", "POST", "PUT", "HEAD", "OPTIONS", "get", "", "X Y"]
) | st.text(max_size=8)
CONTENT_TYPES = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        'multipart/form-data; boundary="',
        "text/plain; charset=nothing",
        ";",
        "",
    ]
)
BODIES = st.binary(max_size=200) | st.sampled_from(
    [
        b'{"a": ',
        b"\xff\xfe",
        b"a=%ff&b=%zz&=&&",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
        b"--b\r\n\r\n\r\n--b--",
        b"--b--",
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n'
        b"Content-Type: \xff\r\n\r\nx\r\n--b--\r\n",
        b"[" * 5000,
    ]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "HTTP_HOST",
            "HTTP_COOKIE",
            "HTTP_RANGE",
            "HTTP_IF_NONE_MATCH",
            "HTTP_IF_MODIFIED_SINCE",
            "HTTP_ACCEPT",
            "HTTP_ACCEPT_LANGUAGE",
            "HTTP_AUTHORIZATION",
            "HTTP_TRANSFER_ENCODING",
            "HTTP_X_FORWARDED_FOR",
            "HTTP_CACHE_CONTROL",
        ]
    ),
    LATIN
    | st.sampled_from(
        ["[::1", "a:b:c", "bytes=-", "bytes=9-1", "Basic !", "session=.", "chunked"]
    ),
    max_size=4,
)
ENVIRONS = st.fixed_dictionaries(
    {
        "REQUEST_METHOD": METHODS,
        "PATH_INFO": PATHS,
        "CONTENT_TYPE": CONTENT_TYPES | LATIN,
        "body": BODIES,
        "headers": HEADERS,
    },
    optional={
        "QUERY_STRING": LATIN,
        "SCRIPT_NAME": LATIN,
        "CONTENT_LENGTH": st.sampled_from(["", "-1", "x", "5", "99999", "1e3", "²"]),
        "SERVER_PORT": st.sampled_from(["80", "x", "", "-1"]),
        "REMOTE_ADDR": ANY_TEXT,
    },
)
LEAKS = "a value of the request before"


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> App:
    """Return an application that reads everything of a request."""
    root = tmp_path_factory.mktemp("fuzzed")
    (root / "static").mkdir()
    (root / "static" / "a").write_text("static")
    app = App("fuzzed", root_path=str(root), static_url_path="/file")
    app.secret_key = "key"
    app.config["MAX_CONTENT_LENGTH"] = 10_000

    @app.before_request
    def check() -> None:
        assert not hasattr(g, "mark")
        g.mark = LEAKS

    @app.route("/", methods=["GET", "POST", "PUT"])
    def index() -> str:
        values = [request.url, request.args, request.cookies, request.access_route]
        values += [request.accept_mimetypes, request.accept_languages]
        values += [request.authorization, request.range, request.if_none_match]
        values += [request.if_modified_since, request.cache_control, request.mimetype]
        return repr(values)

    @app.route("/item/<int:id>")
    def item(id: int) -> str:
        session["id"] = id
        return str(id)

    @app.route("/slash/")
    def slash() -> str:
        return ""

    @app.post("/form")
    def form() -> str:
        return repr([request.form, request.files, request.values])

    @app.post("/json")
    def json() -> dict[str, Any]:
        return {"got": request.get_json()}

    return app


def ask(app: App, given_environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Send one request as a server would, and return the answer."""
    environ = dict(given_environ)
    body = environ.pop("body")
    environ |= environ.pop("headers")
    environ = {
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **environ,
    }
    started: list[Any] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        started[:] = [status, headers]
        return lambda data: None

    iterable = app(environ, start_response)
    try:
        data = b"".join(iterable)
    finally:
        close = getattr(iterable, "close", None)
        if close is not None:
            close()
    status, headers = started
    for name, value in headers:
        assert not {"\r", "\n"} & set(name + value)
    return int(status.split(" ")[0]), dict(headers), data


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(ENVIRONS)
def test_never_worse_than_4xx(fuzzed: App, environ: dict[str, Any]) -> None:
    status, headers, body = ask(fuzzed, environ)
    assert 200 <= status < 500, body
    assert LEAKS.encode() not in body
    assert not has_request_context()
    assert not has_app_context()
    location = headers.get("Location", "")
    assert not location.startswith("//")


@settings(max_examples=100, deadline=None)
@given(ENVIRONS)
def test_the_next_request_is_untouched(fuzzed: App, environ: dict[str, Any]) -> None:
    ask(fuzzed, environ)
    plain = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/item/7",
        "body": b"",
        "headers": {"HTTP_HOST": "localhost"},
    }
    status, _, body = ask(fuzzed, plain)
    assert (status, body) == (200, b"7")


def test_requests_leave_no_memory_behind(fuzzed: App) -> None:
    """Neither good nor bad requests leave objects."""
    environs: list[dict[str, Any]] = [
        {"REQUEST_METHOD": "GET", "PATH_INFO": path, "body": b"", "headers": {}}
        for path in ("/", "/item/1", "/missing", "/slash", "/form")
    ]
    for environ in environs * 20:
        ask(fuzzed, environ)
    gc.collect()
    before = len(gc.get_objects())
    for environ in environs * 200:
        ask(fuzzed, environ)
    gc.collect()
    assert len(gc.get_objects()) - before < 100
