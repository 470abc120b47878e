"""What the ring keeps of requests and responses."""

import gc
import json
import threading
import time
from typing import Any

import pytest
import requests

from werkbook.serving import Exchange, ExchangeRing, ServerLog, recorded


def call(app: Any, path: str = "/", **environ: Any) -> bytes:
    """Call a WSGI app in this thread, as a server would."""
    from io import BytesIO

    body = environ.pop("body", b"")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        **environ,
    }
    result = app(environ, lambda status, headers, exc_info=None: lambda data: None)
    try:
        return b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()


def app(environ: Any, start_response: Any) -> list[bytes]:
    exchange = environ["werkbook.exchange"]
    exchange.rule, exchange.endpoint = "/hello/<name>", "hello"
    start_response("201 CREATED", [("Content-Type", "text/plain"), ("X-Two", "2")])
    return [b"Hello, ", b"Ada"]


@pytest.fixture
def ring() -> ExchangeRing:
    return ExchangeRing()


def test_exchange_is_the_request_and_the_response(ring: ExchangeRing) -> None:
    call(
        recorded(app, ring),
        "/hello/Ada",
        REQUEST_METHOD="POST",
        QUERY_STRING="q=1",
        CONTENT_TYPE="text/x",
        HTTP_X_OWN_NAME="value",
        body=b"sent",
    )
    exchange = ring.last()
    assert exchange is not None
    assert (exchange.number, exchange.method) == (1, "POST")
    assert exchange.url == "/hello/Ada?q=1"
    assert (exchange.status, exchange.reason) == (201, "CREATED")
    assert ("Content-Type", "text/x") in exchange.request_headers
    assert ("X-Own-Name", "value") in exchange.request_headers
    assert (exchange.request_body, exchange.request_size_bytes) == (b"sent", 4)
    assert exchange.response_headers == [
        ("Content-Type", "text/plain"),
        ("X-Two", "2"),
    ]
    assert (exchange.response_body, exchange.response_size_bytes) == (b"Hello, Ada", 10)
    assert not exchange.is_request_cut
    assert not exchange.is_response_cut
    assert 0 < exchange.duration_s < 1
    assert (exchange.rule, exchange.endpoint) == ("/hello/<name>", "hello")
    assert (exchange.output, exchange.exception) == ("", None)
    assert exchange.is_finished
    assert repr(exchange) == "<Exchange 1: POST /hello/Ada?q=1 201>"


def test_url_is_as_it_was_sent(ring: ExchangeRing) -> None:
    call(recorded(app, ring), "/\u00c3\u00a4", REQUEST_URI="/%C3%A4?x=%20")
    assert [exchange.url for exchange in ring] == ["/%C3%A4?x=%20"]


def test_ring_keeps_the_last_200(ring: ExchangeRing) -> None:
    wrapped = recorded(app, ring)
    for _ in range(205):
        call(wrapped)
    assert len(ring) == 200
    assert [exchange.number for exchange in ring] == list(range(6, 206))
    assert ring.counts(app) == {"/hello/<name>": (205, 201), "hello": (205, 201)}
    assert ring.counts(lambda environ, start: []) == {}


def test_bodies_are_cut_at_64_kib(ring: ExchangeRing) -> None:
    def big_app(environ: Any, start_response: Any) -> Any:
        sent = environ["wsgi.input"].read()
        start_response("200 OK", [])
        yield sent[:50_000]
        yield sent[50_000:]

    body = bytes(range(256)) * 400
    assert call(recorded(big_app, ring), body=body, REQUEST_METHOD="POST") == body
    exchange = ring.last()
    assert exchange is not None
    assert exchange.request_body == exchange.response_body == body[: 64 * 1024]
    assert exchange.request_size_bytes == exchange.response_size_bytes == len(body)
    assert exchange.is_request_cut
    assert exchange.is_response_cut


def test_stream_passes_piece_by_piece(ring: ExchangeRing) -> None:
    taken: list[int] = []

    def stream_app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        for number in range(3):
            taken.append(number)
            yield b"%d" % number

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
    body = recorded(stream_app, ring)(environ, lambda *args: lambda data: None)
    assert taken == []
    pieces = iter(body)
    assert next(pieces) == b"0"
    assert taken == [0]
    assert len(ring) == 0
    assert list(pieces) == [b"1", b"2"]
    body.close()  # type: ignore[attr-defined]
    assert [exchange.response_body for exchange in ring] == [b"012"]


def test_apps_close_is_called_once(ring: ExchangeRing) -> None:
    class Body:
        closed = 0

        def __iter__(self) -> Any:
            return iter([b"x"])

        def close(self) -> None:
            self.closed += 1

    body = Body()

    def closing_app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return body

    assert call(recorded(closing_app, ring)) == b"x"
    assert body.closed == 1


def test_error_is_recorded_and_answered(ring: ExchangeRing) -> None:
    def failing_app(environ: Any, start_response: Any) -> Any:
        raise LookupError("<none>")

    body = call(recorded(failing_app, ring))
    assert body == b"Internal Server Error\nLookupError: <none>\n"
    exchange = ring.last()
    assert exchange is not None
    assert exchange.status == 500
    assert exchange.response_body == body
    assert isinstance(exchange.exception, LookupError)
    assert exchange.exception.__traceback__ is not None


def test_error_before_the_first_piece_is_answered(ring: ExchangeRing) -> None:
    def failing_app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        raise LookupError("late")
        yield b""

    body = call(recorded(failing_app, ring))
    assert body == b"Internal Server Error\nLookupError: late\n"
    assert [exchange.status for exchange in ring] == [500]


def test_interrupt_passes_and_is_recorded(ring: ExchangeRing) -> None:
    def interrupted_app(environ: Any, start_response: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(recorded(interrupted_app, ring))
    assert [type(exchange.exception) for exchange in ring] == [KeyboardInterrupt]


def test_frames_of_old_failures_are_let_go(ring: ExchangeRing) -> None:
    class Big:
        alive = 0

        def __init__(self) -> None:
            Big.alive += 1

        def __del__(self) -> None:
            Big.alive -= 1

    def failing_app(environ: Any, start_response: Any) -> Any:
        big = Big()
        raise LookupError(str(type(big)))

    wrapped = recorded(failing_app, ring)
    for _ in range(50):
        call(wrapped)
    gc.collect()
    assert Big.alive == 20
    assert all(exchange.exception for exchange in ring)
    for exchange in ring:
        exchange.exception = None
    gc.collect()
    assert Big.alive == 0


def test_token_finds_the_exchange_and_is_not_passed_on(ring: ExchangeRing) -> None:
    seen: list[Any] = []

    def looking_app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ.get("HTTP_X_WERKBOOK_EXCHANGE"))
        start_response("200 OK", [])
        return [b""]

    call(recorded(looking_app, ring), HTTP_X_WERKBOOK_EXCHANGE="abc")
    call(recorded(looking_app, ring))
    assert seen == [None, None]
    exchange = ring.by_token("abc")
    assert exchange is not None
    assert exchange.number == 1
    assert ring.by_token("other") is None
    names = [name for name, _ in exchange.request_headers]
    assert "X-Werkbook-Exchange" not in names


def test_token_waits_until_the_exchange_is_finished(started: Any) -> None:
    has_read = threading.Event()

    class Body(list[bytes]):
        def close(self) -> None:
            assert has_read.wait(5)
            time.sleep(0.05)

    def slow_app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Body([b"x"])

    server = started(slow_app)
    headers = {"X-Werkbook-Exchange": "t"}
    assert requests.get(server.url, headers=headers, timeout=5).text == "x"
    assert not server.exchanges.last().is_finished
    has_read.set()
    exchange = server.exchanges.by_token("t")
    assert exchange.is_finished
    assert exchange is server.exchanges.last()


def test_old_tokens_are_forgotten(ring: ExchangeRing) -> None:
    wrapped = recorded(app, ring)
    for number in range(250):
        call(wrapped, HTTP_X_WERKBOOK_EXCHANGE=str(number))
    assert ring.by_token("0") is None
    assert ring.by_token("249") is ring.last()


def test_subscribers_get_whole_exchanges(ring: ExchangeRing) -> None:
    got: list[Exchange] = []

    def failing(exchange: Exchange) -> None:
        raise ValueError("in the subscriber")

    ring.subscribe(failing)
    unsubscribe = ring.subscribe(got.append)
    call(recorded(app, ring))
    assert [exchange.is_finished for exchange in got] == [True]
    assert "ValueError: in the subscriber" in ring.log.text
    unsubscribe()
    unsubscribe()
    call(recorded(app, ring))
    assert len(got) == 1


def test_ring_does_not_hold_the_app(ring: ExchangeRing) -> None:
    import weakref

    def short_lived(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    call(recorded(short_lived, ring))
    reference = weakref.ref(short_lived)
    del short_lived
    gc.collect()
    assert reference() is None


def test_log_keeps_the_newest() -> None:
    log = ServerLog(max_chars=10)
    log.write("12345")
    log.write("67890")
    assert str(log) == "1234567890"
    assert log.write("ab") == 2
    assert log.text == "67890ab"
    log.write("x" * 100)
    assert log.text == "x" * 10
    log.flush()


def test_memory_stays_flat(ring: ExchangeRing) -> None:
    import tracemalloc

    def json_app(environ: Any, start_response: Any) -> list[bytes]:
        exchange = environ["werkbook.exchange"]
        exchange.rule, exchange.endpoint = "/x/<n>", "x"
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"path": environ["PATH_INFO"]}).encode()]

    wrapped = recorded(json_app, ring)

    def run(requests_count: int) -> int:
        for number in range(requests_count):
            call(wrapped, f"/x/{number}", HTTP_X_WERKBOOK_EXCHANGE=f"t{number}")
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before_bytes = run(1000)
        after_bytes = run(5000)
    finally:
        tracemalloc.stop()
    assert after_bytes - before_bytes < 100_000
