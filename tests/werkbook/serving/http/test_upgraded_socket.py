"""WebSockets over the kit's own server: simple-websocket finds its socket, and ends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import websocket
from simple_websocket import ConnectionClosed, Server

from werkbook import App, request
from werkbook.serving import Limits
from werkbook.serving.http import upgraded_socket
from werkbook.serving.http.frame_reader import close_frame
from werkbook.serving.http.upgraded_socket import UpgradedSocket

TIMEOUT_S = 20
Connect = Callable[..., websocket.WebSocket]
View = Callable[[Server], object]


def make_app(**views: View) -> App:
    """Make an app with a WebSocket for each view."""
    app = App("sockets")
    for name, view in views.items():

        def answer(view: View = view) -> str:
            ws = Server.accept(request.environ, subprotocols=["chat", "plain"])
            with suppress(ConnectionClosed):
                view(ws)
            return ""

        app.add_url_rule(f"/{name}", name, answer, websocket=True)
    app.add_url_rule("/", "index", lambda: "home")
    return app


def echo(ws: Server) -> None:
    while True:
        ws.send(ws.receive())


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[websocket.WebSocket] = []

    def connect(server: Any, path: str = "/echo", **options: Any) -> Any:
        url = f"ws://127.0.0.1:{server.port}{path}"
        options = {"suppress_origin": True, "timeout": TIMEOUT_S, **options}
        opened.append(websocket.create_connection(url, **options))
        return opened[-1]

    yield connect
    for one in opened:
        one.shutdown()


def ending(ws: websocket.WebSocket) -> tuple[int, str]:
    """Return the code and the reason with which the server closes."""
    while True:
        opcode, frame = ws.recv_data_frame(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            data = frame.data
            return int.from_bytes(data[:2], "big"), data[2:].decode()


def refusal(connect: Connect, server: Any, **options: Any) -> tuple[int, str]:
    """Return the status and the body with which a handshake is refused."""
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        connect(server, **options)
    return caught.value.status_code, (caught.value.resp_body or b"").decode()


def test_texts_and_bytes_go_there_and_back(started: Any, connect: Connect) -> None:
    ws = connect(started(make_app(echo=echo)))
    for message in ("hello", "grüße 🎈", b"\0\xff", b"", b"x" * 1_000_000):
        ws.send(message, 1 if isinstance(message, str) else 2)
        _, data = ws.recv_data()
        assert data == (message.encode() if isinstance(message, str) else message)


def test_exchange_is_one_that_left_http(started: Any, connect: Connect) -> None:
    def view(ws: Server) -> None:
        print("somebody came")
        ws.send(ws.subprotocol)

    server = started(make_app(view=view))
    ws = connect(server, "/view", subprotocols=["plain"])
    assert (ws.recv(), ending(ws)) == ("plain", (1000, ""))
    assert ws.getsubprotocol() == "plain"
    ws.shutdown()
    server.stop()
    exchange = server.exchanges.last()
    assert (exchange.method, exchange.url) == ("GET", "/view")
    assert (exchange.status, exchange.reason) == (101, "Switching Protocols")
    assert (exchange.endpoint, exchange.output) == ("view", "somebody came\n")
    assert (exchange.exception, exchange.response_body) == (None, b"")


def test_app_without_websockets_answers_an_upgrade_by_http(
    started: Any, connect: Connect
) -> None:
    server = started(make_app())
    assert refusal(connect, server, path="/")[0] in (200, 400)
    assert refusal(connect, server, path="/nowhere")[0] == 404


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1.evil.example",
        "http://127.0.0.1:1",
        "http://localhost:8888",
        "null",
        "file://",
        "http://127.0.0.1@evil.example",
        "",
    ],
)
def test_page_of_another_origin_is_refused(
    started: Any, connect: Connect, origin: str
) -> None:
    server = started(make_app(echo=echo))
    header = [f"Origin: {origin}"]
    status, body = refusal(connect, server, header=header)
    assert (status, body) == (
        403,
        f"ForeignPageError: A page of {origin!r} wanted to open a WebSocket.\n"
        "  Why: it could use the app in the name of whoever looks at that page, and "
        "read what it answers; the page is none of this app's.\n"
        "  Fix: if the page is yours, run in the notebook: "
        f"serve(app).allow_origin({origin!r}).\n",
    )
    assert f"A page of {origin!r} wanted" in server.log.text


def test_page_that_hides_its_origin_is_refused(started: Any, connect: Connect) -> None:
    server = started(make_app(echo=echo))
    header = ["Sec-Fetch-Site: cross-site"]
    assert refusal(connect, server, header=header)[0] == 403


def test_forged_forwarding_headers_open_no_foreign_host(
    started: Any, connect: Connect
) -> None:
    server = started(make_app(echo=echo))
    header = ["X-Forwarded-Host: 127.0.0.1", "X-Forwarded-Prefix: /x"]
    status, _ = refusal(connect, server, host="evil.example", header=header)
    assert status == 421


def test_own_pages_and_allowed_origins_pass(started: Any, connect: Connect) -> None:
    server = started(make_app(echo=echo))
    own = f"http://127.0.0.1:{server.port}"
    for origin in (own, "http://localhost:5173"):
        server.allow_origin("http://localhost:5173/")
        ws = connect(server, header=[f"Origin: {origin}"])
        ws.send("in")
        assert ws.recv() == "in"


def test_token_is_asked_for_where_one_is_due(started: Any, connect: Connect) -> None:
    server = started(make_app(echo=echo), token=True)
    assert refusal(connect, server)[0] == 401
    header = [f"{name}: {value}" for name, value in server.internal_headers().items()]
    ws = connect(server, header=header)
    ws.send("in")
    assert ws.recv() == "in"


def test_one_more_than_may_be_open_is_refused(started: Any, connect: Connect) -> None:
    server = started(make_app(echo=echo), limits=Limits(websockets=1))
    first = connect(server)
    assert refusal(connect, server) == (
        503,
        "TooManySocketsError: As many WebSockets are open as may be.\n"
        "  Why: each has a thread of the server for as long as it is open.\n"
        "  Fix: close some, or allow more: %config Werkbook.limits = "
        "{'websockets': 500}, and start the server anew.\n",
    )
    first.send("still")
    assert first.recv() == "still"


def test_message_that_is_too_long_closes(started: Any, connect: Connect) -> None:
    server = started(make_app(echo=echo), limits=Limits(message_bytes=1000))
    ws = connect(server)
    ws.send("a" * 1000)
    assert ws.recv() == "a" * 1000
    ws.send("a" * 1001)
    assert ending(ws) == (1009, "A message may have 1,000 bytes.")


def test_message_in_parts_is_measured_as_a_whole(
    started: Any, connect: Connect
) -> None:
    server = started(make_app(echo=echo), limits=Limits(message_bytes=1000))
    ws = connect(server)
    abnf = websocket.ABNF
    ws.send_frame(abnf.create_frame("a" * 600, abnf.OPCODE_TEXT, fin=0))
    ws.send_frame(abnf.create_frame("b" * 600, abnf.OPCODE_CONT, fin=1))
    assert ending(ws)[0] == 1009


def test_view_that_does_not_read_holds_its_client_back(
    started: Any, connect: Connect
) -> None:
    """Far more is sent than fits into the system's buffers: the client has to wait."""
    is_sent, found = threading.Event(), []
    message = "x" * 20_000

    def lazy(ws: Server) -> None:
        while len(ws.input_buffer) < 50:
            threading.Event().wait(0.01)
        found.append(is_sent.wait(0.5))
        found.append(len(ws.input_buffer))
        for _ in range(2000):
            assert ws.receive() == message
        ws.send("all")

    server = started(make_app(lazy=lazy), limits=Limits(waiting_messages=50))
    ws = connect(server, "/lazy")

    def send() -> None:
        for _ in range(2000):
            ws.send(message)
        is_sent.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert ws.recv() == "all"
    sender.join(TIMEOUT_S)
    assert found == [False, 50]


def test_silence_ends_nothing(started: Any, connect: Connect) -> None:
    def patient(ws: Server) -> None:
        assert ws.receive(timeout=0.4) is None
        ws.send("still here")

    server = started(make_app(patient=patient), limits=Limits(idle_s=0.1))
    assert connect(server, "/patient").recv() == "still here"


def test_stopping_tells_the_client_and_ends_the_view(
    started: Any, connect: Connect
) -> None:
    endings: list[Any] = []

    def view(ws: Server) -> None:
        ws.send("open")
        try:
            ws.receive()
        except ConnectionClosed as error:
            endings.append(error)

    server = started(make_app(view=view))
    ws = connect(server, "/view")
    assert ws.recv() == "open"
    server.stop()
    assert ending(ws) == (1001, "The server stops.")
    assert len(endings) == 1
    assert server.log.text == ""


def test_some_are_closed_and_others_stay(started: Any, connect: Connect) -> None:
    server = started(make_app(echo=echo, other=echo))
    old, other = connect(server), connect(server, "/other")
    for one in (old, other):
        one.send("first")
        assert one.recv() == "first"
    closed = server.end_websockets(lambda e: e.endpoint == "echo", 1012, "anew")
    assert (closed, ending(old)) == (1, (1012, "anew"))
    other.send("still")
    assert other.recv() == "still"


def test_view_that_fails_closes_with_an_error(started: Any, connect: Connect) -> None:
    def view(ws: Server) -> None:
        ws.receive()
        raise LookupError("lost")

    server = started(make_app(view=view))
    ws = connect(server, "/view")
    ws.send("go")
    assert ending(ws) == (1011, "The view failed.")
    ws.shutdown()
    server.stop()
    exchange = server.exchanges.last()
    assert (exchange.status, repr(exchange.exception)) == (101, "LookupError('lost')")


def test_client_that_goes_ends_the_view(started: Any, connect: Connect) -> None:
    has_ended = threading.Event()

    def view(ws: Server) -> None:
        try:
            ws.receive()
        finally:
            has_ended.set()

    ws = connect(started(make_app(view=view)), "/view")
    ws.shutdown()
    assert has_ended.wait(TIMEOUT_S)


def test_code_and_reason_of_the_view_come_through(
    started: Any, connect: Connect
) -> None:
    def view(ws: Server) -> None:
        ws.close(4000, "enough")

    assert ending(connect(started(make_app(view=view)), "/view")) == (4000, "enough")


def test_compression_is_not_offered_to_the_app(started: Any, connect: Connect) -> None:
    def view(ws: Server) -> None:
        ws.send(str("HTTP_SEC_WEBSOCKET_EXTENSIONS" in ws.environ))

    header = ["Sec-WebSocket-Extensions: permessage-deflate"]
    ws = connect(started(make_app(view=view)), "/view", header=header)
    assert ws.recv() == "False"


def test_other_requests_are_answered_meanwhile(
    started: Any, connect: Connect, raw: Any
) -> None:
    server = started(make_app(echo=echo))
    ws = connect(server)
    assert raw(server).ask()[2] == b"home"
    ws.send("and")
    assert ws.recv() == "and"


def test_client_gets_its_own_code_though_the_view_returns_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """simple-websocket wakes the view, and then answers the client's close frame."""
    ours, client = socket.socketpair()
    upgraded = UpgradedSocket(ours, b"", Limits(), {})
    head = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
    upgraded.send(head)
    client.sendall(close_frame(4002, "done"))
    upgraded.recv(4096)

    def answer_late(seconds: float) -> None:
        upgraded.send(close_frame(4002, "done"))

    monkeypatch.setattr(upgraded_socket.time, "sleep", answer_late)
    upgraded.finish(has_failed=False)
    assert client.recv(4096) == head + close_frame(4002, "done")
    ours.close()
    client.close()
