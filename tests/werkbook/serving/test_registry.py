"""Starting, finding, moving and stopping servers."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import requests
from tests.ports import free_port

from werkbook.serving import (
    AddressError,
    NoServerError,
    NotWsgiError,
    PortInUseError,
    find_server,
    serve,
    servers,
)
from werkbook.system import using
from werkbook.system.bare import BareSystem

SOURCE = Path(__file__).parents[3] / "src"


def test_serve_answers_on_loopback(started: Any, app: Any) -> None:
    server = started(app)
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert requests.get(server.url, timeout=5).text == "Hello"
    assert (server.app, server.host, server.is_running) == (app, "127.0.0.1", True)
    assert repr(server) == f"<Server of function: {server.url}>"


def test_serve_again_is_the_same_server(started: Any, app: Any) -> None:
    server = started(app)
    assert started(app) is server
    assert started(app, port=server.port) is server
    assert servers() == [server]
    assert find_server(app) is server


def test_two_apps_have_two_servers(started: Any, app: Any) -> None:
    other = lambda environ, start: app(environ, start)  # noqa: E731
    assert started(app) is not started(other)
    assert len(servers()) == 2


def test_bound_method_is_one_app(started: Any) -> None:
    class Application:
        def wsgi(self, environ: Any, start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            return [b"method"]

    application = Application()
    assert started(application.wsgi) is started(application.wsgi)


def test_stop_frees_the_port_and_the_app(started: Any, app: Any) -> None:
    server = started(app)
    port = server.port
    server.stop()
    server.stop()
    assert not server.is_running
    assert repr(server) == f"<Server of function: {server.url} (stopped)>"
    assert servers() == []
    assert find_server(app) is None
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)
    again = started(app, port=port)
    assert again is not server
    assert again.port == port


def test_another_port_moves_the_server(started: Any, app: Any) -> None:
    server = started(app)
    requests.get(server.url, timeout=5)
    old_url, port = server.url, free_port()
    assert started(app, port=port) is server
    assert server.port == port
    assert requests.get(server.url, timeout=5).text == "Hello"
    assert len(server.exchanges) == 2
    with pytest.raises(requests.ConnectionError):
        requests.get(old_url, timeout=5)


def test_another_host_keeps_the_port(started: Any, app: Any) -> None:
    server = started(app)
    port = server.port
    assert started(app, host="localhost") is server
    assert (server.host, server.port) == ("127.0.0.1", port)
    started(app, host="0.0.0.0")
    assert (server.host, server.port) == ("0.0.0.0", port)
    assert requests.get(server.url, timeout=5).text == "Hello"
    started(app, host="127.0.0.1", port=port)
    assert (server.host, server.port) == ("127.0.0.1", port)
    with pytest.raises(AddressError):
        started(app, host="192.0.2.1")
    assert (server.host, server.port) == ("127.0.0.1", port)
    assert requests.get(server.url, timeout=5).text == "Hello"


def test_busy_port_of_this_process(started: Any, app: Any) -> None:
    def other(environ: Any, start_response: Any) -> list[bytes]:
        return []

    server = started(app)
    with pytest.raises(PortInUseError) as caught:
        started(other, port=server.port)
    assert isinstance(caught.value, OSError)
    assert str(caught.value) == (
        f"Port {server.port} of 127.0.0.1 is in use.\n"
        "  Why: the function 'app.<locals>.app' is served there, by this process.\n"
        "  Fix: stop that server (werkbook.serving.servers()[0].stop()), name another "
        "port, or name none to get a free one."
    )
    assert servers() == [server]


def test_busy_port_of_another_process(started: Any, app: Any) -> None:
    code = (
        "import socket, sys; sock = socket.create_server(('127.0.0.1', 0)); "
        "print(sock.getsockname()[1], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        command = f"{sys.executable} -c {code}"[:79] + "…"
        with pytest.raises(PortInUseError) as caught:
            started(app, port=port)
        process.communicate("")
    assert str(caught.value) == (
        f"Port {port} of 127.0.0.1 is in use.\n"
        f"  Why: process {process.pid} ({command}) listens on it.\n"
        "  Fix: stop that process, name another port, or name none to get a free one."
    )
    assert find_server(app) is None


def test_busy_port_leaves_the_running_server(started: Any, app: Any) -> None:
    other = started(lambda environ, start: [])
    server = started(app)
    port = server.port
    with pytest.raises(PortInUseError):
        started(app, port=other.port)
    assert server.port == port
    assert requests.get(server.url, timeout=5).text == "Hello"


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("192.0.2.1", 0, "Cannot assign requested address"),
        ("127.0.0.1", 70000, "a port is a number from 0 to 65535"),
    ],
)
def test_address_that_is_not_ours(
    started: Any, app: Any, host: str, port: int, reason: str
) -> None:
    with pytest.raises(AddressError) as caught:
        started(app, host=host, port=port)
    assert str(caught.value) == (
        f"The server can't listen on port {port} of {host!r}.\n"
        f"  Why: the system says: {reason}.\n"
        "  Fix: leave host and port out; 127.0.0.1 and a free port always work."
    )


def test_localhost_and_every_interface(started: Any, app: Any) -> None:
    server = started(app, host="localhost")
    assert requests.get(server.url, timeout=5).text == "Hello"
    server.stop()
    server = started(app, host="0.0.0.0")
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert requests.get(server.url, timeout=5).text == "Hello"


def test_ipv6(started: Any, app: Any) -> None:
    server = started(app, host="::1")
    assert server.url == f"http://[::1]:{server.port}"
    assert requests.get(server.url, timeout=5).text == "Hello"


def test_class_that_makes_asgi_apps_is_none(started: Any) -> None:
    class AsgiClass:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    with pytest.raises(NotWsgiError) as caught:
        started(AsgiClass)
    assert isinstance(caught.value, TypeError)
    assert str(caught.value) == (
        f"The class {AsgiClass.__qualname__!r} is no application, but makes one.\n"
        "  Why: its instances are called as ASGI applications are, with (scope, "
        "receive, send).\n"
        "  Fix: hand in an instance: serve(AsgiClass(...))."
    )


def test_what_is_no_app_is_told_where_its_app_is(started: Any, app: Any) -> None:
    class Dash:
        server = staticmethod(app)

    with pytest.raises(NotWsgiError) as caught:
        started(Dash())
    assert str(caught.value) == (
        f"The {__name__}.{Dash.__qualname__} object is no WSGI application.\n"
        "  Why: a WSGI application is called with (environ, start_response); "
        "this can't be called.\n"
        "  Fix: hand in its WSGI application: serve(app.server)."
    )
    with pytest.raises(NotWsgiError, match=r"Fix: hand in the app itself: serve\(app"):
        started("app")


def test_class_as_wsgi_app(started: Any) -> None:
    class Application:
        def __init__(self, environ: Any, start_response: Any):
            start_response("200 OK", [])

        def __iter__(self) -> Iterator[bytes]:
            yield b"class"

    assert requests.get(started(Application).url, timeout=5).text == "class"


def test_no_server_in_the_browser(started: Any, app: Any) -> None:
    with using(BareSystem()), pytest.raises(NoServerError) as caught:
        started(app)
    assert str(caught.value) == (
        "No server can run in the browser's Python.\n"
        "  Why: it has neither threads nor sockets.\n"
        "  Fix: %http and %browse work without one: they call the app directly."
    )


def test_no_asgi_app_in_the_browser(started: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    with using(BareSystem()), pytest.raises(NoServerError) as caught:
        started(app)
    assert str(caught.value) == (
        "No ASGI app can be called in the browser's Python.\n"
        "  Why: it has neither threads nor sockets.\n"
        "  Fix: write the app for WSGI (Flask's API), or use a kernel of a server."
    )


def test_stop_with_streams_and_kept_connections(started: Any, raw: Any) -> None:
    def streaming_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        while True:
            yield b"tick"
            time.sleep(0.05)

    def app(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/stream":
            return streaming_app(environ, start_response)
        start_response("200 OK", [])
        return [b"x"]

    server = started(app)
    for _ in range(10):
        client = raw(server)
        client.send(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.sock.recv(10)
        assert raw(server).ask()[2] == b"x"
    assert len(own_threads()) >= 20
    start_s = time.monotonic()
    server.stop()
    assert time.monotonic() - start_s < 2
    assert own_threads() == []
    assert server.log.text == ""


def own_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("werkbook-")]


def test_stop_lets_a_request_finish(started: Any, raw: Any) -> None:
    has_begun = threading.Event()

    def slow_app(environ: Any, start_response: Any) -> list[bytes]:
        has_begun.set()
        time.sleep(0.3)
        start_response("200 OK", [])
        return [b"finished"]

    server = started(slow_app)
    client = raw(server)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert has_begun.wait(5)
    server.stop()
    status, _, body = client.response()
    assert (status, body) == (200, b"finished")
    assert own_threads() == []


@pytest.mark.parametrize("kind", ["queue", "event", "loop", "sleep"])
def test_stop_ends_views_that_would_not(started: Any, raw: Any, kind: str) -> None:
    has_begun = threading.Event()
    waits = {
        "queue": lambda: Queue().get(),  # type: ignore[var-annotated]
        "event": lambda: threading.Event().wait(),
        "loop": lambda: all(iter(lambda: 1, 0)),
        "sleep": lambda: all(time.sleep(0.1) is None for _ in iter(int, 1)),
    }

    def stuck_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"begun"
        has_begun.set()
        waits[kind]()

    server = started(stuck_app)
    client = raw(server)
    client.send(b"GET /stuck HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert has_begun.wait(5)
    start_s = time.monotonic()
    server.stop(timeout_s=4)
    assert time.monotonic() - start_s < 4
    assert own_threads() == []


def test_stop_gives_up_on_what_can_not_be_ended(started: Any, raw: Any) -> None:
    has_begun, lock = threading.Event(), threading.Lock()

    def locked_app(environ: Any, start_response: Any) -> list[bytes]:
        has_begun.set()
        with lock:
            start_response("200 OK", [])
            return [b""]

    server = started(locked_app)
    client = raw(server)
    with lock:
        client.send(b"GET /locked HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert has_begun.wait(5)
        start_s = time.monotonic()
        server.stop(timeout_s=0.5)
        assert time.monotonic() - start_s < 2
    assert server.log.text.startswith("still running after stop(): GET /locked\n")


def test_stop_from_a_view(started: Any, raw: Any) -> None:
    def stopping_app(environ: Any, start_response: Any) -> list[bytes]:
        server.stop()
        start_response("200 OK", [])
        return [b"stopped"]

    server = started(stopping_app)
    assert raw(server).ask()[2] == b"stopped"
    assert not server.is_running


def test_many_connections_come_and_go(started: Any, app: Any, raw: Any) -> None:
    server = started(app)
    before = len(own_threads())
    for _ in range(3):
        clients = [raw(server) for _ in range(40)]
        assert {client.ask()[2] for client in clients} == {b"Hello"}
        for client in clients:
            client.sock.close()
    deadline_s = time.monotonic() + 5
    while len(own_threads()) > before and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert len(own_threads()) <= before


def test_streams_starve_nobody(started: Any, raw: Any) -> None:
    is_over = threading.Event()

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return held() if environ["PATH_INFO"] == "/stream" else [b"x"]

    def held() -> Iterator[bytes]:
        yield b"open"
        is_over.wait(20)

    server = started(app)
    for _ in range(64):
        client = raw(server)
        client.send(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.sock.recv(10)
    assert raw(server).ask()[2] == b"x"
    is_over.set()


def test_forked_child_has_no_server(started: Any, app: Any) -> None:
    server = started(app)
    session = requests.Session()
    assert session.get(server.url, timeout=5).text == "Hello"
    child_id = os.fork()
    if child_id == 0:
        os._exit(child_sees_no_server(server, app))
    assert os.waitstatus_to_exitcode(os.waitpid(child_id, 0)[1]) == 0
    assert session.get(server.url, timeout=5).text == "Hello"
    session.close()


def child_sees_no_server(server: Any, app: Any) -> int:
    """Return 0 if the child let go of the server, and can have one of its own."""
    if servers() or server.is_running:
        return 1
    own = serve(app)
    text = requests.get(own.url, timeout=5).text
    own.stop()
    return 0 if text == "Hello" and own is not server else 2


def test_port_is_free_while_a_child_lives(started: Any, app: Any) -> None:
    server = started(app)
    reader, writer = os.pipe()
    child_id = os.fork()
    if child_id == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    os.close(reader)
    server.stop()
    again = started(app, port=server.port)
    assert requests.get(again.url, timeout=5).text == "Hello"
    os.close(writer)
    os.waitpid(child_id, 0)


def test_process_exits_with_a_server_running() -> None:
    code = """
import threading
from werkbook.serving import serve
def app(environ, start_response):
    start_response("200 OK", [])
    yield b"begun"
    threading.Event().wait()
server = serve(app)
import socket
client = socket.create_connection(("127.0.0.1", server.port))
client.sendall(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
client.recv(10)
print("done")
"""
    result = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code],
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert (result.returncode, result.stdout) == (0, "done\n")
    assert "Traceback" not in result.stderr


def test_import_needs_no_server_library() -> None:
    code = (
        "import sys, werkbook.serving; "
        "print([name for name in ('waitress', 'socket') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert "waitress" not in result.stdout
