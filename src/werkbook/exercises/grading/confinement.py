"""What a submission's process may not do: much memory, large files, the network.

What the system offers is used; `confine` says what of it holds. On Linux with user
namespaces the process has a network of its own, with loopback alone, and all that it
starts ends with it. Elsewhere only Python's own calls are refused, which code in C can
get around: that is no prison for people who want out.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWPID = 0x10000000, 0x40000000, 0x20000000
PR_SET_PDEATHSIG = 1
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
_LOOPBACK = ("127.", "::1", "localhost")
_MB = 1_000_000


@dataclass(frozen=True)
class SubmissionLimits:
    """What one submission may use.

    Attributes:
        timeout_s: Seconds for all of it: the cells, the checks.
        memory_mb: Address space of the process, in megabytes.
        file_mb: The size of any one file that it writes.
        has_network: Whether it may reach other machines.
    """

    timeout_s: float = 60.0
    memory_mb: int = 2000
    file_mb: int = 100
    has_network: bool = False


def confine(limits: SubmissionLimits) -> list[str]:
    """Limit this process and all that it starts; return what holds, in words.

    A process namespace begins with a child: the caller goes on in it, and the process
    that called waits for it and ends as it did.
    """
    holds = []
    if not limits.has_network:
        if _leave_network():
            holds += ["no network", "no process outlives it"]
        else:
            sys.addaudithook(_refuse_network)
            holds.append("no network from Python's own calls")
    return holds + _limit_resources(limits)


def _leave_network() -> bool:
    """Go on in a namespace without network; say whether the system allowed it."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        return False
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID) != 0:
        return False
    with suppress(OSError):
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with suppress(OSError):
        _raise_loopback()
    return True


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _raise_loopback() -> None:
    """Let the process's own servers be reached: loopback is down in a new network."""
    import fcntl  # POSIX only

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sh14x", b"lo", 0)
        answer = fcntl.ioctl(handle, SIOCGIFFLAGS, request)
        flags = struct.unpack("16sh14x", answer)[1] | IFF_UP
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    host = address[0] if isinstance(address, tuple) else ""
    if host and not str(host).startswith(_LOOPBACK):
        raise PermissionError(f"a submission may not reach {host}")


def _limit_resources(limits: SubmissionLimits) -> list[str]:
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
    for kind, value in bounds.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (value, value))
    return [f"{limits.memory_mb} MB of memory", f"{limits.file_mb} MB a file"]
