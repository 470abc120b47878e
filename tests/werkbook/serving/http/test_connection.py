"""HTTP/1.1 as clients speak it, over real sockets."""

import json
import socket
import threading
from array import array
from collections.abc import Iterator
from contextlib import suppress
from http.client import IncompleteRead
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def echo_app(environ: Any, start_response: Any) -> list[bytes]:
    """Answer what the request was."""
    body = environ["wsgi.input"].read()
    told = {key: value for key, value in environ.items() if isinstance(value, str)}
    text = json.dumps({"body": body.decode("latin-1"), **told}).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [text]


@pytest.fixture
def echo(started: Any) -> Any:
    return started(echo_app)


def test_environ_is_what_was_asked(echo: Any, raw: Any) -> None:
    status, headers, body = raw(echo).ask("/a%20b/%C3%A9?q=1&r=%20", X_Own="yes")
    told = json.loads(body)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert headers["content-length"] == str(len(body))
    assert told["PATH_INFO"] == "/a b/\u00c3\u00a9"
    assert told["QUERY_STRING"] == "q=1&r=%20"
    assert told["REQUEST_URI"] == told["RAW_URI"] == "/a%20b/%C3%A9?q=1&r=%20"
    assert told["HTTP_X_OWN"] == "yes"
    assert told["REMOTE_ADDR"] == "127.0.0.1"
    assert told["SERVER_NAME"] == "127.0.0.1"
    assert told["SERVER_PORT"] == str(echo.port)
    assert told["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert told["wsgi.url_scheme"] == "http"


def test_connection_is_kept(echo: Any, raw: Any) -> None:
    client = raw(echo)
    for number in range(5):
        assert json.loads(client.ask(f"/{number}")[2])["PATH_INFO"] == f"/{number}"


def test_pipelined_requests_are_answered_in_order(echo: Any, raw: Any) -> None:
    client = raw(echo)
    one = b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client.send(b"".join(one % number for number in range(20)))
    file = client.sock.makefile("rb")
    for number in range(20):
        length = 0
        while (line := file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert json.loads(file.read(length))["PATH_INFO"] == f"/{number}"
    file.close()


def test_pipelined_body_is_not_taken_for_a_request(echo: Any, raw: Any) -> None:
    client = raw(echo)
    client.send(
        b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nGET /"
        b"\r\nGET /b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    text = client.rest()
    assert text.count(b"HTTP/1.1 200 OK") == 2
    assert b'"body": "GET /"' in text


def test_head_has_the_headers_and_no_body(echo: Any, raw: Any) -> None:
    client = raw(echo)
    assert client.ask(method="HEAD")[2] == b""
    status, _, body = client.ask("/next")
    assert (status, json.loads(body)["PATH_INFO"]) == (200, "/next")


def test_expect_continue_is_answered_before_the_body(echo: Any, raw: Any) -> None:
    client = raw(echo)
    client.send(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
        b"Expect: 100-continue\r\n\r\n"
    )
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert client.sock.recv(len(interim)) == interim
    client.send(b"body")
    assert json.loads(client.response()[2])["body"] == "body"


def test_chunked_request_is_put_together(echo: Any, raw: Any) -> None:
    client = raw(echo)
    client.send(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nHello\r\n6;note=x\r\n World\r\n0\r\nTrailer: x\r\n\r\n"
    )
    told = json.loads(client.response()[2])
    assert (told["body"], told["CONTENT_LENGTH"]) == ("Hello World", "11")
    assert client.ask()[0] == 200


def test_body_in_many_pieces_and_a_big_one(started: Any, raw: Any) -> None:
    def length_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    client = raw(started(length_app))
    size = 3_000_000
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n" % size)
    client.send(b"\r\n")
    for _ in range(3):
        client.send(b"x" * 1_000_000)
    assert client.response()[2] == b"3000000"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 2\r\n\r\nab",
            400,
        ),
        (
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
            501,
        ),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 300_000, 431),
        (b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ],
)
def test_bad_requests_are_refused(
    echo: Any, raw: Any, sent: bytes, status: int
) -> None:
    client = raw(echo)
    client.send(sent)
    assert client.response()[0] == status
    assert raw(echo).ask()[0] == 200


def test_absolute_form_names_the_host(echo: Any, raw: Any) -> None:
    client = raw(echo)
    client.send(b"GET http://localhost:1/x?y HTTP/1.1\r\nHost: localhost\r\n\r\n")
    told = json.loads(client.response()[2])
    assert (told["HTTP_HOST"], told["PATH_INFO"]) == ("localhost:1", "/x")


def test_close_is_honoured_on_both_sides(started: Any, raw: Any) -> None:
    def closing_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Connection", "close")])
        return [b"bye"]

    client = raw(started(closing_app))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.rest().endswith(b"Connection: close\r\n\r\nbye")


@pytest.mark.parametrize("head", ["GET / HTTP/1.0", "GET / HTTP/1.1"])
def test_what_follows_the_last_request_resets_no_answer(
    started: Any, raw: Any, head: str
) -> None:
    """It is taken and left: closing on it would overtake the answer (RFC 9112 9.6)."""

    has_all_sent = threading.Event()

    def long_app(environ: Any, start_response: Any) -> list[bytes]:
        assert has_all_sent.wait(10)
        start_response("200 OK", [])
        return [b"x" * 300_000]

    client = raw(started(long_app))
    client.send(f"{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    client.send(b"y" * 100_000)
    has_all_sent.set()
    status, _, body = client.response()
    assert (status, len(body)) == (200, 300_000)
    client.sock.shutdown(socket.SHUT_WR)
    assert client.sock.recv(1) == b""


def test_http_1_0_closes_or_keeps(echo: Any, raw: Any) -> None:
    client = raw(echo)
    client.send(b"GET / HTTP/1.0\r\n\r\n")
    text = client.rest()
    assert text.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Connection: close" in text
    client = raw(echo)
    for _ in range(2):
        client.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert client.response()[1]["connection"] == "keep-alive"


def pieces_app(environ: Any, start_response: Any) -> Iterator[bytes]:
    """Stream, with what an event stream in a tutorial sets."""
    start_response(
        "200 OK",
        [
            ("Content-Type", "text/event-stream"),
            ("Connection", "keep-alive"),
            ("Transfer-Encoding", "chunked"),
        ],
    )
    yield b""
    yield b"one"
    yield b"two"


def test_stream_is_chunked_and_keeps_the_connection(started: Any, raw: Any) -> None:
    client = raw(started(pieces_app))
    for _ in range(3):
        _, headers, body = client.ask()
        assert body == b"onetwo"
        assert headers["transfer-encoding"] == "chunked"
        assert "connection" not in headers


def test_stream_to_http_1_0_ends_with_the_connection(started: Any, raw: Any) -> None:
    client = raw(started(pieces_app))
    client.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    text = client.rest()
    assert text.endswith(b"\r\n\r\nonetwo")
    assert b"chunked" not in text


def test_each_piece_is_sent_at_once(started: Any, raw: Any) -> None:
    may_go_on = threading.Event()

    def waiting_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        assert may_go_on.wait(10)
        yield b"second"

    client = raw(started(waiting_app))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    received = b""
    while b"first" not in received:
        received += client.sock.recv(1000)
    assert b"second" not in received
    may_go_on.set()
    while b"0\r\n\r\n" not in received:
        received += client.sock.recv(1000)


@pytest.mark.parametrize("status", ["204 NO CONTENT", "304 NOT MODIFIED"])
def test_status_without_a_body(started: Any, raw: Any, status: str) -> None:
    def empty_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response(status, [("Content-Length", "3")])
        return [b"abc"]

    client = raw(started(empty_app))
    for _ in range(2):
        code, _, body = client.ask()
        assert (code, body) == (int(status[:3]), b"")


def test_short_body_ends_the_connection(started: Any, raw: Any) -> None:
    def short_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "10")])
        return [b"abc"]

    client = raw(started(short_app))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert client.rest().endswith(b"\r\n\r\nabc")


def test_long_body_is_cut_to_its_length(started: Any, raw: Any) -> None:
    def long_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"abc", b"def"]

    client = raw(started(long_app))
    assert [client.ask()[2] for _ in range(2)] == [b"ab", b"ab"]


def test_write_callable_of_pep_3333(started: Any, raw: Any) -> None:
    def writing_app(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [])
        write(b"written ")
        return [b"returned"]

    server = started(writing_app)
    assert raw(server).ask()[2] == b"written returned"
    assert server.exchanges.last().response_body == b"written returned"


def test_app_that_breaks_pep_3333_gets_500(started: Any, raw: Any) -> None:
    def broken_app(environ: Any, start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        if path == "/silent":
            return [b"x"]
        if path == "/status":
            start_response(200, [])
        if path == "/twice":
            start_response("200 OK", [])
            start_response("200 OK", [])
        if path == "/line":
            start_response("200 OK", [("X-Bad", "a\r\nSet-Cookie: b")])
        if path == "/text":
            start_response("200 OK", [])
            return ["text"]
        return [b"x"]

    server = started(broken_app)
    for path in ["/silent", "/status", "/twice", "/line", "/text"]:
        assert raw(server).ask(path)[0] == 500, path
    assert server.is_running


def test_error_within_a_body_breaks_it_off(started: Any, raw: Any) -> None:
    def failing_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"begun"
        raise ValueError("no more")

    server = started(failing_app)
    client = raw(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    text = client.rest()
    assert b"begun" in text
    assert not text.endswith(b"0\r\n\r\n")
    with pytest.raises(IncompleteRead):
        raw(server).ask()
    assert repr(server.exchanges.last().exception) == "ValueError('no more')"


def test_sys_exit_in_an_app_is_an_error_like_others(started: Any, raw: Any) -> None:
    def leaving_app(environ: Any, start_response: Any) -> list[bytes]:
        raise SystemExit(3)

    server = started(leaving_app)
    for _ in range(2):
        assert raw(server).ask()[0] == 500
    assert isinstance(server.exchanges.last().exception, SystemExit)


def test_body_is_closed_when_the_client_goes(started: Any, raw: Any) -> None:
    is_closed = threading.Event()

    def endless_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 10_000
        finally:
            is_closed.set()

    client = raw(started(endless_app))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    client.sock.recv(100)
    client.sock.close()
    assert is_closed.wait(10)


def test_websocket_libraries_find_the_socket(started: Any, raw: Any) -> None:
    def switching_app(environ: Any, start_response: Any) -> list[bytes]:
        sock = environ.get("werkzeug.socket")
        if sock is None:
            start_response("200 OK", [])
            return [b"plain"]
        sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\nhello")
        assert sock.recv(10) == b"bye"
        sock.close()
        return []

    server = started(switching_app)
    assert raw(server).ask()[2] == b"plain"
    client = raw(server)
    client.send(
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\n\r\n"
    )
    received = b""
    while b"hello" not in received:
        received += client.sock.recv(1000)
    client.send(b"bye")
    assert client.rest() == b""


PIECES = st.sampled_from(
    [
        b"GET / HTTP/1.1\r\n",
        b"POST /x?y HTTP/1.1\r\n",
        b"HEAD http://[::1/ HTTP/1.0\r\n",
        b"OPTIONS * HTTP/1.1\r\n",
        b"Host: localhost\r\n",
        b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: close\r\n",
        b"Expect: 100-continue\r\n",
        b"X: \xff\x00\r\n",
        b"\r\n",
        b"3\r\nabc\r\n0\r\n\r\n",
        b"\n",
    ]
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=8))
def test_no_bytes_bring_the_server_down(started: Any, pieces: list[bytes]) -> None:
    server = started(echo_app)
    address = ("127.0.0.1", server.port)
    with socket.create_connection(address, 10) as sock, suppress(OSError):
        sock.sendall(b"".join(pieces))
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    with requests.get(server.url, timeout=10) as response:
        assert response.status_code == 200
    assert "Traceback" not in server.log.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Disposition", "attachment; filename=Preis\u20ac.csv"),
        ("X-A", "a\nb"),
        ("X-A", "a\r\nSet-Cookie: b"),
        ("X-\u20ac", "a"),
        ("X-A", "a\0b"),
        ("X-A", "a\x1b[31mb"),
        ("X-A", "a\x7fb"),
        ("X A", "b"),
        ("X:A", "b"),
        ("X-\xe9", "b"),
        ("", "b"),
        ("X-A", None),
        ("X-A", 5),
    ],
)
def test_header_that_cannot_be_sent_is_an_answer_of_500(
    started: Any, raw: Any, name: str, value: Any
) -> None:
    """The client hears of it, and what is noted is what was sent.

    It is what gunicorn refuses, which is the strictest here.
    """

    def odd_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [(name, value)])
        return [b"x"]

    server = started(odd_app)
    client = raw(server)
    status, _, body = client.ask()
    assert status == 500
    assert body.decode() == (
        "Internal Server Error\n"
        f"HeaderError: The header {name!r:.60} has the value {value!r:.80}.\n"
        "  Why: a name is letters, digits and dashes; a value is one line of Latin-1 "
        "characters, without control characters (RFC 9110 5; PEP 3333).\n"
        "  Fix: percent-encode what is beyond that (urllib.parse.quote); for the name "
        "of a file: send_file(..., download_name=name).\n"
    )
    exchange = server.exchanges.last()
    assert (exchange.status, type(exchange.exception).__name__) == (500, "HeaderError")
    assert client.ask()[0] == 500


@pytest.mark.parametrize("length", ["a", "-1", "+1", "1_0", "", "1 ", "9" * 5000])
def test_length_that_is_no_number_is_an_answer_of_500(
    started: Any, raw: Any, length: str
) -> None:
    """An app's own Content-Length is looked at before it is believed."""

    def odd_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", length)])
        return [b"x"]

    server = started(odd_app)
    assert raw(server).ask()[0] == 500
    assert server.exchanges.last().status == 500


def test_two_lengths_that_differ_are_an_answer_of_500(started: Any, raw: Any) -> None:
    def odd_app(environ: Any, start_response: Any) -> list[bytes]:
        lengths = environ["QUERY_STRING"].split(",")
        start_response("200 OK", [("Content-Length", one) for one in lengths])
        return [b"abc"]

    client = raw(started(odd_app))
    status, headers, body = client.ask("/?3,3")
    assert (status, headers["content-length"], body) == (200, "3", b"abc")
    status, _, body = client.ask("/?3,5")
    assert status == 500
    assert body.decode() == (
        "Internal Server Error\n"
        "HeaderError: The header 'Content-Length' is both 3 and 5.\n"
        "  Why: a body has one length; two servers in a row could each believe another "
        "(RFC 9110 8.6).\n"
        "  Fix: leave it out: the server counts.\n"
    )


NO_STATUS = (
    "  Why: it is three digits, a blank and a word or two (PEP 3333).\n"
    "  Fix: write '200 OK'.\n"
)
INTERIM = (
    "  Why: 1xx says that the answer is yet to come (RFC 9110 15.2): the client would "
    "wait for it.\n"
    "  Fix: answer with a status from 200 on.\n"
)
ODD = (
    "  Why: it is one line of Latin-1 characters, without control characters "
    "(RFC 9112 4; PEP 3333).\n"
    "  Fix: write '200 OK'.\n"
)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("200OK", NO_STATUS),
        ("000 NO", NO_STATUS),
        ("\xb2\xb2\xb2 OK", NO_STATUS),
        ("", NO_STATUS),
        ("100 CONTINUE", INTERIM),
        ("101 SWITCHING PROTOCOLS", INTERIM),
        ("103 EARLY HINTS", INTERIM),
        ("200 O\x1bK", ODD),
        ("200 OK\r\nX: y", ODD),
        ("200 \u20ac", ODD),
    ],
)
def test_status_that_cannot_be_sent_is_an_answer_of_500(
    started: Any, raw: Any, status: str, why: str
) -> None:
    """One of 1xx would keep the client waiting for ever."""

    def odd_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response(status, [("X-A", "b")])
        return [b"x"]

    client = raw(started(odd_app))
    code, _, body = client.ask()
    assert code == 500
    expected = f"Internal Server Error\nStatusError: The status is {status!r}.\n{why}"
    assert body.decode() == expected
    assert client.ask()[0] == 500


def test_status_without_words_has_its_blank(started: Any, raw: Any) -> None:
    def bare_app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200", [])
        return [b"x"]

    client = raw(started(bare_app))
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert client.rest().startswith(b"HTTP/1.1 200 \r\n")


@pytest.mark.parametrize("is_list", [True, False])
def test_a_view_of_memory_is_as_long_as_its_bytes(
    started: Any, raw: Any, is_list: bool
) -> None:
    """What a chunk or Content-Length counts is bytes, not a view's elements."""
    numbers = array("I", [1, 2, 3])

    def view_app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        body: list[Any] = [memoryview(numbers)]
        return body if is_list else iter([*body, bytearray(b"end")])

    server = started(view_app)
    client = raw(server)
    expected = numbers.tobytes() + (b"" if is_list else b"end")
    for _ in range(2):
        assert client.ask()[2] == expected
    exchange = server.exchanges.last()
    assert exchange.response_body == expected
    assert exchange.response_size_bytes == len(expected)


def test_an_empty_piece_does_not_end_a_body_in_chunks(started: Any, raw: Any) -> None:
    """A chunk of length 0 is the end: what follows would be another answer."""

    def writing_app(environ: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [])
        for piece in (b"", b"a", b""):
            write(piece)
        return [b"", b"b"]

    client = raw(started(writing_app))
    assert [client.ask()[2] for _ in range(2)] == [b"ab", b"ab"]
