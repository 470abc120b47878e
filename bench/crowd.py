"""Compare servers in a crowd: `python bench/crowd.py`.

Each server runs in a process of its own with an app that does nothing. Measured is the
median latency of requests over a kept connection and over new ones, while nobody else
is there, and while 500 open connections say nothing and 200 have sent half a request.
"ratio" is that of the two, for Werkbook at most 2; "inf" is no answer within 5 seconds.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peers import require

SERVERS = ["werkbook", "waitress", "gunicorn gthread", "cheroot"]
IDLE = 500
HALF_SENT = 200
REQUESTS = 200
ROUNDS = 3
TIMEOUT_S = 5.0
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
BODY = b"hello from the crowd"


def app(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Answer as quickly as a WSGI application can."""
    start_response("200 OK", [("Content-Length", str(len(BODY)))])
    return [BODY]


def child(name: str, port: int) -> None:
    """Serve, each server as it comes but for its number of connections."""
    if name == "werkbook":
        from werkbook.serving import serve

        serve(app, port=port, token=False)
        time.sleep(3600)
    elif name == "waitress":
        import waitress

        waitress.serve(app, host="127.0.0.1", port=port, connection_limit=1000)
    elif name == "cheroot":
        from cheroot.wsgi import Server

        Server(("127.0.0.1", port), app, request_queue_size=256).start()
    else:
        from gunicorn.app.wsgiapp import run

        options = ["--worker-class=gthread", "--threads=16", "--log-level=error"]
        sys.path.insert(0, str(Path(__file__).parent))
        sys.argv = ["gunicorn", f"--bind=127.0.0.1:{port}", *options, "crowd:app"]
        run()


@contextmanager
def running(name: str) -> Iterator[int]:
    """Start a server; give its port once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__)), "--child", name, str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                ask(connect(port))
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def connect(port: int) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", port), TIMEOUT_S)


def ask(sock: socket.socket) -> float:
    """Send a request; return the milliseconds until its whole answer."""
    start_s = time.perf_counter()
    sock.sendall(REQUEST)
    received = b""
    while not received.endswith(BODY):
        data = sock.recv(4096)
        if not data:
            raise ConnectionError("closed without an answer")
        received += data
    return (time.perf_counter() - start_s) * 1000


def latencies(port: int) -> tuple[float, float]:
    """Return the median over one kept connection, and over new ones; inf for none."""
    try:
        with connect(port) as kept:
            old = statistics.median(ask(kept) for _ in range(REQUESTS))
        new = []
        for _ in range(REQUESTS):
            start_s = time.perf_counter()
            with connect(port) as one:
                ask(one)
            new.append((time.perf_counter() - start_s) * 1000)
        return old, statistics.median(new)
    except OSError:
        return float("inf"), float("inf")


def measure(name: str) -> list[float]:
    """Return both medians alone and in the crowd, of the best round."""
    rows = []
    for _ in range(ROUNDS):
        with running(name) as port:
            alone = latencies(port)
            crowd = [connect(port) for _ in range(IDLE + HALF_SENT)]
            for half in crowd[IDLE:]:
                half.sendall(REQUEST[:20])
            time.sleep(0.5)
            rows.append([*alone, *latencies(port)])
            for one in crowd:
                one.close()
    return [min(column) for column in zip(*rows, strict=True)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", nargs=2, metavar=("NAME", "PORT"))
    options = parser.parse_args()
    if options.child:
        child(options.child[0], int(options.child[1]))
        return
    require("waitress", "gunicorn", "cheroot")
    print(
        f"Milliseconds; the crowd is {IDLE} idle and {HALF_SENT} half-sent connections"
    )
    heads = ("kept, alone", "new, alone", "kept, crowd", "new, crowd")
    ratios = "".join(f"{one:>13}" for one in (*heads, "kept, ratio", "new, ratio"))
    print(f"{'server':<18}{ratios}")
    for name in SERVERS:
        alone, new, crowd, crowd_new = measure(name)
        numbers = "".join(f"{one:10.2f} ms" for one in (alone, new, crowd, crowd_new))
        ratio = f"{crowd / alone:11.1f} x{crowd_new / new:11.1f} x"
        print(f"{name:<18}{numbers}{ratio}", flush=True)


if __name__ == "__main__":
    main()
