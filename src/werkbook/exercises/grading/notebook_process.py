"""A conversation with the process in which a submission's notebook runs.

A question is a line of JSON, and so is its answer. The process never gets to know what
must hold of its answers: they are judged here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import IO, Any

from werkbook.errors import WerkbookError

from .confinement import SubmissionLimits

MAX_ANSWER_BYTES = 64_000_000
GRACE_S = 0.5
CHILD = "werkbook_ext.exercises.grading_child"
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "WERKBOOK_LANGUAGE")
_START = (
    "import runpy, sys; sys.path[:0] = {paths!r};"
    " runpy.run_module({child!r}, run_name='__main__')"
)


class SubmissionError(WerkbookError, RuntimeError):
    """A submission's process hangs, died or says what nobody understands."""


class Conversation:
    """The process of one submission; leaving the `with` ends it and all it started."""

    def __init__(self, folder: Path, limits: SubmissionLimits) -> None:
        """Start the process in a folder.

        Raises:
            SubmissionError: No process can be started, or the extension is missing.
        """
        self._limits = limits
        self._deadline_s = monotonic() + limits.timeout_s
        self._lines: Queue[bytes | None] = Queue()
        self._process = _started(folder)
        assert self._process.stdout is not None
        reader = Thread(target=self._read, args=[self._process.stdout], daemon=True)
        reader.start()
        self._reader = reader

    def __enter__(self) -> Conversation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=max(0.0, self._deadline_s - monotonic()))
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
        return _answer(line)

    def _died(self) -> SubmissionError:
        self._process.wait()
        code = self._process.returncode
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
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._reader.join(5)


def _started(folder: Path) -> subprocess.Popen[bytes]:
    packages = [importlib.util.find_spec(name) for name in ("werkbook", "werkbook_ext")]
    if importlib.util.find_spec("IPython") is None or None in packages:
        raise SubmissionError(
            "Notebooks cannot be run here.",
            why="they need IPython and Werkbook's extension.",
            fix="pip install 'werkbook[notebook]'",
        )
    origins = [Path(str(one.origin)).parent.parent for one in packages if one]
    paths = [str(path) for path in dict.fromkeys(origins)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    places = {"HOME": str(home), "IPYTHONDIR": str(home), "MPLBACKEND": "agg"}
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _START.format(paths=paths, child=CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**environment, **places},
        start_new_session=True,
    )


def _answer(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SubmissionError(
            "Its process answered what is no answer.",
            why="a cell wrote to the channel on which it is asked.",
            fix="look into the notebook.",
        )
    return answer
