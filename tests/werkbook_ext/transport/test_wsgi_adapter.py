"""Requests that are answered by calling a WSGI app in this process."""

from __future__ import annotations

import contextvars
import gzip
import io
import itertools
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import requests
from tests.traced_monitoring import have_monitoring
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from werkbook.system import using
from werkbook.system.bare import BareSystem
from werkbook_ext.transport.wsgi_adapter import WSGIAdapter

App = Callable[..., Iterable[bytes]]
ORIGIN = "http://localhost"


@pytest.fixture
def ask() -> Iterator[Callable[..., requests.Response]]:
    """Return a function that sends a request to a WSGI app."""
    session = requests.Session()
    session.trust_env = False

    def send(app: App, method: str, url: str, **options: Any) -> requests.Response:
        session.mount(f"{ORIGIN}/", WSGIAdapter(app))
        return session.request(method, ORIGIN + url, **options)

    yield send
    session.close()


def view(function: Callable[[Request], Response]) -> App:
    return Request.application(function)


def test_environ_is_what_a_server_gives(ask: Any) -> None:
    """Path, query, headers and body arrive as over the socket."""
    seen: dict[str, Any] = {}

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"hi"]

    response = ask(
        app, "PUT", "/a%2Fb/%C3%BC?q=1%20", data=b"xyz", headers={"X-One": "1"}
    )
    assert response.text == "hi"
    assert seen["REQUEST_METHOD"] == "PUT"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/a/b/ü"
    assert seen["RAW_URI"] == "/a%2Fb/%C3%BC?q=1%20"
    assert seen["QUERY_STRING"] == "q=1%20"
    assert seen["HTTP_HOST"] == "localhost"
    assert (seen["CONTENT_LENGTH"], seen["body"]) == ("3", b"xyz")
    assert seen["HTTP_X_ONE"] == "1"


@pytest.mark.parametrize("body", [iter([b"a", b"bc"]), io.BytesIO(b"abc")])
def test_streamed_request_body(ask: Any, body: Any) -> None:
    """A body from a generator or a file arrives whole, read piece by piece."""
    app = view(lambda request: Response(request.stream.read()))
    assert ask(app, "POST", "/", data=body).content == b"abc"


def test_form_and_upload(ask: Any) -> None:
    """A multipart form arrives as one."""

    def look(request: Request) -> Response:
        with request:
            return Response(f"{request.form['a']} {request.files['f'].read()!r}")

    files = {"f": ("f.bin", b"\x00\x01")}
    response = ask(view(look), "POST", "/", data={"a": "1"}, files=files)
    assert response.text == "1 b'\\x00\\x01'"


def test_streamed_response_arrives_piece_by_piece(ask: Any) -> None:
    """A piece can be read before the next one is made; closing closes the app's."""
    made = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            for number in range(5):
                made.append(number)
                yield b"%d" % number

        def close(self) -> None:
            made.append("closed")

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Pieces()

    response = ask(app, "GET", "/", stream=True)
    assert next(response.iter_content(1)) == b"0"
    assert made == [0]
    response.close()
    assert made == [0, "closed"]
    assert ask(app, "GET", "/").content == b"01234"
    assert made[-1] == "closed"


def test_endless_stream_comes_by_its_pieces(ask: Any) -> None:
    """Asked for as it comes, a body without an end is not waited for."""
    stream = view(lambda _: Response(f"data: {n}\n\n" for n in itertools.count()))
    response = ask(stream, "GET", "/", stream=True)
    pieces = response.iter_content(None)
    assert [next(pieces) for _ in range(3)] == [b"data: %d\n\n" % n for n in range(3)]
    response.close()
    packed = [gzip.compress(b"one, "), gzip.compress(b"two")]
    headers = {"Content-Encoding": "gzip"}
    app = view(lambda _: Response(packed, headers=headers))
    response = ask(app, "GET", "/", stream=True)
    assert b"".join(response.iter_content(None)) == b"one, two"


def test_head_has_headers_and_no_body(ask: Any) -> None:
    """HEAD gives the headers only, and the app's body is closed."""
    response = ask(view(lambda request: Response("hello")), "HEAD", "/")
    assert (response.content, response.headers["Content-Length"]) == (b"", "5")


def test_cookies_are_kept(ask: Any) -> None:
    """Cookies are set, sent, repeated and deleted."""

    def look(request: Request) -> Response:
        response = Response(repr(sorted(request.cookies.items())))
        if request.path == "/set":
            response.set_cookie("a", "1", httponly=True)
            response.set_cookie("b", "2")
        elif request.path == "/delete":
            response.delete_cookie("a")
        return response

    app = view(look)
    assert dict(ask(app, "GET", "/set").cookies) == {"a": "1", "b": "2"}
    assert ask(app, "GET", "/").text == "[('a', '1'), ('b', '2')]"
    ask(app, "GET", "/delete")
    assert ask(app, "GET", "/").text == "[('b', '2')]"


def test_redirects_are_followed(ask: Any) -> None:
    """A redirect is followed with its cookies, as over the socket."""

    def look(request: Request) -> Response:
        if request.path == "/login":
            response = redirect("/", 303)
            response.set_cookie("user", "ada")
            return response
        return Response(f"{request.method} {request.cookies.get('user')}")

    response = ask(view(look), "POST", "/login", data={"a": "1"})
    assert response.text == "GET ada"
    assert [one.status_code for one in response.history] == [303]
    assert response.url == f"{ORIGIN}/"


def test_compressed_body(ask: Any) -> None:
    """A content encoding is undone."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Encoding", "gzip")])
        return [gzip.compress(b"hello")]

    assert ask(app, "GET", "/").content == b"hello"


def test_write_callable(ask: Any) -> None:
    """What an app writes the old way (PEP 3333) comes first."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [])
        write(b"a")
        return [b"b"]

    assert ask(app, "GET", "/").content == b"ab"


def test_start_response_in_the_first_next(ask: Any) -> None:
    """A generator may start its response late, and with a body that is empty."""

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("204 No Content", [])
        yield b""

    response = ask(app, "GET", "/")
    assert (response.status_code, response.reason) == (204, "No Content")


def test_error_is_a_500(ask: Any) -> None:
    """An app that raises answers 500, as behind a server."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    response = ask(app, "GET", "/")
    assert (response.status_code, response.text) == (500, "Internal Server Error")


@pytest.mark.parametrize(
    ("status", "value"),
    [("200OK", ""), ("103 HINTS", ""), ("200 OK", "a\r\nX-B: c"), ("200 OK", None)],
)
def test_head_that_no_server_sends_is_a_500(ask: Any, status: str, value: Any) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response(status, [("X-A", value)])
        return [b"x"]

    response = ask(app, "GET", "/")
    assert (response.status_code, response.text) == (500, "Internal Server Error")


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ({"Content-Length": "2"}, [b"hello"], "he"),
        ({"Content-Length": "2"}, [b"h", b"", b"ello"], "he"),
        ({"Connection": "close", "Transfer-Encoding": "chunked"}, [b"hello"], "hello"),
        ({}, [memoryview(array("I", [1])).cast("B"), bytearray(b"x")], "\1\0\0\0x"),
        ({}, [memoryview(array("I", [1]))], "\1\0\0\0"),
        ({}, ["text"], "Internal Server Error"),
    ],
)
def test_body_is_what_a_server_sends(
    ask: Any, headers: dict[str, str], body: list[Any], text: str
) -> None:
    """Cut to the length that the app says, as bytes; without a server's own headers."""

    def app(environ: Any, start_response: Any) -> list[Any]:
        start_response("200 OK", list(headers.items()))
        return body

    response = ask(app, "GET", "/")
    assert response.text == text
    assert not {"Connection", "Transfer-Encoding"} & set(response.headers)


def test_no_content_has_no_length(ask: Any) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("204 NO CONTENT", [("Content-Length", "5")])
        return [b"hello"]

    response = ask(app, "GET", "/")
    assert (response.content, dict(response.headers)) == (b"", {})


def test_error_page_of_the_app_itself_arrives(ask: Any) -> None:
    """An app may take back what it started, and answer with its own error page."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X-Old", "1")])
        try:
            raise ZeroDivisionError
        except ZeroDivisionError:
            start_response("500 Sorry", [("X-New", "1")], sys.exc_info())
        return [b"own page"]

    response = ask(app, "GET", "/")
    assert (response.status_code, response.text) == (500, "own page")
    assert dict(response.headers) == {"X-New": "1"}


def test_error_in_the_body_breaks_the_connection(ask: Any) -> None:
    """An app that raises in the middle of its body gives an error of requests'."""

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"a"
        raise ZeroDivisionError

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(app, "GET", "/")


def test_app_does_not_see_the_callers_context(ask: Any) -> None:
    """Context variables of the cell are not those of the view."""
    variable = contextvars.ContextVar("variable", default="none")

    def look(request: Request) -> Response:
        seen = variable.get()
        variable.set("view")
        return Response(seen)

    variable.set("cell")
    assert ask(view(look), "GET", "/").text == "none"
    assert variable.get() == "cell"


def test_endless_view_is_ended_where_nobody_can_interrupt_it(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without threads a view can't hold the kernel for ever; the next one answers."""
    have_monitoring(monkeypatch)

    @view
    def endless(request: Request) -> Response:
        while request.path == "/loop":
            pass
        return Response("answered")

    with using(BareSystem()):
        with pytest.raises(
            requests.ReadTimeout,
            match=r"^the view was ended: it took more than 0\.05 s$",
        ):
            ask(endless, "GET", "/loop", timeout=0.05)
        assert ask(endless, "GET", "/", timeout=60).text == "answered"


def test_endless_body_breaks_off_where_nobody_can_interrupt_it(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece of a body has the time that an answer has."""
    have_monitoring(monkeypatch)

    def pieces() -> Iterator[str]:
        yield "first"
        while True:
            pass

    @view
    def endless(request: Request) -> Response:
        return Response(pieces())

    with using(BareSystem()), pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(endless, "GET", "/", timeout=0.05)
