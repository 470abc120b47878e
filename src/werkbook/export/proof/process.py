"""A clean process, from the side of the one who starts it."""

from __future__ import annotations

import contextlib
import json
import queue
import site
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkbook import processes
from werkbook.processes.compiled import compile_once
from werkbook.processes.spawned import end_group, handed_on

START_S = 60.0
"""Seconds that a process may take until its own code, which is ours, has begun."""
GRACE_S = 3.0
"""Seconds beyond the limit that a process has to say that time is over."""
_LAUNCHER = Path(__file__).with_name("inside") / "launch.py"
_IN_SANDBOX = (_LAUNCHER.parent, *map(Path, processes.__path__))
"""The folders of what only processes that are shut in import."""
_HANDED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_LOG_BYTES = 4000
_LAST_S = 0.5
_LAST_WORDS = ("end", "failed", "uncallable")

Message = dict[str, Any]


class SilentError(Exception):
    """A process said nothing for too long, or has ended without a word.

    Attributes:
        why: In a few words.
        log: The end of what it printed.
    """

    def __init__(self, why: str, log: str) -> None:
        super().__init__(why)
        self.why = why
        self.log = log


class CleanProcess:
    """One of the proof's processes, with those that it starts.

    It has an empty HOME, a temporary folder of its own, and of the environment what
    it was handed on. `close` ends it with all that it started.

    Args:
        role: The module of `inside` that it runs.
        place: Its folder, new: where it may write.
        env: Names of further environment variables to hand on.
        silence_s: Seconds that it may take from one message to the next.
        hash_seed: Processes with the same one give a set's members in the same order
            (`PYTHONHASHSEED`, which may be handed on as well).

    Raises:
        OSError: No process can be started here.
    """

    def __init__(
        self,
        role: str,
        place: Path,
        *,
        env: Iterable[str] = (),
        silence_s: float,
        hash_seed: int = 0,
    ) -> None:
        self.role = role
        self._silence_s = silence_s
        self._log = place / "log.txt"
        # Where a copy of the folder lies is nobody's affair.
        self._own_path = f"{place.resolve()}/notebook/".encode()
        self._messages: queue.Queue[tuple[float, Message | None]] = queue.Queue()
        self._last_s = time.monotonic()
        self._has_begun = self._has_ended = False
        for name in ("home", "tmp"):
            (place / name).mkdir(parents=True, exist_ok=True)
        for folder in _IN_SANDBOX:
            compile_once(folder)
        seed = {"PYTHONHASHSEED": str(hash_seed)}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(_LAUNCHER), role, str(place.resolve())],
                cwd=place,
                env=seed | clean_environment(place.resolve(), env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        reader = threading.Thread(target=self._read, daemon=True, name="proof-reader")
        try:
            reader.start()
        except RuntimeError:  # there may be no more threads
            self.close()
            assert self._process.stdout is not None
            self._process.stdout.close()
            raise

    def say(self, message: Message) -> None:
        """Send a message; what has ended does not listen any longer."""
        assert self._process.stdin is not None
        self._last_s = time.monotonic()
        with contextlib.suppress(BrokenPipeError, OSError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def hear(self, tick: Callable[[], None] = lambda: None) -> Message:
        """Wait for the next message.

        Args:
            tick: Called once a second meanwhile.

        Raises:
            SilentError: There is none in time, or there will be none.
        """
        while True:
            limit_s = self._silence_s if self._has_begun else START_S
            left_s = self._last_s + limit_s + GRACE_S - time.monotonic()
            try:
                at_s, message = self._messages.get(timeout=max(0.01, min(1.0, left_s)))
                break
            except queue.Empty:
                tick()
            if left_s <= 0:
                why = f"no word for {limit_s:g} s; --timeout gives it more"
                raise SilentError(why, self.log())
        self._last_s = max(self._last_s, at_s)
        self._has_begun = True
        self._has_ended = message is None or message["what"] in _LAST_WORDS
        if message is None:
            raise SilentError(f"it ended with {self._status()}", self.log())
        return message

    def log(self) -> str:
        """The end of what the process and its own printed."""
        with contextlib.suppress(OSError), self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - _LOG_BYTES))
            return file.read().decode(errors="replace")
        return ""

    def close(self) -> None:
        """End it, with all that it started."""
        if self._has_ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_S)  # it goes by itself, and is counted
        end_group(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None and pipe is self._process.stdin:
                    pipe.close()

    def _status(self) -> int:
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            return 0

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines, contextlib.suppress(ValueError, OSError):
            for line in lines:
                told = line.replace(self._own_path, b"")
                self._messages.put((time.monotonic(), json.loads(told)))
        self._messages.put((time.monotonic(), None))


def clean_environment(place: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the environment of a process: of its own, and what it was handed on."""
    ours = {
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        # Pyodide has none.
        "PYTHONUSERBASE": site.getuserbase() or str(place / "home"),
        "WERKBOOK_PROOF": "1",
    }
    return handed_on([*_HANDED_ON, *names], ours)
