"""A process that has imported what many others need, and splits off each of them.

Linux alone: elsewhere a process that has loaded system libraries may not fork.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import IO

CAN_FORK = sys.platform.startswith("linux")
GRACE_S = 1.0
START_S = 60.0
"""Seconds that the imports may take, and a fork of a machine that is very busy."""
_START = (
    "import sys; sys.path[:0] = {paths!r};"
    " from werkbook.processes.forking import serve;"
    " serve({handle}, {modules!r}, {entry!r})"
)


class ForkServer:
    """The process, from the side of the one who wants others of it.

    It can be used by several threads.
    """

    def __init__(
        self,
        modules: Sequence[str],
        entry: str,
        paths: Sequence[str],
        env: Mapping[str, str],
    ) -> None:
        """Start it; it imports while we go on.

        Args:
            modules: What it imports.
            entry: "module:function": what each process calls.
            paths: Where modules are found, before all else.
            env: Its environment.

        Raises:
            OSError: No process can be started.
        """
        self._lock = Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        start = _START.format(
            paths=list(paths),
            handle=theirs.fileno(),
            modules=list(modules),
            entry=entry,
        )
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", start],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=dict(env),
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked for another process."""
        return self._process.poll() is None

    def fork(self, folder: Path, env: Mapping[str, str]) -> ForkedProcess:
        """Split off a process that runs in a folder, with an environment.

        Raises:
            OSError: The server has died.
        """
        message = json.dumps({"folder": str(folder), "env": dict(env)}).encode()
        their_input, our_input = os.pipe()
        our_output, their_output = os.pipe()
        our_status, their_status = os.pipe()
        theirs = [their_input, their_output, their_status]
        try:
            with self._lock:
                socket.send_fds(self._socket, [message], theirs)
        except BaseException:
            for handle in (our_input, our_output, our_status):
                os.close(handle)
            raise
        finally:
            for handle in theirs:
                os.close(handle)
        return ForkedProcess(our_input, our_output, our_status)

    def kill(self) -> None:
        """End it at once, and all that it split off."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it, and let go of it: it ends by itself, or at once."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)
        self.kill()


class ForkedProcess:
    """A process that a server split off: as much of a `Popen` as is needed.

    Raises:
        OSError: It has not begun, since the server died.
    """

    def __init__(self, stdin: int, stdout: int, status: int) -> None:
        self.stdin: IO[bytes] | None = os.fdopen(stdin, "wb")
        self.stdout: IO[bytes] | None = os.fdopen(stdout, "rb")
        self._status = os.fdopen(status, "rb", buffering=0)
        self._code: int | None = None
        line = self._line(START_S)
        if not line:
            self._close()
            raise OSError("the process that forks others has died")
        self.pid = int(line)

    def _line(self, timeout_s: float | None) -> bytes | None:
        """Return what its keeper says next: its number, then its exit code."""
        ready, _, _ = select.select([self._status], [], [], timeout_s)
        return self._status.readline() if ready else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code; -9 when its keeper was killed.

        Raises:
            subprocess.TimeoutExpired: It goes on.
        """
        if self._code is None:
            line = self._line(timeout)
            if line is None:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
            self._code = int(line or -signal.SIGKILL)
            self._status.close()
        return self._code

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _close(self) -> None:
        for stream in (self.stdin, self.stdout, self._status):
            if stream is not None:
                stream.close()
