"""Chats of Flask-SocketIO and Flask-Sock, live in a kernel and as exported projects."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
import websocket
from tests.ports import free_port
from tests.werkbook.export.project.test_project import get, started
from tests.werkbook_ext.notebooks import KernelNotebook, RealKernel

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

TIMEOUT_S = 30
APP = """from flask import Flask, request, session
from flask_sock import Sock
from flask_socketio import SocketIO, emit, join_room, leave_room, rooms

app = Flask(__name__)
app.config["SECRET_KEY"] = "secret"
socketio = SocketIO(app)
sock = Sock(app)
members = []"""
HANDLERS = """@socketio.event
def connect():
    emit("said", {"text": "connected", "count": 0})


@socketio.event
def say(message):
    session["count"] = session.get("count", 0) + 1
    room = message.get("room")
    answer = {"text": message["text"], "count": session["count"]}
    emit("said", answer, to=room, broadcast=room is None)


@socketio.on("enter")
def enter(message):
    join_room(message["room"])
    return sorted(set(rooms()) - {request.sid})


@socketio.on("*")
def anything(event, data):
    emit("said", {"text": event, "count": -1})


@socketio.on("work")
def work(data):
    def later():
        socketio.sleep(0)
        socketio.emit("said", {"text": "worked", "count": -2})

    socketio.start_background_task(later)"""
CHAT = """@sock.route("/chat")
def chat(ws):
    members.append(ws)
    try:
        while True:
            text = ws.receive()
            for other in members:
                other.send(text)
    finally:
        members.remove(ws)"""
PAGE = """@app.get("/")
def index():
    return "chat\""""
RUN = """if __name__ == "__main__":
    socketio.run(app, port=0)"""


class Member:
    """A client of Flask-SocketIO, which remembers what it hears."""

    def __init__(self, url: str, **options: Any) -> None:
        self.heard: queue.Queue[Any] = queue.Queue()
        self.client = socketio.Client(reconnection=False)
        self.client.on("said", self.heard.put)
        self.client.connect(url, wait_timeout=TIMEOUT_S, **options)
        assert self.hear() == ("connected", 0)

    def hear(self) -> tuple[str, int]:
        said = self.heard.get(timeout=TIMEOUT_S)
        return said["text"], said["count"]


def talk(url: str) -> None:
    """Two members speak: to all, in a room, with what no handler is named after."""
    polling, other = Member(url), Member(url, transports=["websocket"])
    try:
        for count in (1, 2):
            polling.client.emit("say", {"text": "hello"})
            assert (polling.hear(), other.hear()) == (("hello", count),) * 2
        assert other.client.call("enter", {"room": "a"}, timeout=TIMEOUT_S) == ["a"]
        polling.client.emit("say", {"text": "in a", "room": "a"})
        assert other.hear() == ("in a", 3)
        polling.client.emit("unknown", {})
        assert polling.hear() == ("unknown", -1)
        other.client.emit("work", {})
        assert (polling.hear(), other.hear()) == (("worked", -2),) * 2
    finally:
        polling.client.disconnect()
        other.client.disconnect()


def chat(url: str) -> None:
    """Two members of the chat of Flask-Sock hear each other."""
    address = url.replace("http", "ws") + "/chat"
    members = [
        websocket.create_connection(address, timeout=TIMEOUT_S, suppress_origin=True)
        for _ in range(2)
    ]
    for one in members:
        one.send("here")
        while one.recv() != "here":
            pass
    members[0].send("hello")
    heard = [members[1].recv()]
    while heard[-1] != "hello":
        heard.append(members[1].recv())
    for one in members:
        one.close()


@pytest.fixture(scope="module")
def live_chat() -> Iterator[KernelNotebook]:
    with RealKernel() as kernel:
        here = KernelNotebook(kernel)
        here.run("load", "%load_ext werkbook")
        for name, source in (
            ("app", APP),
            ("handlers", HANDLERS),
            ("chat", CHAT),
            ("page", PAGE),
            ("run", RUN),
        ):
            here.run(name, source)
        yield here


def find_url(here: KernelNotebook) -> str:
    url: str = here.ask("__import__('werkbook.serving').serving.servers()[0].url")
    return url


def test_chats_run_in_a_notebook(live_chat: KernelNotebook) -> None:
    """`socketio.run` starts the background server; polling, upgrade and WebSocket."""
    talk(find_url(live_chat))
    chat(find_url(live_chat))


def test_open_socket_gets_the_handler_of_now(live_chat: KernelNotebook) -> None:
    """A handler that a cell defines anew answers the client that is connected."""
    member = Member(find_url(live_chat), transports=["websocket"])
    try:
        live_chat.run("handlers", HANDLERS.replace('message["text"]', '"new"'))
        member.client.emit("say", {"text": "hello"})
        assert member.hear() == ("new", 1)
    finally:
        member.client.disconnect()
        live_chat.run("handlers", HANDLERS)


def test_chats_run_as_an_exported_project(tmp_path: Path) -> None:
    """gunicorn with the project's own settings speaks WebSocket."""
    sources = [APP, HANDLERS, CHAT, PAGE, RUN]
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    folder = tmp_path / "chat"
    deliver(cells, Wish(tmp_path / "a.ipynb", project=folder, is_checked=False))
    port = free_port()
    with started(folder, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"):
        assert get(port, "/") == "chat"
        talk(f"http://127.0.0.1:{port}")
        chat(f"http://127.0.0.1:{port}")
