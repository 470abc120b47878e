"""The exported file under two workers: each request goes to the other one.

gunicorn serves where it is installed (for an ASGI app with uvicorn's workers, where
these are), else two processes of our own. In the middle of the requests all workers are
started anew.
"""

from __future__ import annotations

import http.client
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from .app_file import load
from .channel import Channel, leave
from .questions.asgi import AsgiAsWsgi, is_asgi
from .questions.asking import Asker

WORKERS = 2
_POLL_S = 0.01
_UVICORN = "uvicorn_worker.UvicornWorker"
_CONFIG = """\
from pathlib import Path

bind = ["unix:../0.sock", "unix:../1.sock"]  # a short path, from the app's folder
workers = 2
threads = 2
worker_class = {worker_class!r}
timeout = {limit_s}
graceful_timeout = 1
chdir = {folder!r}
worker_tmp_dir = {place!r}
control_socket_disable = True


def post_fork(server, worker):
    worker.sockets = [worker.sockets[(worker.age - 1) % 2]]


def post_worker_init(worker):
    Path({place!r}, f"ready-{{worker.age}}").touch()


def child_exit(server, worker):
    Path({place!r}, f"gone-{{worker.age}}").touch()
"""


class DidNotStartError(RuntimeError):
    """The workers are not there in time."""


def main(open_ends: str) -> None:
    """Serve the file, ask what we are told, and say what it answers."""
    channel = Channel()
    job = channel.hear()
    sys.path.insert(0, job["folder"])
    sys.path.extend(job["path"])
    os.chdir(job["place"])
    server = _server(job)
    channel.say("begin", open_ends=open_ends, server=server.name)
    try:
        server.start()
    except DidNotStartError as error:
        channel.say("failed", error=str(error))
        leave(0)
    channel.say("started")
    questions = channel.hear()["questions"]
    asker = Asker(Alternating(["0.sock", "1.sock"]), job["request_limit_s"])
    for number, question in enumerate(questions):
        if number == (len(questions) + 1) // 2:
            server.restart()
        channel.say("asking", number=number)
        channel.say("answer", number=number, answer=asker.ask(question))
    channel.say("end")
    leave(0)


def _server(job: dict[str, Any]) -> Gunicorn | Forked:
    worker = "gunicorn.workers.gthread" if job["is_wsgi"] else "uvicorn_worker"
    if importlib.util.find_spec("gunicorn") and importlib.util.find_spec(worker):
        return Gunicorn(job)
    return Forked(job)


class Gunicorn:
    """gunicorn with two workers, each of which listens on a socket of its own."""

    name = "gunicorn"

    def __init__(self, job: dict[str, Any]) -> None:
        """Prepare; nothing is started."""
        self._job = job
        self._worker_class = "gthread" if job["is_wsgi"] else _UVICORN
        self._place = Path(job["place"])
        self._process: subprocess.Popen[bytes] | None = None
        self._age = 0

    def start(self) -> None:
        """Start it, and wait for both workers.

        Raises:
            DidNotStartError: They are not there in time.
        """
        config = self._place / "gunicorn_proof.py"
        limit_s = int(self._job["limit_s"]) + 1
        text = _CONFIG.format(
            worker_class=self._worker_class,
            limit_s=limit_s,
            folder=self._job["folder"],
            place=str(self._place),
        )
        config.write_text(text)
        name = f"{Path(self._job['file']).stem}:{self._job['app']}"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                str(config),
                name,
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            cwd=self._place,
        )
        self._wait("ready")

    def restart(self) -> None:
        """Start the workers anew; those of before are gone when it returns."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)
        before = self._age
        self._age += WORKERS
        self._wait("ready")
        self._age, after = before, self._age
        self._wait("gone")
        self._age = after

    def _wait(self, what: str) -> None:
        ages = [self._age + 1 + number for number in range(WORKERS)]
        _wait_for(
            lambda: all((self._place / f"{what}-{age}").exists() for age in ages),
            self._job["limit_s"],
            lambda: self._is_alive(ages if what == "ready" else ()),
        )

    def _is_alive(self, ages: Iterable[int]) -> bool:
        """Say whether gunicorn runs, and has no other worker in place of some."""
        is_gone = any((self._place / f"gone-{age}").exists() for age in ages)
        return (
            not is_gone and self._process is not None and self._process.poll() is None
        )


class Forked:
    """Two processes of our own, with Werkzeug's server."""

    name = "two processes"

    def __init__(self, job: dict[str, Any]) -> None:
        """Prepare; nothing is started."""
        self._job = job
        self._workers: list[int] = []

    def start(self) -> None:
        """Start both, and wait until they listen.

        Raises:
            DidNotStartError: They are not there in time.
        """
        self._workers = [self._fork(number) for number in range(WORKERS)]
        names = [Path(f"{number}.sock") for number in range(WORKERS)]
        _wait_for(
            lambda: all(map(_listens, names)), self._job["limit_s"], self._are_alive
        )

    def restart(self) -> None:
        """End both, and start two others."""
        for worker in self._workers:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
        for number in range(WORKERS):
            Path(f"{number}.sock").unlink(missing_ok=True)
        self.start()

    def _are_alive(self) -> bool:
        return all(os.waitpid(one, os.WNOHANG)[0] == 0 for one in self._workers)

    def _fork(self, number: int) -> int:
        child = os.fork()
        if child:
            return child
        address = f"unix://{Path(f'{number}.sock').absolute()}"
        os.chdir(self._job["folder"])
        try:
            app = load(self._job["file"], self._job["app"])
            app = AsgiAsWsgi(app) if is_asgi(app) else app
            make_server = import_module("werkzeug.serving").make_server
            make_server(address, 0, app).serve_forever()
        except BaseException:
            traceback.print_exc()
        return leave(1)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _wait_for(
    is_done: Callable[[], bool], limit_s: float, is_alive: Callable[[], bool]
) -> None:
    end_s = time.monotonic() + limit_s
    while not is_done():
        if time.monotonic() > end_s:
            raise DidNotStartError(f"the workers are not ready after {limit_s:g} s")
        if not is_alive():
            raise DidNotStartError("a worker ends while it starts")
        time.sleep(_POLL_S)


class Alternating:
    """A WSGI app that hands each request to the worker that did not have the last.

    Args:
        sockets: The paths of the workers' sockets, relative to the working folder: of
            a long path no socket can be made.
    """

    def __init__(self, sockets: Iterable[str]) -> None:
        self._sockets = list(sockets)
        self._next = 0

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterator[bytes]:
        """Forward a request, and give the answer as it comes."""
        connection = _UnixConnection(self._turn())
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        _send(connection, environ, body)
        response = connection.getresponse()
        headers = [
            (name, value)
            for name, value in response.getheaders()
            if name.lower() not in ("connection", "transfer-encoding", "server", "date")
        ]
        start_response(f"{response.status} {response.reason or '-'}", headers)
        return _parts(response, connection)

    def connect(self) -> socket.socket:
        """Give a socket to the next worker, for a WebSocket."""
        found = socket.socket(socket.AF_UNIX)
        found.connect(self._turn())
        return found

    def _turn(self) -> str:
        """The socket's path of the worker whose turn it is."""
        path = self._sockets[self._next]
        self._next = (self._next + 1) % len(self._sockets)
        return path


def _send(
    connection: http.client.HTTPConnection, environ: dict[str, Any], body: bytes
) -> None:
    """Send a request with its own headers alone: an app may echo what it got."""
    connection.putrequest(
        environ["REQUEST_METHOD"],
        _target(environ),
        skip_host=True,
        skip_accept_encoding=True,
    )
    for name, value in _headers(environ).items():
        connection.putheader(name, value)
    connection.endheaders(body or None)


def _parts(
    response: http.client.HTTPResponse, connection: http.client.HTTPConnection
) -> Iterator[bytes]:
    try:
        while part := response.read1(65536):
            yield part
    finally:
        connection.close()


class _UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over a socket that is a file."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def _target(environ: dict[str, Any]) -> str:
    query = environ.get("QUERY_STRING", "")
    path = environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ["PATH_INFO"]
    path = path.partition("?")[0]
    return f"{path}?{query}" if query else path


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    found = {
        name[5:].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and isinstance(value, str)
    }
    if environ.get("CONTENT_TYPE"):
        found["Content-Type"] = environ["CONTENT_TYPE"]
    if environ.get("CONTENT_LENGTH"):
        found["Content-Length"] = environ["CONTENT_LENGTH"]
    return found
