"""A process that was started for one purpose, and all that it starts."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Protocol


class Process(Protocol):
    """A process with pipes, as `subprocess.Popen` is one."""

    pid: int
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: It goes on.
        """
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


def handed_on(names: Iterable[str], places: Mapping[str, str]) -> dict[str, str]:
    """Return an environment: some variables of ours, and those that are set.

    Args:
        names: Variables that are taken over where they are set.
        places: Variables with their values, such as HOME.
    """
    found = {name: os.environ[name] for name in names if name in os.environ}
    return {**found, "MPLBACKEND": "agg", **places}


def end_group(process: Process) -> int:
    """Kill a process that leads a group, with all that it started; wait for it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    return process.wait()


def spawn(command: list[str], folder: Path, env: Mapping[str, str]) -> Process:
    """Start a command that leads a group of its own; what it says to people is lost.

    Raises:
        OSError: No process can be started.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=dict(env),
        start_new_session=True,
    )
