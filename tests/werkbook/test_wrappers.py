"""Request and Response: what they have beyond Werkzeug's, and that they equal them."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response as WerkzeugResponse

from werkbook import App, Request, Response, request
from werkbook.debughelpers import DebugFilesKeyError
from werkbook.testing import FlaskClient

ATTRIBUTES = [
    "method",
    "scheme",
    "server",
    "root_path",
    "path",
    "query_string",
    "remote_addr",
    "url",
    "args",
    "cookies",
]
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"))


@given(
    st.fixed_dictionaries(
        {"wsgi.url_scheme": st.just("http"), "wsgi.input": st.builds(io.BytesIO)},
        optional={
            "REQUEST_METHOD": st.sampled_from(["GET", "post", "X"]),
            "SCRIPT_NAME": LATIN,
            "PATH_INFO": LATIN,
            "QUERY_STRING": st.text(st.characters(max_codepoint=127)),
            "SERVER_NAME": st.just("h"),
            "SERVER_PORT": st.sampled_from(["80", "8080", "", "x"]),
            "REMOTE_ADDR": st.just("127.0.0.1"),
            "HTTP_COOKIE": st.just("a=b; c=d"),
            "HTTP_HOST": st.sampled_from(["a.b", "a.b:1"]),
        },
    )
)
def test_request_equals_werkzeugs(environ: dict[str, Any]) -> None:
    """The shorter constructor reads the environ as Werkzeug's do."""
    ours, theirs = Request(dict(environ)), WerkzeugRequest(dict(environ))
    assert list(ours.headers) == list(theirs.headers)
    for name in ATTRIBUTES:
        expected = outcome(theirs, name)
        if expected in (ValueError, UnicodeDecodeError):
            expected = BadRequest  # a mistake of the client's, not of the server's
        assert outcome(ours, name) == expected, name


@given(st.text(st.sampled_from("ab=&;%41+é"), max_size=12))
def test_args_equal_werkzeugs(query: str) -> None:
    environ = {"QUERY_STRING": query, "wsgi.url_scheme": "http"}
    ours, theirs = Request(dict(environ)), WerkzeugRequest(dict(environ))
    expected = outcome(theirs, "args")
    assert outcome(ours, "args") == (
        BadRequest if expected is UnicodeDecodeError else expected
    )
    if isinstance(expected, MultiDict):
        assert list(ours.args.items(multi=True)) == list(expected.items(multi=True))
        assert type(ours.args) is type(expected)


def test_args_of_another_class() -> None:
    class Custom(Request):
        parameter_storage_class = MultiDict

    args = Custom({"QUERY_STRING": "a=1&a=2&b", "wsgi.url_scheme": "http"}).args
    assert type(args) is MultiDict
    assert args.getlist("a") == ["1", "2"]
    assert args["b"] == ""


def outcome(request_: WerkzeugRequest, name: str) -> Any:
    """Return the attribute, or the type of what reading it raises."""
    try:
        return getattr(request_, name)
    except Exception as error:
        return type(error)


def test_request_puts_itself_into_the_environ() -> None:
    environ = EnvironBuilder().get_environ()
    assert Request(environ).environ["werkzeug.request"]
    for arguments in ({"populate_request": False}, {"shallow": True}):
        environ = EnvironBuilder().get_environ()
        Request(environ, **arguments)
        assert "werkzeug.request" not in environ


@pytest.mark.parametrize("name", ["PATH_INFO", "SCRIPT_NAME", "QUERY_STRING"])
def test_environ_that_is_not_latin_1(name: str) -> None:
    environ = EnvironBuilder().get_environ()
    environ[name] = "/\u20ac"
    with pytest.raises(BadRequest):
        Request(environ)


@given(
    st.text() | st.binary() | st.none() | st.lists(st.binary()),
    st.sampled_from([None, 200, 404, "418 teapot"]),
    st.sampled_from([None, [], [("X-A", "1")], {"Content-Type": "a/b"}, Headers()]),
    st.sampled_from([None, "", "text/plain", "application/json", "image/png"]),
    st.sampled_from([None, "text/x; charset=y"]),
    st.booleans(),
)
def test_response_equals_werkzeugs(
    body: Any, status: Any, headers: Any, mimetype: Any, kind: Any, direct: bool
) -> None:
    """The short constructor makes what Werkzeug's make."""

    class Theirs(WerkzeugResponse):
        default_mimetype = "text/html"

    def made(cls: Any) -> Any:
        given_headers = Headers() if isinstance(headers, Headers) else headers
        return cls(body, status, given_headers, mimetype, kind, direct)

    ours, theirs = made(Response), made(Theirs)
    assert list(ours.headers) == list(theirs.headers)
    assert (ours.status, ours.status_code) == (theirs.status, theirs.status_code)
    assert ours.response == theirs.response
    assert ours.direct_passthrough == theirs.direct_passthrough
    assert ours._on_close == theirs._on_close


@pytest.mark.parametrize("cls", [Response, type("Sub", (Response,), {})])
def test_response_refuses_line_breaks(cls: type[Response]) -> None:
    with pytest.raises(ValueError, match="newline"):
        cls("x", mimetype="text/html\r\nX-Evil: 1")


def test_response_subclass_with_its_own_ways() -> None:
    class Loud(Response):
        def set_data(self, value: bytes | str) -> None:
            super().set_data(str(value).upper())

    class Created(Response):
        default_status = 201

    class Bare(Response):
        default_mimetype = None

    class Untold(Response):
        automatically_set_content_length = False

    assert Loud("a").data == b"A"
    assert Created("a").status == "201 CREATED"
    assert "Content-Type" not in Bare("a").headers
    assert "Content-Length" not in Untold("a").headers


def test_response_uses_a_headers_object_itself() -> None:
    headers = Headers()
    assert Response("x", headers=headers).headers is headers


def test_endpoint_and_blueprints(app: App) -> None:
    class Rule:
        endpoint = "outer.inner.view"

    with app.test_request_context("/nowhere"):
        assert request.endpoint is None
        assert request.blueprint is None
        assert request.blueprints == []
        request.url_rule = Rule()  # type: ignore[assignment]  # enough of one
        assert request.endpoint == "outer.inner.view"
        assert request.blueprint == "outer.inner"
        assert request.blueprints == ["outer.inner", "outer"]


def test_limits_come_from_the_config(app: App) -> None:
    app.config.update(MAX_CONTENT_LENGTH=1, MAX_FORM_MEMORY_SIZE=2, MAX_FORM_PARTS=3)
    limits = ("max_content_length", "max_form_memory_size", "max_form_parts")
    with app.test_request_context():
        assert [getattr(request, name) for name in limits] == [1, 2, 3]
        for name in limits:
            setattr(request, name, 10)
        assert [getattr(request, name) for name in limits] == [10, 10, 10]
    bare = Request(EnvironBuilder().get_environ())
    assert [getattr(bare, name) for name in limits] == [None, 500_000, 1000]


def test_limits_for_one_request(app: App, client: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 5

    @app.post("/small")
    def small() -> bytes:
        return request.get_data()

    @app.post("/large")
    def large() -> bytes:
        request.max_content_length = 100
        return request.get_data()

    assert client.post("/small", data="123456").status_code == 413
    assert client.post("/large", data="123456").data == b"123456"


def test_max_cookie_size_warns(app: App) -> None:
    app.config["MAX_COOKIE_SIZE"] = 10
    with app.app_context():
        assert Response().max_cookie_size == 10
        with pytest.warns(UserWarning, match="cookie is too large"):
            Response().set_cookie("a", "x" * 20)
    assert Response().max_cookie_size == 4093


def test_missing_enctype_is_explained_in_debug_mode(
    app: App, client: FlaskClient
) -> None:
    app.debug = True

    @app.post("/")
    def upload() -> str:
        return str(request.files["f"].filename)

    with pytest.raises(KeyError) as caught:
        client.post("/", data={"f": "a.txt"})
    assert isinstance(caught.value, DebugFilesKeyError)
    assert str(caught.value) == (
        "There is no file 'f' in request.files.\n"
        "  Why: the mimetype of the request is 'application/x-www-form-urlencoded' "
        "instead of 'multipart/form-data', so that no file contents were transmitted. "
        "This was submitted: 'a.txt', a name alone.\n"
        '  Fix: write enctype="multipart/form-data" in the form.'
    )
