"""WebSockets of ASGI apps: the same gates, exchanges and endings as those of WSGI."""

from typing import Any

import pytest
import websocket
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

TIMEOUT_S = 20


async def echo(ws: WebSocket) -> None:
    await ws.accept(subprotocol="chat" if "chat" in ws["subprotocols"] else None)
    async for text in ws.iter_text():
        print("got", text)
        await ws.send_text(text)


async def listen(ws: WebSocket) -> None:
    await ws.accept()
    while True:
        if await ws.receive_text() == "give up":
            raise WebSocketDisconnect(1000)


async def boom(ws: WebSocket) -> None:
    await ws.accept()
    await ws.receive_text()
    raise LookupError("lost")


def connect(server: Any, path: str = "/echo", **options: Any) -> websocket.WebSocket:
    options = {"suppress_origin": True, "timeout": TIMEOUT_S, **options}
    url = f"ws://127.0.0.1:{server.port}{path}"
    return websocket.create_connection(url, **options)


def ending(ws: websocket.WebSocket) -> tuple[int, str]:
    """Return the code and the reason with which the server closes."""
    while True:
        opcode, frame = ws.recv_data_frame(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            ws.shutdown()
            return int.from_bytes(frame.data[:2], "big"), frame.data[2:].decode()


@pytest.fixture
def server(started: Any) -> Any:
    views = {"/echo": echo, "/listen": listen, "/boom": boom}
    routes = [WebSocketRoute(path, view) for path, view in views.items()]
    return started(Starlette(routes=routes))


def test_texts_go_there_and_back_and_are_noted(server: Any) -> None:
    ws = connect(server, subprotocols=["chat"])
    ws.send("hello")
    assert (ws.recv(), ws.getsubprotocol()) == ("hello", "chat")
    ws.close()
    server.stop()
    exchange = server.exchanges.last()
    assert (exchange.method, exchange.url, exchange.status) == ("GET", "/echo", 101)
    assert (exchange.endpoint, exchange.output) == ("echo", "got hello\n")


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_page_of_another_origin_is_refused(server: Any, origin: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        connect(server, header=[f"Origin: {origin}"])
    assert caught.value.status_code == 403


def test_view_that_fails_closes_with_an_error(server: Any) -> None:
    ws = connect(server, "/boom")
    ws.send("go")
    assert ending(ws) == (1011, "The view failed.")
    server.stop()
    exchange = server.exchanges.last()
    assert (exchange.status, repr(exchange.exception)) == (101, "LookupError('lost')")


def test_view_whose_websocket_has_ended_did_not_fail(server: Any) -> None:
    ws = connect(server, "/listen")
    ws.send("I leave")
    ws.close()
    server.stop()
    assert server.exchanges.last().exception is None


def test_the_same_exception_on_an_open_websocket_is_an_error(server: Any) -> None:
    ws = connect(server, "/listen")
    ws.send("give up")
    assert ending(ws) == (1011, "The view failed.")
    server.stop()
    assert isinstance(server.exchanges.last().exception, WebSocketDisconnect)


def test_stopping_tells_the_client(server: Any) -> None:
    ws = connect(server)
    ws.send("a")
    assert ws.recv() == "a"
    server.stop()
    assert ending(ws) == (1001, "The server stops.")


def test_some_are_closed_from_another_thread(server: Any) -> None:
    ws = connect(server)
    ws.send("a")
    assert ws.recv() == "a"
    assert server.end_websockets(lambda e: e.endpoint == "echo", 1012, "anew") == 1
    assert ending(ws) == (1012, "anew")
