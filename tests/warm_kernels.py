"""A plugin of pytest: kernels are forked from a process with their imports done.

A fresh kernel imports for a second before it runs its first cell, and the tests start
about two hundred. Here the first kernel of an environment starts as ever; those that
follow it in this process are forked by `warm_process`, which `test_warm_kernels` holds
to a fresh kernel: modules, streams, signals, environment and the rest. What they share
is the seed of `hash()`; `cold` is for tests where that matters.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from jupyter_client import launcher

WARM_PROCESS = Path(__file__).with_name("warm_process.py")
MODULE = "ipykernel_launcher"
OF_ONE_KERNEL = {"JPY_SESSION_NAME", "JPY_PARENT_PID", "PYTEST_CURRENT_TEST"}
"""Variables that are read when a kernel runs, not as Python starts or imports."""
ARGUMENTS = {"stdin", "stdout", "stderr", "cwd", "env", "start_new_session"}
SPECIAL = {subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL}
REPLY_BYTES = 32
FAILED = -signal.SIGKILL
"""How a kernel ended whose warm process was killed: with it."""

_Key = tuple[Any, ...]


class WarmProcess:
    """A process that has imported what kernels need, and forks them."""

    def __init__(self, interpreter: list[str], env: dict[str, str]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="werkbook-kernels-"))
        self._address = str(self._folder / "socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(self._address)
            listener.listen()
            self._process = subprocess.Popen(
                [*interpreter, str(WARM_PROCESS)],
                stdin=listener,
                env=env,
                cwd="/",
                start_new_session=True,
            )

    def fork(self, words: list[str], kwargs: dict[str, Any]) -> WarmKernel | None:
        """Start a kernel; return None where the process has ended."""
        request = {
            "words": words,
            "env": kwargs["env"],
            "cwd": os.path.abspath(kwargs.get("cwd") or os.getcwd()),
        }
        is_piped = kwargs.get("stdin") == subprocess.PIPE
        theirs, ours = os.pipe() if is_piped else (_number(kwargs.get("stdin"), 0), -1)
        outputs = [_number(kwargs.get(n), k) for k, n in [(1, "stdout"), (2, "stderr")]]
        report, told = os.pipe()
        pid = self._ask(json.dumps(request), [theirs, *outputs, told])
        os.close(told)
        if is_piped:
            os.close(theirs)
        stdin = os.fdopen(ours, "wb") if is_piped else None
        kernel = WarmKernel(pid, os.fdopen(report, "rb"), stdin)
        if not pid:
            kernel.wait()
            return None
        return kernel

    def _ask(self, request: str, descriptors: list[int]) -> int:
        """Return the process id of the kernel that was asked for, 0 for none."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
            try:
                asked.connect(self._address)
                socket.send_fds(asked, [request.encode()], descriptors)
                return int(asked.recv(REPLY_BYTES) or 0)
            except OSError:
                return 0

    def end(self) -> None:
        """End the process, and with it the kernels that still run."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder)


def _number(stream: Any, default: int) -> int:
    """Return the file descriptor that `subprocess.Popen` would give to a stream."""
    if stream is None:
        return default
    return stream if isinstance(stream, int) else int(stream.fileno())


class WarmKernel:
    """A kernel that was forked, with what Jupyter asks of a `subprocess.Popen`."""

    stdout = stderr = None

    def __init__(self, pid: int, report: BinaryIO, stdin: BinaryIO | None) -> None:
        self.pid = pid
        self.stdin = stdin
        self.returncode: int | None = None
        self._report = report

    def poll(self) -> int | None:
        """Return how the kernel ended, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end and return how it ended."""
        if self.returncode is None:
            ready, _, _ = select.select([self._report], [], [], timeout)
            if not ready:
                raise subprocess.TimeoutExpired(MODULE, timeout or 0)
            with self._report:
                self.returncode = int(self._report.read() or FAILED)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


_lock = threading.Lock()
_seen: Counter[_Key] = Counter()
_processes: dict[_Key, WarmProcess] = {}


def start(command: list[str], **kwargs: Any) -> Any:
    """Start a kernel as `subprocess.Popen` does, or fork it."""
    if not can_be_forked(command, kwargs):
        return subprocess.Popen(command, **kwargs)
    place = command.index("-m")
    interpreter, words = command[:place], command[place + 1 :]
    env = {k: v for k, v in kwargs["env"].items() if k not in OF_ONE_KERNEL}
    key = (*interpreter, frozenset(env.items()))
    with _lock:
        _seen[key] += 1
        if _seen[key] == 2:
            _processes[key] = WarmProcess(interpreter, env)
        warm = _processes.get(key)
        kernel = None if warm is None else warm.fork(words, kwargs)
    return kernel or subprocess.Popen(command, **kwargs)


def can_be_forked(command: list[str], kwargs: dict[str, Any]) -> bool:
    """Say whether this is a plain start of a kernel, on a system with pidfds."""
    return (
        command[-4:-1] == ["-m", MODULE, "-f"]
        and kwargs.keys() <= ARGUMENTS
        and kwargs.get("start_new_session") is True
        and kwargs.get("stdin") != subprocess.DEVNULL
        and not {kwargs.get("stdout"), kwargs.get("stderr")} & SPECIAL
        and hasattr(os, "pidfd_open")
    )


def install() -> None:
    """Have Jupyter's clients in this process start kernels so."""
    launcher.Popen = start  # type: ignore[misc, assignment]


def is_installed() -> bool:
    return launcher.Popen is start  # type: ignore[comparison-overlap]


@contextlib.contextmanager
def cold() -> Iterator[None]:
    """Start each kernel as ever meanwhile, with a seed of `hash()` of its own."""
    before = launcher.Popen
    launcher.Popen = subprocess.Popen  # type: ignore[misc]
    yield
    launcher.Popen = before  # type: ignore[misc]


@atexit.register
def end_processes() -> None:
    """End the processes that kernels are forked from."""
    for process in _processes.values():
        process.end()
    _processes.clear()


def pytest_configure() -> None:
    install()
