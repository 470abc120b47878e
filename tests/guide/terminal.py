"""A terminal in which a page's commands are typed, one after the other."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT_S = 100.0
"""How long a command, or the start of a server, may take."""
_BIN = Path(sys.executable).parent
_SERVERS = re.compile(
    r"(\S+=\S+ |SECRET_KEY=\$\(.*?\) )*"
    r"(\.venv/bin/gunicorn|gunicorn|waitress-serve|python app\.py|python3 serve\.py"
    r"|jupyter lab)\b"
)
_AWAY = (
    *("jupyter_lsp", "jupyter_server_proxy", "jupyter_server_ydoc", "notebook"),
    *("jupyter_server_fileid", "jupyter_server_nbmodel", "jupytext"),
)
"""Extensions of Jupyter Server that take half of its start."""
_ADAPTED = [
    # Loopback alone, on a port that no other test has.
    (r"\b0\.0\.0\.0\b", "127.0.0.1"),
    (r"^waitress-serve (--port 8000 )?", "waitress-serve --listen 127.0.0.1:8000 "),
    (r"^python3 serve\.py lite", r"\g<0> --port 8000"),
    (r"\b8000\b", "{port}"),
    # The environment of the tests has the packages; none is asked for elsewhere.
    (r"^python3 -m venv (\S+)", rf"ln -s {_BIN.parent} \1"),
    (
        r"^(\.venv/bin/)?pip install",
        f"uv pip install --quiet --offline --dry-run --python {sys.executable}",
    ),
]


@dataclass
class Terminal:
    """A shell whose folder and environment last from command to command.

    Attributes:
        home: The page's folder, which each block begins in.
        port: That of the servers, in place of 8000.
    """

    home: Path
    port: int
    _folder: Path = field(init=False)
    _env: dict[str, str] = field(init=False)
    _server: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Open a new terminal beside the one with a server."""
        away = ("PYTEST", "WERKBOOK", "PYTHON", "COV_")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(away)
        }
        settings = self.home.parent / "settings"
        self._folder = self.home
        self._env = {
            **kept,
            "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(settings),
            "PORT": str(self.port),
            "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{self.port}",
            "JUPYTER_CONFIG_DIR": str(settings),
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }
        settings.mkdir(exist_ok=True)
        # In a real terminal curl shows no progress beside an answer.
        (settings / ".curlrc").write_text("silent\nshow-error\n")
        (settings / "jupyter_server_config.py").write_text(
            f"c.ServerApp.port = {self.port}\nc.ServerApp.port_retries = 0\n"
            "c.ServerApp.open_browser = False\nc.ServerApp.allow_root = True\n"
            f"c.ServerApp.jpserver_extensions.update({dict.fromkeys(_AWAY, False)})\n"
        )

    def type(self, command: str) -> tuple[int, str]:
        """Run a command, or start a server: its exit status, and what it printed."""
        for pattern, text in _ADAPTED:
            command = re.sub(pattern, text.replace("{port}", str(self.port)), command)
        if _SERVERS.match(command):
            return self._serve(command)
        log, env, folder = (self._beside(name) for name in ("log", "env", "folder"))
        script = f"{command}\nstatus=$?\nenv -0 > {env}\npwd > {folder}\nexit $status"
        with log.open("wb") as out:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT_S,
            )
        lines = env.read_text().split("\0")
        self._env = dict(line.split("=", 1) for line in lines if "=" in line)
        self._folder = Path(folder.read_text().rstrip("\n"))
        return done.returncode, self._masked(log.read_text())

    def _serve(self, command: str) -> tuple[int, str]:
        """Start a server in place of the last one, until it answers a request."""
        self.close()
        log = self._beside("server")
        with log.open("wb") as out:
            self._server = subprocess.Popen(
                ["bash", "-c", f"exec env {command}"],
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        path = "/api" if "jupyter lab" in command else "/"
        until = time.monotonic() + TIMEOUT_S
        status = None
        while status is None and time.monotonic() < until:
            if self._server.poll() is not None:
                break
            status = self._ask(path)
        return (0 if status == 200 else 1), self._masked(log.read_text())

    def _ask(self, path: str) -> int | None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            with contextlib.closing(connection):
                connection.request("GET", path)
                return connection.getresponse().status
        time.sleep(0.05)
        return None

    def wait_for_log(self, texts: list[str]) -> None:
        """Return when the server has logged these, each as often as it stands here."""
        until = time.monotonic() + TIMEOUT_S
        while texts and time.monotonic() < until:
            log = self._beside("server").read_text()
            if all(log.count(one) >= texts.count(one) for one in texts):
                return
            time.sleep(0.05)
        assert not texts, log

    def close(self) -> None:
        """End the server, and what it started."""
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGTERM)
            try:
                self._server.wait(timeout=TIMEOUT_S)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._server.pid, signal.SIGKILL)
                self._server.wait()
        self._server = None

    def _beside(self, name: str) -> Path:
        return self.home.parent / name

    def _masked(self, text: str) -> str:
        """Leave out the progress of a proof, which depends on how long it takes."""
        lines = text.replace(str(self.port), "8000").splitlines()
        return "\n".join(one.rstrip() for one in lines if one[:7] != "Proof, ")


@contextlib.contextmanager
def terminal(home: Path, port: int) -> Iterator[Terminal]:
    """Give a terminal whose server ends with the page."""
    opened = Terminal(home, port)
    try:
        yield opened
    finally:
        opened.close()
