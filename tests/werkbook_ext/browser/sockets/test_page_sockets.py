"""WebSockets of pages, from what a view says to what the app hears, and back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
from simple_websocket import ConnectionClosed, Server
from tests.werkbook_ext.browser.test_conversation import check

from werkbook import App, request, serving
from werkbook_ext.browser.conversation import BrowserConversation
from werkbook_ext.browser.fetching import VIRTUAL_ORIGIN, Fetcher
from werkbook_ext.browser.sockets import page_socket
from werkbook_ext.page_usage.usage import WEBSOCKET
from werkbook_ext.transport.sessions import AppSession
from werkbook_ext.transport.wsgi_adapter import WSGIAdapter

TIMEOUT_S = 20


class Talk:
    """A conversation with a served app, and what the kernel said of sockets."""

    def __init__(self, app: App) -> None:
        self.server = serving.serve(app)
        self.session = requests.Session()
        self.session.mount(self.server.url, WSGIAdapter(app))
        self.said: list[tuple[dict[str, Any], list[bytes]]] = []
        self.news = threading.Condition()
        self.conversation = BrowserConversation(
            Fetcher(lambda: (self.session, self.server.url)), self.hear
        )
        self.say({"t": "open"})
        self.wait("page", 1, key="t")

    def hear(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        check("kernel to view", message)
        with self.news:
            self.said.append((message, buffers))
            self.news.notify_all()

    def say(self, message: dict[str, Any], *buffers: bytes) -> None:
        check("view to kernel", message)
        self.conversation.receive({"view": "v", **message}, list(buffers))

    def open(self, path: str, name: str = "ws1", **more: Any) -> None:
        url = path if "://" in path else VIRTUAL_ORIGIN + path
        asked = {"t": "socket", "id": name, "url": url, "protocols": []}
        self.say({**asked, **more})

    def send(self, *messages: str | bytes, name: str = "ws1") -> None:
        kinds = ["text" if isinstance(one, str) else "binary" for one in messages]
        buffers = [one.encode() if isinstance(one, str) else one for one in messages]
        self.say({"t": "frames", "id": name, "kinds": kinds}, *buffers)

    def wait(self, kind: str, count: int = 1, *, key: str = "t") -> dict[str, Any]:
        """Wait for a message of a kind, and return the last of so many."""

        def found() -> list[dict[str, Any]]:
            return [message for message, _ in self.said if message[key] == kind]

        with self.news:
            assert self.news.wait_for(lambda: len(found()) >= count, TIMEOUT_S), (
                self.said
            )
            return found()[count - 1]

    def came(self, count: int) -> list[str | bytes]:
        """Wait for so many messages of the app's, and return them."""

        def found() -> list[str | bytes]:
            return [
                data.decode() if kind == "text" else data
                for message, buffers in self.said
                if message["t"] == "frames"
                for kind, data in zip(message["kinds"], buffers, strict=True)
            ]

        with self.news:
            assert self.news.wait_for(lambda: len(found()) >= count, TIMEOUT_S), (
                self.said
            )
            return found()

    def close(self) -> None:
        self.conversation.close()
        self.server.stop()
        self.session.close()


def accept(view: Callable[[Server], object]) -> Callable[[], str]:
    def answer() -> str:
        ws = Server.accept(request.environ, subprotocols=["chat"])
        with suppress(ConnectionClosed):
            view(ws)
        return ""

    return answer


def echo(ws: Server) -> None:
    while True:
        ws.send(ws.receive())


class Endings(list[tuple[int, str]]):
    """How the sockets of a view ended."""

    def __init__(self) -> None:
        super().__init__()
        self.news = threading.Event()
        self.heard: list[str | bytes] = []

    def view(self, ws: Server) -> None:
        try:
            while True:
                self.heard.append(ws.receive())
                ws.send(self.heard[-1])
        except ConnectionClosed as closed:
            self.append((int(closed.reason), closed.message or ""))
            self.news.set()
            raise


@pytest.fixture
def endings() -> Endings:
    return Endings()


@pytest.fixture
def talk(endings: Endings) -> Iterator[Talk]:
    app = App("sockets")
    app.add_url_rule("/", "index", lambda: "<h1>home</h1>")

    def bye(ws: Server) -> None:
        ws.send("bye")
        ws.close(4001, "enough")

    def many(ws: Server) -> None:
        for number in range(5000):
            ws.send(str(number))

    def who(ws: Server) -> None:
        for name in ("Origin", "Host", "Cookie", "User-Agent"):
            ws.send(request.headers.get(name, "none"))
        ws.send(ws.subprotocol or "none")

    def deaf(ws: Server) -> None:
        while ws.connected:
            time.sleep(0.01)

    views = {"echo": endings.view, "bye": bye, "many": many, "who": who, "deaf": deaf}
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name, accept(view), websocket=True)

    talk = Talk(app)
    yield talk
    talk.close()


def test_texts_and_bytes_go_there_and_back(talk: Talk) -> None:
    talk.open("/echo")
    assert talk.wait("accepted")["protocol"] == ""
    talk.send("hello", b"\0\xff", "grüße 🎈")
    talk.send("")
    assert talk.came(4) == ["hello", b"\0\xff", "grüße 🎈", ""]
    assert talk.wait("taken")["count"] == 3


def test_page_closes_behind_what_it_sent(talk: Talk, endings: Endings) -> None:
    talk.open("/echo")
    talk.send("last")
    talk.say({"t": "shut", "id": "ws1", "code": 4002, "reason": "done"})
    ended = talk.wait("closed")
    assert (ended["code"], ended["reason"], ended["is_clean"]) == (4002, "done", True)
    assert endings.news.wait(TIMEOUT_S)
    assert (endings.heard, endings) == (["last"], [(4002, "done")])


def test_page_that_gives_no_code_closes_without_one(
    talk: Talk, endings: Endings
) -> None:
    talk.open("/echo")
    talk.wait("accepted")
    talk.say({"t": "shut", "id": "ws1", "code": None, "reason": ""})
    assert talk.wait("closed")["code"] == 1005
    assert endings.news.wait(TIMEOUT_S)
    assert endings == [(1005, "")]


def test_app_closes_with_its_code_and_reason(talk: Talk) -> None:
    talk.open("/bye")
    ended = talk.wait("closed")
    assert (ended["code"], ended["reason"], ended["is_clean"]) == (4001, "enough", True)
    assert talk.came(1) == ["bye"]


def test_page_that_is_left_goes_away(talk: Talk, endings: Endings) -> None:
    talk.open("/echo")
    talk.wait("accepted")
    talk.say({"t": "abort", "id": "ws1"})
    talk.wait("closed")
    assert endings.news.wait(TIMEOUT_S)
    assert endings == [(1001, "")]


def test_view_that_closes_ends_its_sockets(talk: Talk, endings: Endings) -> None:
    for number in range(3):
        talk.open("/echo", f"ws{number}")
    talk.wait("accepted", 3)
    talk.say({"t": "close"})
    talk.wait("closed", 3)
    talk.server.stop()  # which waits for the views
    assert endings == [(1001, "")] * 3


def test_stopped_server_ends_them(talk: Talk) -> None:
    talk.open("/echo")
    talk.wait("accepted")
    talk.server.stop()
    ended = talk.wait("closed")
    assert (ended["code"], ended["reason"]) == (1001, "The server stops.")


def test_app_sees_its_own_origin_and_the_visitors_cookies(talk: Talk) -> None:
    talk.session.cookies.set("user", "Ada", domain="localhost.local", path="/")
    talk.open("/who", protocols=["chat", "other"])
    origin, host, cookie, _, protocol = talk.came(5)
    assert (origin, host, protocol) == ("http://localhost", "localhost", "chat")
    assert cookie == "user=Ada"
    assert talk.wait("accepted")["protocol"] == "chat"


@pytest.mark.parametrize(
    "url",
    ["http://example.org/echo", "http://127.0.0.1:1/echo", "http://app.invalid.x/"],
)
def test_address_outside_the_app_is_not_asked(talk: Talk, url: str) -> None:
    talk.open(url)
    ended = talk.wait("closed")
    assert (ended["code"], ended["is_clean"]) == (1006, False)
    assert ended["detail"] == f"{url!r} is outside the app"


def test_refused_handshake_never_opens(talk: Talk) -> None:
    talk.open("/nowhere")
    ended = talk.wait("closed")
    assert (ended["code"], ended["detail"]) == (1006, "the server answered 404")


def test_app_that_sends_much_waits_for_the_front_end(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_socket, "MAX_UNSEEN", 100)
    talk.open("/many")
    seen = 0
    while seen < 5000:
        came = len(talk.came(seen + 1))
        talk.say({"t": "seen", "id": "ws1", "count": came - seen, "bytes": 0})
        seen = came
    assert talk.came(5000) == [str(number) for number in range(5000)]
    assert talk.wait("closed")["code"] == 1000


def test_page_that_sends_more_than_the_app_takes_is_cut_off(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_socket, "CLOSE_TIMEOUT_S", 0.2)
    talk.open("/deaf")
    talk.wait("accepted")
    for _ in range(60):
        talk.send(b"x" * 1_000_000)
    assert talk.wait("closed")["code"] in (1006, 1008)  # as far as it was heard
    assert sum(message["t"] == "taken" for message, _ in talk.said) < 60


def test_no_more_than_so_many_are_open(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(page_socket.MAX_SOCKETS):
        talk.open("/echo", f"ws{number}")
    talk.wait("accepted", page_socket.MAX_SOCKETS)
    talk.open("/echo", "more")
    assert talk.wait("closed")["detail"] == "more than 32 WebSockets are open"


@pytest.mark.parametrize(
    "message",
    [
        {"t": "socket", "id": 1, "url": "/echo", "protocols": []},
        {"t": "socket", "id": "x", "url": None, "protocols": []},
        {"t": "socket", "id": "x", "url": "/echo", "protocols": "chat"},
        {"t": "socket", "id": "x", "url": "/echo", "protocols": ["é"]},
        {"t": "socket", "id": "x", "url": "/echo", "protocols": ["a"] * 21},
        {"t": "frames", "id": "none", "kinds": ["text"]},
        {"t": "frames", "id": "ws1", "kinds": ["text"]},
        {"t": "frames", "id": "ws1", "kinds": None},
        {"t": "seen", "id": "ws1", "count": "many", "bytes": None},
        {"t": "shut", "id": "none", "code": 1000, "reason": ""},
    ],
)
def test_forged_messages_are_ignored(talk: Talk, message: dict[str, Any]) -> None:
    talk.open("/echo")
    talk.wait("accepted")
    talk.say(message)
    talk.send("still")
    assert talk.came(1) == ["still"]


def test_codes_that_no_page_may_send_are_left_out(talk: Talk, endings: Endings) -> None:
    talk.open("/echo")
    talk.wait("accepted")
    talk.say({"t": "shut", "id": "ws1", "code": 1011, "reason": "x" * 500})
    talk.wait("closed")
    assert endings.news.wait(TIMEOUT_S)
    assert endings == [(1005, "")]


def test_page_uses_the_view_that_it_talks_to(talk: Talk) -> None:
    """So it is shown anew when a cell defines that view anew."""
    app, conversation = talk.server.app, talk.conversation
    conversation.fetcher._connect = lambda: (AppSession(app), talk.server.url)
    talk.open("/echo")
    talk.wait("accepted")
    usage = conversation.views["v"].usage
    assert usage.endpoint_by_request[WEBSOCKET, "/echo"] == "echo"
