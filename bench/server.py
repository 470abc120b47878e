"""Compare servers for an app in a notebook: `python bench/server.py`.

Each server runs in a process of its own and is asked by this one, in turns, over
several rounds; the table has the best round of the rates, which anything else that
runs on the machine can only lower, and the medians of the rest. The app is a WSGI
callable that does nothing, so that what differs is the server; ``werkbook/flask`` is
Werkbook's server with a Flask app that has a view with a rule variable,
``werkbook/werkbook`` the same with Werkbook's own framework.

Columns: requests a second over 1 and over 16 keep-alive connections; the median
latency of requests over one connection while nothing else happens, and while 64
event streams are open; the median latency while the process's main thread computes
in pure Python (as a cell does), over a kept and over new connections; and the CPU
time that each of these requests takes from that loop.
"""

import argparse
import json
import logging
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from peers import require

ROUNDS = 8
SECONDS = 0.5
STREAMS = 64
CONNECTIONS = 16
SERVERS = [
    "werkzeug",
    "waitress",
    "waitress:80",
    "cheroot",
    "cheroot:80",
    "werkbook",
    "werkzeug/werkbook",
    "werkbook/werkbook",
    "werkzeug/flask",
    "werkbook/flask",
]
"""server[:threads][/app]; the app is "bare" where none is named."""
TIMEOUT_S = 5.0
REQUEST = (
    b"GET /hello/ada HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n"
    b"Accept: */*\r\n\r\n"
)
STREAM_REQUEST = REQUEST.replace(b"/hello/ada", b"/stream")
BODY = b'{"hello":"ada"}'


# What runs in the server's process


def bare_app(environ: Any, start_response: Any) -> Iterable[bytes]:
    """PageResponse as little as an app can."""
    if environ["PATH_INFO"] == "/stream":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return events()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", headers)
    return [BODY]


def events() -> Iterator[bytes]:
    while True:
        yield b"data: tick\n\n"
        time.sleep(1)


def framework_app(name: str) -> Any:
    """Return the same app written for a framework."""
    if name == "bare":
        return bare_app
    framework = __import__(name)
    kind = framework.App if name == "werkbook" else framework.Flask
    app = kind(__name__)

    @app.get("/hello/<name>")
    def hello(name: str) -> Any:
        return framework.Response(BODY, mimetype="application/json")

    @app.get("/stream")
    def stream() -> Any:
        return framework.Response(events(), mimetype="text/event-stream")

    return app


def serve(name: str, app: Any) -> int:
    """Start a server in a background thread; return its port."""
    kind, _, threads = name.partition(":")
    if kind == "werkbook":
        from werkbook.serving import serve

        return serve(app, token=False).port
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    port: int = listener.getsockname()[1]
    run: Callable[[], object]
    if kind == "waitress":
        from waitress import create_server

        options = {"threads": int(threads)} if threads else {}
        run = create_server(app, sockets=[listener], **options).run
    elif kind == "cheroot":
        from cheroot.wsgi import Server

        listener.close()
        run = Server(("127.0.0.1", port), app, numthreads=int(threads or 10)).start
    else:
        from werkzeug.serving import make_server

        run = make_server(
            "127.0.0.1", port, app, threaded=True, fd=listener.fileno()
        ).serve_forever
    globals()["listener"] = listener  # Werkzeug has only its number
    threading.Thread(target=run, daemon=True).start()
    return port


def child(name: str) -> None:
    """Serve, and compute for so many seconds whenever a line asks for it."""
    logging.disable(logging.CRITICAL)  # access logs, queue depths
    server, _, app_name = name.partition("/")
    print(serve(server, framework_app(app_name or "bare")), flush=True)
    for line in sys.stdin:
        end_s = time.perf_counter() + float(line)
        turns, process_s, loop_s = 0, time.process_time(), time.thread_time()
        while time.perf_counter() < end_s:
            for _ in range(1000):
                turns += 1
        loop_s = time.thread_time() - loop_s
        other_s = time.process_time() - process_s - loop_s
        print(turns / loop_s, loop_s, other_s, flush=True)


# What asks


class Client:
    """A keep-alive connection; a new one whenever the server has closed it."""

    def __init__(self, port: int):
        self.address = ("127.0.0.1", port)
        self.sock: socket.socket | None = None
        self.received = b""

    def send(self) -> None:
        if self.sock is None:
            self.sock = socket.create_connection(self.address, TIMEOUT_S)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sock.sendall(REQUEST)

    def receive(self) -> bool:
        """Read what has come; tell whether that was all."""
        assert self.sock is not None
        data = self.sock.recv(65536)
        self.received += data
        if not data and not self.received.endswith(BODY):
            raise ConnectionError("closed without an answer")
        if not self.received.endswith(BODY):
            return False
        if b"onnection: close" in self.received:
            self.close()
        return True

    def ask(self) -> float:
        start_s = time.perf_counter()
        self.send()
        while not self.receive():
            pass
        return time.perf_counter() - start_s

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
        self.sock = None


def rate(port: int, connections: int) -> float:
    """Return requests a second over so many connections."""
    clients = [Client(port) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:

        def send(client: Client) -> None:
            is_new = client.sock is None
            client.send()
            if is_new:
                assert client.sock is not None
                selector.register(client.sock, selectors.EVENT_READ, client)

        for client in clients:
            send(client)
        done, start_s = 0, time.perf_counter()
        while (passed_s := time.perf_counter() - start_s) < SECONDS:
            for key, _ in selector.select(TIMEOUT_S):
                sock = key.data.sock
                if key.data.receive():
                    done += 1
                    if key.data.sock is None:
                        selector.unregister(sock)
                    send(key.data)
    for client in clients:
        client.close()
    return done / passed_s


def latency_ms(port: int, *, is_new: bool = False, pause_s: float = 0) -> list[float]:
    """Return the latencies of requests, one after the other."""
    client = Client(port)
    latencies = []
    end_s = time.perf_counter() + SECONDS
    while time.perf_counter() < end_s:
        latencies.append(client.ask() * 1000)
        if is_new:
            client.close()
        time.sleep(pause_s)
    client.close()
    return latencies


def latency_with_streams_ms(port: int) -> float:
    """Return the median latency while event streams are open."""
    streams = []
    try:
        for _ in range(STREAMS):
            stream = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
            streams.append(stream)
            stream.sendall(STREAM_REQUEST)
        time.sleep(0.3)
        return statistics.median(latency_ms(port))
    finally:
        for stream in streams:
            stream.close()
        time.sleep(1.2)  # their threads notice with the next event


def while_computing(process: Any, port: int) -> dict[str, float]:
    """Measure requests while the server's main thread computes."""
    kept: list[float] = []
    new: list[float] = []
    pace, loop_s, other_s = compute(
        process, lambda: kept.extend(latency_ms(port, pause_s=0.02))
    )
    compute(process, lambda: new.extend(latency_ms(port, is_new=True, pause_s=0.02)))
    pace_alone, _, _ = compute(process, lambda: time.sleep(SECONDS))
    lost_s = other_s + max(0, 1 - pace / pace_alone) * loop_s
    return {
        "cpu_ms": statistics.median(kept),
        "cpu_new_ms": statistics.median(new),
        "slowed_ms": lost_s * 1000 / len(kept),
    }


def compute(
    process: Any, meanwhile: Callable[[], object]
) -> tuple[float, float, float]:
    """Let the server's main thread compute.

    Returns:
        Its turns a second, the CPU seconds it had, and those of the other threads.
    """
    process.stdin.write(f"{SECONDS}\n")
    process.stdin.flush()
    meanwhile()
    pace, loop_s, other_s = map(float, process.stdout.readline().split())
    return pace, loop_s, other_s


def measure(process: Any, port: int) -> dict[str, float]:
    """Do one round with one server."""
    result = {
        "rate_1": rate(port, 1),
        "rate_16": rate(port, CONNECTIONS),
        "quiet_ms": statistics.median(latency_ms(port)),
        **while_computing(process, port),
    }
    try:
        result["streams_ms"] = latency_with_streams_ms(port)
    except OSError:  # nobody was left to answer
        result["streams_ms"] = float("inf")
    return result


def start(name: str) -> tuple[Any, int]:
    command = [sys.executable, str(Path(__file__)), "--child", name]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def compare(names: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Measure servers in turns; return each one's numbers, by column."""
    running = {name: start(name) for name in names}
    results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    try:
        for _ in range(rounds):
            for name in list(running):
                results[name].append(measure(*running[name]))
    finally:
        for process, _ in running.values():
            process.kill()
            process.communicate()
    return {
        name: {
            key: (max if key.startswith("rate") else statistics.median)(
                [one[key] for one in rows]
            )
            for key in rows[0]
        }
        for name, rows in results.items()
    }


HEADINGS = {
    "rate_1": "req/s, 1",
    "rate_16": "req/s, 16",
    "quiet_ms": "ms",
    "streams_ms": "ms, 64 streams",
    "cpu_ms": "ms, CPU loop",
    "cpu_new_ms": "same, new conn.",
    "slowed_ms": "taken from it, ms/req",
}


def table(numbers: dict[str, dict[str, float]]) -> str:
    """Return the results as a Markdown table."""
    rows = ["| server | " + " | ".join(HEADINGS.values()) + " |"]
    rows.append("| --- |" + " ---: |" * len(HEADINGS))
    for name, result in numbers.items():
        cells = [
            f"{result[key]:,.0f}" if key.startswith("rate") else f"{result[key]:.2f}"
            for key in HEADINGS
        ]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


COMPARISONS = [
    ("werkbook", "werkzeug", 3),
    ("werkbook", "waitress", 0.8),
    ("werkbook", "waitress:80", 0.8),
    ("werkbook/werkbook", "werkzeug/werkbook", 3),
    ("werkbook/werkbook", "waitress", 0.8),
    ("werkbook/werkbook", "waitress:80", 0.8),
    ("werkbook/flask", "werkzeug/flask", 3),
]
"""Which two to compare, and the ratio that the first has to reach."""


def ratios(numbers: dict[str, dict[str, float]]) -> str:
    """Return how Werkbook's server stands to the others, and to the targets."""
    lines = ["| ratio | 1 connection | 16 | target |", "| --- | ---: | ---: | ---: |"]
    for first, second, target in COMPARISONS:
        if first in numbers and second in numbers:
            one, many = (
                numbers[first][key] / numbers[second][key]
                for key in ("rate_1", "rate_16")
            )
            names = f"{first} : {second}"
            lines.append(f"| {names} | {one:.2f} | {many:.2f} | {target} |")
    for name, result in numbers.items():
        if name.startswith("werkbook"):
            slower = result["streams_ms"] / result["quiet_ms"]
            lines.append(f"\n{name}: with 64 streams {slower:.2f} times the latency")
            lines.append(f"(target: 2), in a CPU loop {result['cpu_ms']:.1f} ms (50)")
    return "\n".join(lines)


def main() -> None:
    """Run the comparison, or one of its servers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--servers", nargs="*", default=SERVERS, metavar="NAME")
    parser.add_argument("--json", action="store_true", help="print the numbers alone")
    parser.add_argument("--child", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    require("cheroot", "flask", "waitress", "werkzeug")
    numbers = compare(options.servers, options.rounds)
    if options.json:
        print(json.dumps(numbers))
        return
    print(f"{table(numbers)}\n\n{ratios(numbers)}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
    main()
