"""What docs/reference/server.md says of a server holds where uvicorn is its engine."""

import asyncio
import socket
import sys
import threading
from typing import Any

import pytest
import requests

from werkbook.serving import NoUvicornError, beside
from werkbook.serving.http.limits import Limits

TIMEOUT_S = 10


class Recorder:
    """A bare app: a stream, an echo of the scope, and a lifespan that is noted."""

    def __init__(self, startup_error: Exception | None = None) -> None:
        self.told: list[str] = []
        self.startup_error = startup_error
        self.goes_on = threading.Event()
        self.has_begun = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(scope, receive, send)
        elif scope["path"].endswith("/stream"):
            await self.stream(send)
        elif scope["path"].endswith("/wait"):
            self.has_begun.set()
            await asyncio.Event().wait()
        else:
            headers = [
                (name.decode(), value.decode())
                for name, value in scope["headers"]
                if name in (b"host", b"cookie")
                or name.startswith((b"x-werk", b"x-many", b"x_"))
            ]
            seen = {name: scope[name] for name in ("path", "root_path", "scheme")}
            seen.update(state=scope["state"].get("db"), headers=headers)
            seen["query"] = scope["query_string"].decode()
            await answer(send, repr(seen).encode())

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        self.told.append((await receive())["type"])
        if self.startup_error is not None:
            await send({"type": "lifespan.startup.failed", "message": "it failed"})
            raise self.startup_error
        scope["state"]["db"] = "open"
        await send({"type": "lifespan.startup.complete"})
        self.told.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})

    async def stream(self, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        piece = {"type": "http.response.body", "more_body": True}
        await send({**piece, "body": b"data: one\n\n"})
        while not self.goes_on.is_set():
            await asyncio.sleep(0.01)
        await send({**piece, "body": b"data: two\n\n"})
        await send({"type": "http.response.body"})


async def answer(send: Any, body: bytes, status: int = 200) -> None:
    headers = [(b"set-cookie", b"a=b; Path=/"), (b"location", b"/there")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def get(server: Any, path: str = "/", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(
        server.url + path, headers=named, timeout=TIMEOUT_S, allow_redirects=False
    )


def test_serve_again_is_the_same_server(started: Any) -> None:
    """An app has one server, which can move to another port."""
    app = Recorder()
    server = started(app)
    assert (server.is_running, server.is_asgi) == (True, True)
    assert started(app) is server
    old = server.port
    with requests.get(server.url, timeout=TIMEOUT_S):
        pass
    server.move("127.0.0.1", 0)
    assert server.port == old
    assert get(server).status_code == 200


def test_stop_frees_the_port(started: Any) -> None:
    """Once it is stopped, nothing listens, and no thread is left of it."""
    app = Recorder()
    server = started(app)
    get(server)
    server.stop()
    assert not server.is_running
    with pytest.raises(requests.ConnectionError):
        get(server)
    assert app.told == ["lifespan.startup", "lifespan.shutdown"]
    assert started(app, port=server.port).port == server.port


def test_lifespan_state_is_in_each_request(started: Any) -> None:
    """What the start-up put into its state is there for each request."""
    assert "'state': 'open'" in get(started(Recorder())).text


def test_failing_startup_is_raised_where_the_server_starts(started: Any) -> None:
    """The error is the app's own; there is no server then, and the next try works."""
    app = Recorder(LookupError("no database"))
    with pytest.raises(LookupError, match="no database"):
        started(app)
    app.startup_error = None
    assert get(started(app)).status_code == 200


def test_foreign_host_is_refused(started: Any) -> None:
    """A request that names a foreign host is answered 421, and noted in the log."""
    server = started(Recorder())
    response = get(server, Host="evil.example")
    assert response.status_code == 421
    assert response.text.startswith("ForeignHostError: Host 'evil.example' is not")
    assert server.exchanges.last() is None
    assert "evil.example" in server.log.text
    server.allow_host("evil.example")
    assert get(server, Host="evil.example").status_code == 200


def test_token_is_asked_for_and_kept_from_the_app(started: Any) -> None:
    """Without the token 401; with its header the app sees neither token nor cookie."""
    server = started(Recorder(), token=True)
    assert get(server).status_code == 401
    response = get(server, **server.internal_headers())
    assert "X-Werkbook" not in response.text
    assert "x-werkbook" not in response.text
    with requests.Session() as session:
        first = session.get(server.link("/page"), timeout=TIMEOUT_S)
        assert first.history[0].status_code == 303
        assert "cookie" not in first.text


def test_behind_a_proxy_the_prefix_is_the_root_path(started: Any) -> None:
    """The app has the proxy's prefix as its root path; redirects and cookies too."""
    server = started(Recorder())
    response = get(
        server, "/a%20b?q=1", X_Forwarded_Prefix="/user/x", X_Forwarded_Host="hub.org"
    )
    assert "'path': '/user/x/a b', 'root_path': '/user/x'" in response.text
    assert "('host', 'hub.org')" in response.text
    assert "'query': 'q=1'" in response.text
    assert response.headers["Location"] == "//hub.org/user/x/there"
    assert response.headers["Set-Cookie"] == "a=b; Path=/user/x/"


def test_names_with_underscores_say_nothing_of_the_proxy(
    started: Any, raw: Any
) -> None:
    """A proxy lets them through as any header; the app gets them as they came."""
    client = raw(started(Recorder()))
    client.send(
        b"GET / HTTP/1.1\r\nX_Forwarded_Host: evil.example\r\nHost: localhost\r\n"
        b"X_Forwarded_Prefix: /evil\r\nX-Forwarded-Host: hub.org\r\n"
        b"X-Forwarded-Prefix: /user/x\r\n\r\n"
    )
    text = client.response()[2].decode()
    assert "'root_path': '/user/x'" in text
    assert "('host', 'hub.org')" in text
    assert "('x_forwarded_host', 'evil.example')" in text


def test_jupyters_cookies_are_left_out(started: Any) -> None:
    """A cookie of Jupyter's reaches no app; the app's own does."""
    cookies = "_xsrf=2|abcdef12|abcdef12abcdef12abcdef12abcdef12|1700000000; mine=1"
    response = get(started(Recorder()), Cookie=cookies)
    assert "('cookie', 'mine=1')" in response.text
    assert "xsrf" not in response.text


def test_event_stream_keeps_nobody_waiting(started: Any) -> None:
    """Its first event arrives while it goes on, and others are answered meanwhile."""
    app = Recorder()
    server = started(app)
    with requests.get(f"{server.url}/stream", stream=True, timeout=TIMEOUT_S) as stream:
        pieces = stream.iter_content(None)
        assert next(pieces) == b"data: one\n\n"
        assert get(server).status_code == 200
        app.goes_on.set()
        assert b"".join(pieces) == b"data: two\n\n"
    found = [one for one in server.exchanges if one.url == "/stream"]
    assert [one.response_body for one in found] == [b"data: one\n\ndata: two\n\n"]


def test_stop_ends_what_waits(started: Any) -> None:
    """A view that waits for ever does not keep the server from stopping."""
    app = Recorder()
    server = started(app)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            get(server, "/wait")
        except requests.ConnectionError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert app.has_begun.wait(TIMEOUT_S)
    server.stop()
    asking.join(TIMEOUT_S)
    assert not asking.is_alive()


def test_too_long_a_body_is_refused(started: Any) -> None:
    """A body over the limit is answered 413, and the app is not asked."""
    server = started(Recorder(), limits=Limits(body_bytes=10))
    response = requests.post(server.url, data=b"x" * 11, timeout=TIMEOUT_S)
    assert response.status_code == 413
    assert server.exchanges.last() is None


class Reader(Recorder):
    """A bare app that reads the body of a request before it answers."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while scope["type"] == "http" and (await receive()).get("more_body"):
            pass
        await super().__call__(scope, receive, send)


REFUSED = {
    "length": b"Content-Length: 5000000\r\n\r\n",
    "chunk": b"Transfer-Encoding: chunked\r\n\r\n4c4b40\r\n0123456789a",
}


@pytest.mark.parametrize("head", REFUSED.values(), ids=REFUSED)
def test_refused_client_that_still_sends_gets_its_answer(
    started: Any, raw: Any, head: bytes
) -> None:
    """A close with bytes unread resets a connection, and the answer is lost."""
    server = started(Reader(), limits=Limits(body_bytes=10))
    for _ in range(5):
        client = raw(server)
        client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\n" + head)
        while b"longer than" not in (seen := client.sock.recv(9999, socket.MSG_PEEK)):
            assert seen
        client.send(b"x" * 5_000_000)
        status, _, body = client.response()
        assert (status, body.count(b"longer than")) == (413, 1)


def test_refused_client_that_goes_on_sending_does_not_hold_the_server(
    started: Any, raw: Any
) -> None:
    """What it sends is read for a while, and stopping the server ends that."""
    server = started(Recorder(), limits=Limits(body_bytes=10))
    client = raw(server)
    client.send(b"POST / HTTP/1.1\r\nHost: localhost\r\n" + REFUSED["length"])
    assert b"413" in client.sock.recv(10_000)
    client.send(b"x" * 1000)
    server.stop()
    assert not server.is_running
    with pytest.raises(ConnectionError):
        while True:
            client.send(b"x" * 100_000)


def test_what_is_mounted_beside_answers(started: Any) -> None:
    """Below the server's own prefix answers what is mounted, also with a body."""

    class Mounted:
        def __call__(self, environ: Any, start_response: Any) -> Any:
            body = environ["wsgi.input"].read()
            start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
            yield body
            yield b"!"

        def close(self) -> None: ...

    undo = beside.mount(lambda app: Mounted())
    try:
        server = started(Recorder())
        url = f"{server.url}{beside.PREFIX}/here"
        response = requests.post(url, data=b"sent", timeout=TIMEOUT_S)
    finally:
        undo()
    assert (response.text, response.headers["X-Path"]) == ("sent!", "/here")


def test_coroutine_runs_in_the_servers_loop(started: Any) -> None:
    """An ASGI app can be called from any thread, in the loop that serves it."""
    app = Recorder()
    server = started(app)
    sent: list[Any] = []

    async def call() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "path": "/x", "root_path": "", "scheme": "http"}
        scope.update(headers=[], state={}, query_string=b"")
        await app(scope, None, send)

    server.run_asgi(call()).result(TIMEOUT_S)
    assert [one["type"] for one in sent] == [
        "http.response.start",
        "http.response.body",
    ]


def test_missing_uvicorn_is_told(started: Any, monkeypatch: Any) -> None:
    """Without uvicorn the error names what to install."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    app = Recorder()
    with pytest.raises(NoUvicornError) as caught:
        started(app)
    assert isinstance(caught.value, ImportError)
    assert str(caught.value) == (
        f"The {__name__}.Recorder object is an ASGI application, and uvicorn is not"
        " installed.\n"
        "  Why: ASGI needs a server with an event loop, and uvicorn is one.\n"
        "  Fix: pip install uvicorn, or with all that goes with it: "
        "pip install 'werkbook[asgi]'."
    )


def test_error_in_the_middle_of_a_body_breaks_it_off(started: Any) -> None:
    """The client finds the body broken off, and the exchange has the error."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        piece = {"type": "http.response.body", "body": b"begun", "more_body": True}
        await send(piece)
        raise LookupError("in the middle")

    server = started(app)
    with pytest.raises(requests.RequestException):
        get(server)
    assert repr(server.exchanges.last().exception) == "LookupError('in the middle')"
