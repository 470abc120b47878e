"""A conversation with the process in which a submission's notebook runs.

A question is a line of JSON, and so is its answer. The process never gets to know what
must hold of its answers: they are judged here.
"""

from __future__ import annotations

import importlib.util
import json
import secrets
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from time import monotonic
from typing import IO, Any

from werkbook.errors import WerkbookError
from werkbook.processes.fork_server import CAN_FORK, ForkServer
from werkbook.processes.spawned import Process, end_group, handed_on, spawn

from ...plain_words import read_strangers_json
from .confinement import SubmissionLimits
from .usage import (
    HiddenError,
    disk_usage,
    end_all,
    nameless_files,
    started_by,
    take_more_memory,
)

MAX_ANSWER_BYTES = 64_000_000
MAX_WAITING = 2
"""Lines that are kept until they are read: a cell may write more than it was asked."""
GRACE_S = 0.5
END_S = 5.0
"""How long the end of a process is waited for, once it was killed."""
HOME = ".home"
"""The folder in a submission's own that is its home."""
WATCH_S = 0.25
"""How often the files and processes of a submission are looked at."""
OWN_PROCESSES = 2
"""Those that shut a submission in: see `werkbook.processes.sandbox`."""
CHILD = "werkbook_ext.exercises.grading_child"
PRELOADED = (
    CHILD,
    "werkbook_ext.loading",
    "werkbook",
    "bs4",
    "email.mime.multipart",
    "jinja2.ext",
    "jmespath",
    "requests",
    "sqlite3",
    "tempfile",
    "werkzeug.security",
)
"""What most submissions need: a fork server imports it once for all."""
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "WERKBOOK_LANGUAGE")
_START = "import sys; sys.path[:0] = {paths!r}; from {child} import main; main()"


class SubmissionError(WerkbookError, RuntimeError):
    """A submission's process hangs, died or says what nobody understands."""


class Starter:
    """Starts the processes of submissions: a fork server's, where there can be one.

    Several threads can use it; leaving the `with` ends what it holds.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = Lock()
        self._server: ForkServer | None = None

    def __enter__(self) -> Starter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    def start(self, folder: Path) -> Process:
        """Start a process in a folder.

        Raises:
            SubmissionError: The extension is missing.
            OSError: No process can be started.
        """
        paths = _import_paths()
        home = folder / HOME
        home.mkdir(exist_ok=True)
        env = handed_on(_KEPT, {"HOME": str(home), "IPYTHONDIR": str(home)})
        if CAN_FORK:
            with suppress(OSError):
                return self._living(paths).fork(folder, env)
        start = _START.format(paths=paths, child=CHILD)
        return spawn([sys.executable, "-I", "-c", start], folder, env)

    def _living(self, paths: list[str]) -> ForkServer:
        """Return the fork server; a new one when a submission has killed it."""
        with self._lock:
            if self._server is not None and not self._server.is_alive:
                self._server.close()
                self._server = None
            if self._server is None:
                env = handed_on(_KEPT, {})
                self._server = ForkServer(PRELOADED, f"{CHILD}:main", paths, env)
            return self._server


class Conversation:
    """The process of one submission; leaving the `with` ends it and all it started."""

    def __init__(
        self, folder: Path, limits: SubmissionLimits, starter: Starter
    ) -> None:
        """Start the process in a folder; from then on its time counts.

        Raises:
            SubmissionError: No process can be started, or the extension is missing.
        """
        self._limits = limits
        self._folder = folder
        self._lines: Queue[bytes | None] = Queue(MAX_WAITING)
        self._process = starter.start(folder)
        self._deadline_s = monotonic() + limits.timeout_s
        assert self._process.stdout is not None
        stream = self._process.stdout
        self._reader = Thread(target=self._read, args=[stream], daemon=True)
        try:
            self._reader.start()
        except RuntimeError:  # there may be no more threads
            self.end()
            raise

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _read(self, stream: IO[bytes]) -> None:
        with suppress(ValueError, OSError):
            while line := stream.readline(MAX_ANSWER_BYTES):
                self._lines.put(line)
        self._lines.put(None)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask the process something, and wait for its answer.

        Raises:
            SubmissionError: It does not answer in time, has died, or answers nonsense.
        """
        assert self._process.stdin is not None
        try:
            # What was written before it was asked, by a cell, has no such number.
            number = secrets.token_hex(8)
            text = json.dumps({**question, "number": number})
            self._process.stdin.write(text.encode() + b"\n")
            self._process.stdin.flush()
            line = self._next_line()
        except Empty:
            raise SubmissionError(
                f"It did not end within {self._limits.timeout_s:g} s.",
                why="a cell or a view never ends, or takes very long.",
                fix="grade with --timeout, if it only is slow.",
            ) from None
        except OSError:
            line = None
        if line is None:
            raise self._died()
        return _answer(line, number)

    def _next_line(self) -> bytes | None:
        """Wait for the next line, and look now and then at what it takes.

        Raises:
            Empty: None came in time.
            SubmissionError: It takes more than it may.
        """
        while True:
            left_s = max(0.0, self._deadline_s - monotonic())
            try:
                return self._lines.get(timeout=min(left_s, WATCH_S))
            except Empty:
                if left_s <= WATCH_S:
                    raise
            self._look()

    def _look(self) -> None:
        """Look at what the submission has taken by now.

        Raises:
            SubmissionError: It is too much.
        """
        limits = self._limits
        started = started_by(self._process.pid)
        try:
            if len(started) > limits.processes + OWN_PROCESSES:
                raise _too_much(
                    f"It started more than {limits.processes} processes",
                    "starts processes without end",
                    "--processes",
                )
            on_disk, in_memory = nameless_files(started)
            self._look_at_files(on_disk)
            if take_more_memory(started, limits.memory_mb * 1_000_000 - in_memory):
                raise _too_much(
                    f"It took more than {limits.memory_mb} MB of memory",
                    "fills the memory, or starts processes that do",
                    "--memory",
                )
        except SubmissionError:
            end_all(started)
            raise

    def _look_at_files(self, nameless_bytes: int) -> None:
        limits = self._limits
        try:
            size, count = disk_usage(self._folder, limits.files)
        except HiddenError as error:
            text = f"In its folder {error}"
            raise _too_much(text, "keeps files from sight") from None
        if size + nameless_bytes > limits.folder_mb * 1_000_000:
            text = f"It wrote more than {limits.folder_mb} MB"
            raise _too_much(text, "writes files without end")
        if count > limits.files:
            text = f"It made more than {limits.files} files"
            raise _too_much(text, "writes files without end")

    def _died(self) -> SubmissionError:
        code = self._process.wait()
        return SubmissionError(
            f"Its process ended with {code}.",
            why="a cell ended it, or it used more memory than it may"
            f" ({self._limits.memory_mb} MB).",
            fix="grade with --memory, if it needs more.",
        )

    def end(self) -> None:
        """Let the process end, then kill its group, and wait until all are gone."""
        process = self._process
        with suppress(OSError, subprocess.TimeoutExpired):
            assert process.stdin is not None
            process.stdin.close()  # no more questions: one that listens ends by itself
            process.wait(GRACE_S)
        end_group(process)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._let_go()

    def _let_go(self) -> None:
        """Wait for the reader, which may wait itself: lines that nobody asks for go."""
        until_s = monotonic() + END_S
        while self._reader.is_alive() and monotonic() < until_s:
            with suppress(Empty):
                self._lines.get_nowait()
            self._reader.join(0.01)


def _too_much(problem: str, does: str, option: str = "") -> SubmissionError:
    """Return the error for what takes more than it may."""
    return SubmissionError(
        f"{problem}.",
        why=f"a cell or a view {does}.",
        fix=f"grade with {option}, if it needs more."
        if option
        else "look into the notebook.",
    )


def _import_paths() -> list[str]:
    """Return where Werkbook and its extension are found.

    Raises:
        SubmissionError: Something is missing that notebooks need.
    """
    packages = [importlib.util.find_spec(name) for name in ("werkbook", "werkbook_ext")]
    if importlib.util.find_spec("IPython") is None or None in packages:
        raise SubmissionError(
            "Notebooks cannot be run here.",
            why="they need IPython and Werkbook's extension.",
            fix="pip install 'werkbook[notebook]'",
        )
    origins = [Path(str(one.origin)).parent.parent for one in packages if one]
    return [str(path) for path in dict.fromkeys(origins)]


def _answer(line: bytes, number: str) -> dict[str, Any]:
    try:
        answer = read_strangers_json(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or answer.get("number") != number:
        raise SubmissionError(
            "Its process answered what is no answer.",
            why="a cell wrote to the channel on which it is asked.",
            fix="look into the notebook.",
        )
    return answer
