"""Shut a process in: no network but loopback, nothing to write outside its folder.

Linux's user namespaces do it without any right or program. Where they are refused the
process goes on, and says what is open.
The proof starts this file without Werkbook: it imports the standard library alone.
Source: man pages user_namespaces(7), mount_setattr(2), pid_namespaces(7).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import struct
from collections.abc import Callable, Sequence

from .sandbox_files import (
    check,
    keep_settings,
    libc,
    listening,
    show_processes,
    shut_files,
)

_NEW_NS, _NEW_IPC, _NEW_USER = 0x00020000, 0x08000000, 0x10000000
_NEW_PID, _NEW_NET = 0x20000000, 0x40000000
_SET_DEATH_SIGNAL, _DROP_BOUND, _NO_NEW_PRIVILEGES = 1, 24, 38
_GET_FLAGS, _SET_FLAGS, _IS_UP = 0x8913, 0x8914, 1
_CAPABILITIES = 64


def enter(
    place: str,
    *,
    has_network: bool = False,
    scratch_mb: int = 0,
    hidden: Sequence[str] = (),
) -> None:
    """Shut this process in: it can write below `place` alone, and reach no network.

    It returns in a process that is new, below one that waits for it and takes all
    others along when it ends. Call it before any thread is started.

    Args:
        place: A folder, by its real path.
        has_network: Whether it may reach other machines all the same.
        scratch_mb: Megabytes that each of its own /tmp and the like may hold; 0 for
            what the system allows, half of the memory. With a bound no user namespace
            can be made within: there more could be mounted.
        hidden: Folders and files that it must not read, by their real paths: they are
            empty for it.

    Raises:
        OSError: The system refuses.
    """
    sockets = listening()
    _unshare(0 if has_network else _NEW_NET)
    if not has_network:
        _bring_loopback_up()
    shut_files(
        place,
        options=f"size={scratch_mb}m,nr_inodes=100k" if scratch_mb else "",
        hidden=hidden,
        sockets=sockets,
        has_network=has_network,
    )
    _go_on_in_child(is_bounded=bool(scratch_mb))
    _drop_rights()


def explain(error: OSError) -> str:
    """Say why a process could not be shut in, as part of a sentence."""
    name = error.strerror or str(error)
    if error.errno in (errno.EAGAIN, errno.ENOMEM):
        return (
            f"this system starts no more processes ({name}; ulimit -u, or a container's"
            " limit), and shutting one in takes two"
        )
    if error.errno in (errno.ENOSPC, errno.EUSERS):
        return f"this system makes no more namespaces ({name}; sysctl user)"
    if error.errno in (errno.EPERM, errno.EACCES):
        return f"this system refuses user namespaces ({name})"
    return f"this system could not shut it in ({name})"


def die_with_parent() -> None:
    """Have the system end this process when the one that started it is gone."""
    libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _unshare(network: int) -> None:
    user, group = os.getuid(), os.getgid()
    flags = _NEW_USER | _NEW_NS | _NEW_PID | _NEW_IPC
    check(libc.unshare(flags | network))
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(handle, _GET_FLAGS, request)
        flags = struct.unpack("16sH14x", answer)[1] | _IS_UP
        fcntl.ioctl(handle, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags))


def _go_on_in_child(is_bounded: bool) -> None:
    """Fork twice: the first process of a new namespace reaps, the second goes on."""
    first = os.fork()
    if first:
        _end_with(first, lambda: os.waitpid(first, 0)[1])
    die_with_parent()
    with contextlib.suppress(OSError):  # in a container the old one may have to do
        show_processes()
        if is_bounded:
            _forbid_namespaces()
        keep_settings()
    second = os.fork()
    if second:
        _end_with(second, lambda: _reap_until(second))


def _forbid_namespaces() -> None:
    """Allow no namespace within: there it could mount memory without any bound."""
    with contextlib.suppress(OSError):  # an old kernel has no such limit
        _write("/proc/sys/user/max_user_namespaces", "0")


def _reap_until(child: int) -> int:
    while True:
        ended, status = os.wait()
        if ended == child:
            return status


def _end_with(child: int, wait: Callable[[], int]) -> None:
    """Be the stand-in of a child: its end is ours, and its handles are not held."""
    for handle in (0, 1):
        os.close(handle)
    code = os.waitstatus_to_exitcode(wait())
    os._exit(code if code >= 0 else 128 - code)


def _drop_rights() -> None:
    """Keep no right over the namespace: what is read-only stays so."""
    for number in range(_CAPABILITIES):
        libc.prctl(_DROP_BOUND, number, 0, 0, 0)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    libc.capset(header, struct.pack("6I", *([0] * 6)))


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
