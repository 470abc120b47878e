"""What runs in a fork server: it imports, then splits off a process at each message."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from werkbook.processes import sandbox

MAX_MESSAGE_BYTES = 200_000
_HANDLES = 3


def serve(handle: int, modules: Sequence[str], entry: str) -> NoReturn:
    """Split off processes until nobody asks for more.

    Args:
        handle: The socket on which they are asked for.
        modules: What is imported before.
        entry: "module:function", called in each process; it ends with it.
    """
    sandbox.die_with_parent()
    for name in modules:
        with contextlib.suppress(ImportError):  # some are optional
            import_module(name)
    gc.collect()
    gc.freeze()  # what is never collected is shared by all of them
    signal.signal(signal.SIGCHLD, _reap)
    with socket.socket(fileno=handle) as asked:
        while True:
            message, handles, _, _ = socket.recv_fds(asked, MAX_MESSAGE_BYTES, _HANDLES)
            if not message:
                os._exit(0)
            if not os.fork():
                os.close(asked.fileno())
                _keep(json.loads(message), handles, entry)
            for one in handles:
                os.close(one)


def _reap(number: int, frame: object) -> None:
    """Take note of the processes that ended, so that their time is counted."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _keep(job: dict[str, Any], handles: list[int], entry: str) -> NoReturn:
    """Lead a group, and tell how the process in it ended."""
    questions, answers, status = handles
    os.setsid()
    sandbox.die_with_parent()
    os.write(status, f"{os.getpid()}\n".encode())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if not child:
        os.close(status)
        _become(job, questions, answers, entry)
    for one in (questions, answers):
        os.close(one)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(status, f"{code}\n".encode())
    os._exit(0)


def _become(job: dict[str, Any], questions: int, answers: int, entry: str) -> NoReturn:
    """Be a process as if it had been started anew, and run the entry in it."""
    os.dup2(questions, 0)
    os.dup2(answers, 1)
    os.close(questions)
    os.close(answers)
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["env"])
    module, _, function = entry.partition(":")
    try:
        getattr(import_module(module), function)()
    except BaseException:  # a traceback has no reader here
        os._exit(1)
    os._exit(0)
