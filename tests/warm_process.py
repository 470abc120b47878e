"""The process that kernels of tests are forked from: `warm_kernels` starts it.

It imports what a kernel with the extension imports, once, and waits. Its standard input
is a socket that listens. Each connection is a kernel to start: the words after `-m`,
the folder and the environment as JSON, with the kernel's three streams and a pipe that
is told how the kernel ended. The answer is the kernel's process id.

No thread may run and no socket of ZeroMQ be open here: a fork would have half of it.
This process ends with the one that started it; its kernels see that their parent has
changed and end as well, as kernels do.
"""

import sys

# What `python FILE` puts first; a kernel starts without it.
del sys.path[0]

import contextlib  # noqa: E402
import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import runpy  # noqa: E402
import select  # noqa: E402
import socket  # noqa: E402
import time  # noqa: E402
from types import ModuleType  # noqa: E402
from typing import Any  # noqa: E402

LIBRARIES = ["ipykernel.kernelapp", "werkbook_ext.loading"]
"""What a kernel imports as it starts and for `%load_ext werkbook`. Flask's name is not
here: who has it first, Flask or Werkbook, is for the notebook to say."""
MAX_REQUEST_BYTES = 200_000
STREAMS = 3


def main() -> list[str] | None:
    """Fork kernels until the tests' process ends; in a kernel, return its command."""
    starter = os.pidfd_open(os.getppid())
    # ipykernel reads it as it is imported: the process that a kernel ends with.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    for name in LIBRARIES:
        importlib.import_module(name)
    listener = socket.socket(fileno=os.dup(0))
    if len(os.listdir("/proc/self/task")) > 1:
        return None
    waited = select.poll()
    waited.register(starter, select.POLLIN)
    waited.register(listener, select.POLLIN)
    reports: dict[int, tuple[int, int]] = {}
    while True:
        for number, _ in waited.poll():
            if number == starter:
                return None
            if number == listener.fileno():
                asked, _ = listener.accept()
                with asked:
                    started = fork_kernel(asked)
                if isinstance(started, list):
                    listener.close()
                    os.closerange(STREAMS, os.sysconf("SC_OPEN_MAX"))
                    return started
                pidfd, *ended = started
                reports[pidfd] = ended[0], ended[1]
                waited.register(pidfd, select.POLLIN)
            else:
                waited.unregister(number)
                report_end(number, *reports.pop(number))


def fork_kernel(asked: socket.socket) -> list[str] | tuple[int, int, int]:
    """Fork; return the command in the kernel, here a pidfd, its id and the pipe."""
    text, received, _, _ = socket.recv_fds(asked, MAX_REQUEST_BYTES, STREAMS + 1)
    pid = os.fork()
    if pid == 0:
        return become_kernel(asked, json.loads(text), received)
    for descriptor in received[:STREAMS]:
        os.close(descriptor)
    return os.pidfd_open(pid), pid, received[STREAMS]


def report_end(pidfd: int, pid: int, report: int) -> None:
    """Tell how a kernel ended, as `subprocess.Popen.returncode` says it."""
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(report, str(os.waitstatus_to_exitcode(status)).encode())
    os.close(report)
    os.close(pidfd)


def become_kernel(
    asked: socket.socket, request: dict[str, Any], received: list[int]
) -> list[str]:
    """Make this process what `python -m ipykernel_launcher` is as it begins."""
    os.setsid()
    for target, descriptor in enumerate(received[:STREAMS]):
        os.dup2(descriptor, target)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    # Whoever asked can signal the group and move on from here.
    asked.send(str(os.getpid()).encode())
    words: list[str] = request["words"]
    return words


def run_module(words: list[str], options: list[str]) -> None:
    """Run a module as `python -m` does, in an empty `__main__`."""
    sys.argv = ["-m", *words[1:]]
    sys.orig_argv = [sys.executable, *options, "-m", *words]
    sys.path.insert(0, os.getcwd())
    sys.modules["__main__"] = ModuleType("__main__")
    runpy._run_module_as_main(words[0])  # type: ignore[attr-defined]


if __name__ == "__main__":
    words = main()
    if words is None:
        os._exit(0)
    run_module(words, sys.orig_argv[1:-1])
