"""What a client may ask for, and what becomes of the others when it asks for more."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from werkbook import serving
from werkbook.serving import Limits, NoServerError, serve
from werkbook.serving.http.connection import Connection
from werkbook.serving.http.limits import make_limits
from werkbook.serving.serving_errors import LimitsError

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


ANY_SPEED = Limits(body_grace_s=0.2, body_bytes_per_s=0)


@contextmanager
def trickling(client: Any, piece: bytes) -> Iterator[None]:
    """Send a piece again and again while the block runs."""
    stop = threading.Event()

    def trickle() -> None:
        with suppress(OSError):
            while not stop.wait(0.02):
                client.send(piece)

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def hello(environ: Any, start_response: Any) -> list[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b"hello"]


@pytest.mark.parametrize(
    ("limits", "sent", "status"),
    [
        (Limits(head_bytes=500), HEAD + b"X: " + b"x" * 600, 431),
        (Limits(), HEAD + b"X: y\r\n" * 100 + b"\r\n", 431),
        (Limits(head_fields=102), HEAD + b"X: y\r\n" * 102 + b"\r\n", 431),
        (
            Limits(body_bytes=10),
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n",
            413,
        ),
        (
            Limits(body_bytes=10),
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"b\r\n01234567890\r\n0\r\n\r\n",
            413,
        ),
        (Limits(head_s=0.1), HEAD, 408),
        (
            Limits(body_s=0.1),
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab",
            408,
        ),
        (
            Limits(body_grace_s=0.1),
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab",
            408,
        ),
        (Limits(idle_s=0.1), HEAD, 408),
    ],
)
def test_what_is_too_much_is_refused(
    started: Any, raw: Any, limits: Limits, sent: bytes, status: int
) -> None:
    """Each limit has its status, and the server answers others all the same."""
    server = started(hello, limits=limits)
    client = raw(server)
    client.send(sent)
    answered, _, body = client.response()
    assert answered == status
    assert b"max_" not in body  # the parser's own names of its settings
    assert client.rest() == b""
    assert raw(server).ask()[0] == 200


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"connections": 0}, "it is a whole number above 0."),
        ({"connections": 2.5}, "it is a whole number above 0."),
        ({"body_bytes": True}, "it is a whole number above 0."),
        ({"head_s": 0}, "it is a number above 0."),
        ({"idle_s": float("nan")}, "it is a number above 0."),
        ({"body_bytes_per_s": -1}, "it is a number, 0 or more."),
        ({"body_s": "30"}, "it is a number above 0."),
    ],
)
def test_limit_that_is_none_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(LimitsError) as raised:
        make_limits(given)
    assert raised.value.why == why


def test_limits_of_another_kind_are_refused_before_there_is_a_socket() -> None:
    wrong: Any = {"body_bytes": 10}
    with pytest.raises(LimitsError, match="limits is a dict"):
        serve(hello, limits=wrong)
    assert serving.find_server(hello) is None


def test_as_many_headers_as_the_limit_says_are_taken(started: Any, raw: Any) -> None:
    client = raw(started(hello))
    client.send(HEAD + b"X: y\r\n" * 99 + b"\r\n")
    assert client.response()[0] == 200


def test_a_connection_that_says_nothing_just_ends(started: Any, raw: Any) -> None:
    """No request, no answer: an idle connection is closed without a word."""
    client = raw(started(hello, limits=Limits(idle_s=0.1)))
    assert client.rest() == b""


def test_bytes_that_trickle_do_not_hold_a_head_open(started: Any, raw: Any) -> None:
    """The time is the head's, not that of each byte."""
    client = raw(started(hello, limits=Limits(head_s=0.3)))
    client.send(HEAD)
    with trickling(client, b"X: y\r\n"):
        assert client.response()[0] == 408


POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SIZED = POST + b"Content-Length: 1000000\r\n\r\n"


@pytest.mark.parametrize(("head", "piece"), [(SIZED, b"a"), (CHUNKED, b"1\r\na\r\n")])
def test_a_body_that_trickles_does_not_hold_a_thread(
    started: Any, raw: Any, head: bytes, piece: bytes
) -> None:
    """It has to come with a least speed, once its first seconds are over."""
    limits = Limits(body_grace_s=0.3, body_bytes_per_s=1e6)
    server = started(hello, limits=limits)
    client = raw(server)
    client.send(head)
    with trickling(client, piece):
        assert client.response()[0] == 408
    assert raw(server).ask()[0] == 200


@pytest.mark.parametrize("limits", [Limits(body_grace_s=0.2), ANY_SPEED])
def test_what_has_come_gives_a_body_time(
    started: Any, raw: Any, limits: Limits
) -> None:
    """At the least speed or faster, with pauses, it is read to its end."""
    client = raw(started(hello, limits=limits))
    client.send(POST + b"Content-Length: 10002\r\n\r\n" + b"a" * 10_000)
    for _ in range(2):  # a pause that the first seconds alone would not allow
        time.sleep(0.25)
        client.send(b"a")
    assert client.response()[0] == 200


def test_bodies_of_each_size_have_their_time() -> None:
    """Each byte earns time, `body_s` is the most, and 0 asks for no speed."""
    limits = Limits(body_s=60, body_grace_s=5, body_bytes_per_s=100)
    times_s = [limits.body_time_s(received) for received in (0, 1000, 5500, 10**9)]
    assert times_s == [5, 15, 60, 60]
    assert Limits(body_s=60, body_bytes_per_s=0).body_time_s(0) == 60


@pytest.mark.parametrize("line", [b"3;", b"0\r\nX", b"0\r\n", b"00000", b"3\r\nabc"])
def test_an_endless_line_between_chunks_is_refused_early(
    started: Any, raw: Any, line: bytes
) -> None:
    """Neither an extension nor a trailer takes memory without end."""
    client = raw(started(hello))
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    client.send(head + line + b"a" * 20_000)
    assert client.response()[0] == 400


def test_more_connections_than_allowed(started: Any, raw: Any) -> None:
    """The connection that waited longest gives way; no request waits for idle ones."""
    for _ in range(20):  # each connection that ends gives room to one, whoever is first
        server = started(hello, limits=Limits(connections=8))
        idle = [raw(server) for _ in range(30)]
        for _ in range(10):
            assert raw(server).ask()[0] == 200
    assert "No thread for one more connection" in server.log.text
    half = raw(server)
    half.send(HEAD)
    assert idle[0].rest() == b""


def test_a_new_connection_waits_for_the_room_that_was_made(
    started: Any, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads may be slow to notice that their idle connection was ended."""
    shut_down = Connection.shut_down

    def later(connection: Connection) -> None:
        threading.Timer(0.5, shut_down, [connection]).start()

    monkeypatch.setattr(Connection, "shut_down", later)
    server = started(hello, limits=Limits(connections=4))
    idle = [raw(server) for _ in range(8)]
    assert raw(server).ask()[0] == 200
    assert idle[0].rest() == b""


def test_a_request_that_came_is_not_ended_as_idle(
    started: Any, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread may be slow to read what its connection has received."""
    receive = Connection._receive

    def later(connection: Connection, request: Any) -> bytes:
        time.sleep(0.1)
        return receive(connection, request)

    monkeypatch.setattr(Connection, "_receive", later)
    server = started(hello, limits=Limits(connections=4))
    asking = [raw(server) for _ in range(4)]
    for client in asking:
        client.send(HEAD + b"\r\n")
    for _ in range(8):
        raw(server)
    assert [client.response()[0] for client in asking] == [200] * 4


def test_more_requests_than_allowed_are_refused_politely(
    started: Any, raw: Any
) -> None:
    """Where all connections are busy, one more is told to come again: 503."""
    gate, entered = threading.Event(), threading.Semaphore(0)

    def slow(environ: Any, start_response: Any) -> list[bytes]:
        entered.release()
        gate.wait(10)
        return hello(environ, start_response)

    server = started(slow, limits=Limits(connections=4))
    busy = [raw(server) for _ in range(4)]
    try:
        for client in busy:
            client.send(HEAD + b"\r\n")
            assert entered.acquire(timeout=10)
        status, headers, body = raw(server).ask()
        assert (status, headers["retry-after"]) == (503, "1")
        assert body == b"Too many connections: ask again soon\n"
    finally:
        gate.set()
    assert [client.response()[0] for client in busy] == [200] * 4
    for client in busy:
        client.sock.close()
    assert raw(server).ask()[0] == 200


class NoThreads:
    """Refuses to start more threads of a server's than so many."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.start = threading.Thread.start
        self.is_on = True

    def __call__(self, thread: threading.Thread) -> None:
        if self.is_on and thread.name.startswith("werkbook-"):
            if self.allowed == 0:
                raise RuntimeError("can't start new thread")
            self.allowed -= 1
        self.start(thread)


@pytest.mark.parametrize("allowed", [1, 2, 3])
def test_a_limit_of_threads_is_recovered_from(
    started: Any, raw: Any, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    """While no thread can be started it answers; once they can, all is as before."""
    limit = NoThreads(allowed)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: limit(thread))
    server = started(hello)
    idle = [raw(server) for _ in range(6)]
    idle[-1].send(HEAD)
    statuses = {raw(server).ask()[0] for _ in range(5)}
    assert 200 in statuses
    assert statuses <= {200, 503}
    limit.is_on = False
    for client in idle:
        client.sock.close()
    open_ones = [raw(server) for _ in range(5)]
    assert [client.ask()[0] for client in open_ones] == [200] * 5
    assert [client.ask()[0] for client in open_ones] == [200] * 5
    assert "There are threads for new connections again." in server.log.text
    server.stop()


def test_a_server_without_a_thread_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left open, and the error says what to raise."""
    limit = NoThreads(0)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: limit(thread))
    with pytest.raises(NoServerError) as caught:
        serve(hello, token=False)
    assert str(caught.value) == (
        "No thread can be started for the server.\n"
        "  Why: the process has as many threads, or as much memory, as it may.\n"
        "  Fix: raise the limit of the container (pids) or of the user (ulimit -u, "
        "-v), or restart the kernel."
    )


REAL = """
import socket, sys, threading
if sys.platform == "linux": import resource
from werkbook.serving import serve
def hello(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
server = serve(hello, token=False)
start_thread = threading.Thread.start
def refuse(thread): raise RuntimeError("can't start new thread")
def limit():
    if sys.platform != "linux":  # no other system holds to a limit of memory
        threading.Thread.start = refuse
        return
    pages = int(open("/proc/self/statm").read().split()[0])
    most = pages * resource.getpagesize() + 100 * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
def lift():
    threading.Thread.start = start_thread
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
limit()
idle = [socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(60)]
def ask():
    with socket.create_connection(("127.0.0.1", server.port), 5) as one:
        one.sendall(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
        return one.recv(1000).split()[1].decode()
print(sorted({ask() for _ in range(20)}))
lift()
for one in idle: one.close()
one = socket.create_connection(("127.0.0.1", server.port), 5)
print(sorted({ask() for _ in range(20)}))
server.stop()
"""


def test_no_room_for_one_more_thread() -> None:
    """On Linux by a real limit of memory, as a container has one."""
    done = subprocess.run(
        [sys.executable, "-c", REAL], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    during, after = done.stdout.splitlines()
    assert during in ("['200']", "['200', '503']")
    assert after == "['200']"


FILES = """
import os, resource, sys
from werkbook.serving import serve
def hello(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
server = serve(hello, token=False)
used = max(int(one) for one in os.listdir("/dev/fd")) + 1
resource.setrlimit(resource.RLIMIT_NOFILE, (used + 8, used + 100))
print(server.port, flush=True)
sys.stdin.readline()
resource.setrlimit(resource.RLIMIT_NOFILE, (used + 100, used + 100))
sys.stdin.readline()
print(server.log.text)
server.stop()
"""


def test_no_descriptor_for_one_more_connection() -> None:
    """Idle connections make room; without them clients wait till files are closed."""

    def connect() -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), 30)

    def ask(one: socket.socket) -> bytes:
        one.sendall(HEAD + b"\r\n")
        return one.recv(1000).split()[1]

    with subprocess.Popen(
        [sys.executable, "-c", FILES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        port = int(child.stdout.readline())
        idle = [connect() for _ in range(20)]
        for _ in range(5):
            with connect() as one:
                assert ask(one) == b"200"
        child.stdin.write("\n")
        child.stdin.flush()
        with connect() as one:
            assert ask(one) == b"200"
        for one in idle:
            one.close()
        log = child.communicate("\n", timeout=60)[0]
    assert log.splitlines()[0] == (
        "The process has too many open files for one more connection: those that wait "
        "for their client are ended, new ones wait."
    )
    assert "New connections can be opened again." in log


def test_idle_and_half_sent_connections_keep_nobody_waiting(
    started: Any, raw: Any
) -> None:
    """500 idle and 200 half-sent connections, and each request is answered at once."""
    server = started(hello)
    idle = [raw(server) for _ in range(500)]
    half = [raw(server) for _ in range(200)]
    for client in half:
        client.send(HEAD)
    assert [raw(server).ask()[0] for _ in range(20)] == [200] * 20
    assert all(isinstance(client.sock, socket.socket) for client in idle)
    for client in half:
        client.send(b"\r\n")
    assert {client.response()[0] for client in half} == {200}
