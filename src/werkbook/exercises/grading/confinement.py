"""What a submission's process may not do: much memory, large files, the network.

What the system offers is used; `confine` says what of it holds. On Linux with user
namespaces the process is shut in: it has a network of its own, with loopback alone, it
writes in its own folder alone, and all that it starts ends with it. Elsewhere only
Python's own calls are refused, which code in C can get around: that is no prison for
people who want out.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOOPBACK = ("127.", "::1", "localhost")
_READING = ("open", "os.listdir", "os.scandir")
_MB = 1_000_000
_THREADS_EACH = 4
SCRATCH_MB = 300
"""What the folders for temporary files may hold, which are memory."""


@dataclass(frozen=True, kw_only=True)
class SubmissionLimits:
    """What one submission may use.

    Attributes:
        timeout_s: Seconds for all of it: the cells, the checks.
        memory_mb: Megabytes of the address space of each of its processes, and of the
            memory that all of them take together.
        file_mb: The size of any one file that it writes.
        folder_mb: The size of all files in its folder.
        files: How many files and folders it may have there.
        processes: How many it may have started, those of their own included.
        has_network: Whether it may reach other machines.
    """

    timeout_s: float = 60.0
    memory_mb: int = 2000
    file_mb: int = 100
    folder_mb: int = 1000
    files: int = 100_000
    processes: int = 100
    has_network: bool = False


def confine(limits: SubmissionLimits, hidden: Sequence[str] = ()) -> list[str]:
    """Limit this process and all that it starts; return what holds, in words.

    A process namespace begins with a child: the caller goes on in it, and the process
    that called waits for it and ends as it did.

    Args:
        limits: What it may use.
        hidden: Folders and files that it may not read: the key, others' work.
    """
    holds = _shut_in(limits, hidden)
    is_shut_in = bool(holds)
    if not is_shut_in:
        sys.addaudithook(_Refusal(limits, hidden))
        holds.append("Python's own calls do not open the key")
        if not limits.has_network:
            holds.append("no network from Python's own calls")
    elif hidden:
        holds.append("no key to read")
    return holds + _limit_resources(limits, is_shut_in)


def _shut_in(limits: SubmissionLimits, hidden: Sequence[str]) -> list[str]:
    """Go on in namespaces of our own; return what that keeps, nothing where refused."""
    if not sys.platform.startswith("linux"):
        return []
    from werkbook.processes import sandbox  # Linux only

    try:
        sandbox.enter(
            str(Path.cwd().resolve()),
            has_network=limits.has_network,
            scratch_mb=SCRATCH_MB,
            hidden=hidden,
        )
    except OSError:
        return []
    network = [] if limits.has_network else ["no network"]
    return [*network, "no files outside its folder", "no process outlives it"]


class _Refusal:
    """Refuses other machines and hidden files to Python's own calls."""

    def __init__(self, limits: SubmissionLimits, hidden: Sequence[str]) -> None:
        self._has_network = limits.has_network
        self._hidden = tuple(hidden)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Be an audit hook (PEP 578)."""
        if event == "socket.connect" and not self._has_network:
            self._refuse_host(arguments[1])
        elif event in _READING and isinstance(arguments[0], str | bytes):
            self._refuse_file(os.fsdecode(arguments[0]))

    def _refuse_host(self, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(_LOOPBACK):
            raise PermissionError(f"a submission may not reach {host}")

    def _refuse_file(self, path: str) -> None:
        real = os.path.realpath(path)
        if any(real == one or real.startswith(one + os.sep) for one in self._hidden):
            raise PermissionError("a submission may not read the key")


def _counts_in_namespace() -> bool:
    """Say whether Linux counts a namespace's processes and threads apart (5.14)."""
    numbers = [int(one) for one in re.findall(r"\d+", os.uname().release)[:2]]
    return numbers >= [5, 14]


def _limit_resources(limits: SubmissionLimits, is_shut_in: bool) -> list[str]:
    """Have the system refuse what is too much; root may start what it likes."""
    try:
        import resource  # POSIX only
    except ImportError:
        return []

    bounds = {
        resource.RLIMIT_AS: limits.memory_mb * _MB,
        resource.RLIMIT_FSIZE: limits.file_mb * _MB,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(limits.timeout_s) + 5,
    }
    if is_shut_in and _counts_in_namespace():
        bounds[resource.RLIMIT_NPROC] = limits.processes * _THREADS_EACH
    for kind, value in bounds.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (value, value))
    return [f"{limits.memory_mb} MB of memory", f"{limits.file_mb} MB a file"]
