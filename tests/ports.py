"""The ports of kernels and servers that tests start, and a plugin of pytest for them.

A port is found free long before a kernel or server listens on it, and the system may
give it to another one, or to a client, meanwhile; then what was started ends at once.
So each process that tests has a range of its own, below the one that the system takes
ports from.
"""

from __future__ import annotations

import contextlib
import os
import socket
from itertools import count

FIRST_PORT = 20_000
PORTS = 3_000
"""Those of one process; the system's own begin at 32,768 (Linux) or higher."""

_asked = count()


def find_port(worker: str, host: str = "127.0.0.1") -> int:
    """Return the next free port of a worker's range.

    Args:
        worker: As xdist names it: `gw0`.
        host: The address that is to be listened on.

    Raises:
        OSError: All ports of the range are taken.
    """
    first = FIRST_PORT + PORTS * (int(worker.removeprefix("gw")) % 4)
    for _ in range(PORTS):
        # Runs that follow each other begin elsewhere: a port may be held for a while.
        port = first + (os.getpid() + next(_asked)) % PORTS
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port
    raise OSError(f"No port from {first} to {first + PORTS - 1} is free.")


def free_port() -> int:
    """Return a free port of this process's range, for a server of the test.

    Raises:
        OSError: All ports of the range are taken.
    """
    return find_port(_worker())


def pytest_configure() -> None:
    """Have kernels of this process use its range."""
    from jupyter_client.connect import LocalPortCache  # Pyodide's tests have none

    LocalPortCache.find_available_port = lambda self, ip: find_port(_worker(), ip)  # type: ignore[method-assign]


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")
