"""Shut a process in: no network but loopback, nothing to write outside its folder.

Linux's user namespaces do it without any right or program. Where they are refused the
process goes on, and says what is open.
The proof starts this file without Werkbook: it imports the standard library alone.
Source: man pages user_namespaces(7), mount_setattr(2), pid_namespaces(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable, Sequence

_NEW_NS, _NEW_IPC, _NEW_USER = 0x00020000, 0x08000000, 0x10000000
_NEW_PID, _NEW_NET = 0x20000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MOUNT_SETATTR, _AT_RECURSIVE, _AT_FDCWD = 442, 0x8000, -100
_READ_ONLY = 1
_SET_DEATH_SIGNAL, _DROP_BOUND, _NO_NEW_PRIVILEGES = 1, 24, 38
_GET_FLAGS, _SET_FLAGS, _IS_UP = 0x8913, 0x8914, 1
_CAPABILITIES = 64
_SCRATCH = ("/tmp", "/var/tmp", "/dev/shm")
"""Folders that anyone may write to: a process that is shut in has its own."""

_libc = ctypes.CDLL(None, use_errno=True)


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
            what the system allows, half of the memory.
        hidden: Folders and files that it must not read, by their real paths: they are
            empty for it.

    Raises:
        OSError: The system refuses.
    """
    _unshare(0 if has_network else _NEW_NET)
    if not has_network:
        _bring_loopback_up()
    _shut_files(place, f"size={scratch_mb}m" if scratch_mb else "", hidden)
    _go_on_in_child()
    _drop_rights()


def die_with_parent() -> None:
    """Have the system end this process when the one that started it is gone."""
    _libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _unshare(network: int) -> None:
    user, group = os.getuid(), os.getgid()
    flags = _NEW_USER | _NEW_NS | _NEW_PID | _NEW_IPC
    _check(_libc.unshare(flags | network))
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(handle, _GET_FLAGS, request)
        flags = struct.unpack("16sH14x", answer)[1] | _IS_UP
        fcntl.ioctl(handle, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags))


def _folders_to_keep(place: str) -> list[tuple[int, str]]:
    """Open what a Python of its own needs below the folders that are covered."""
    paths = [place, sys.prefix, sys.base_prefix, *sys.path]
    real = {os.path.realpath(path) for path in paths if path}
    return [
        (os.open(path, os.O_PATH | os.O_CLOEXEC), path)
        for path in sorted(real)
        if os.path.isdir(path) and any(_is_below(path, one) for one in _SCRATCH)
    ]


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def _hide(paths: Sequence[str]) -> None:
    """Cover folders with empty ones, and files with nothing."""
    for path in paths:
        if os.path.isdir(path):
            _mount("tmpfs", path, "tmpfs", 0, "size=4k")
        elif os.path.exists(path):
            _mount("/dev/null", path, "", _MS_BIND)


def _shut_files(place: str, options: str, hidden: Sequence[str]) -> None:
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)
    _mount(place, place, "", _MS_BIND)
    kept = _folders_to_keep(place)
    scratch = [one for one in _SCRATCH if os.path.isdir(one)]
    for folder in scratch:
        _mount("tmpfs", folder, "tmpfs", 0, options)
    for handle, path in kept:
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", path, "", _MS_BIND)
        os.close(handle)
    _hide(hidden)
    _set_attributes("/", to_set=_READ_ONLY)
    for folder in (*scratch, place):
        if not os.access(folder, os.W_OK):
            _set_attributes(folder, to_clear=_READ_ONLY, flags=0)
    os.chdir(os.getcwd())


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    names = (source.encode(), target.encode(), kind.encode() or None)
    _check(_libc.mount(*names, ctypes.c_ulong(flags), options.encode() or None))


def _set_attributes(
    path: str, *, to_set: int = 0, to_clear: int = 0, flags: int = _AT_RECURSIVE
) -> None:
    attributes = struct.pack("QQQQ", to_set, to_clear, 0, 0)
    _check(
        _libc.syscall(
            _MOUNT_SETATTR,
            _AT_FDCWD,
            path.encode(),
            flags,
            attributes,
            ctypes.c_size_t(len(attributes)),
        )
    )


def _go_on_in_child() -> None:
    """Fork twice: the first process of a new namespace reaps, the second goes on."""
    first = os.fork()
    if first:
        _end_with(first, lambda: os.waitpid(first, 0)[1])
    die_with_parent()
    with contextlib.suppress(OSError):  # in a container the old one may have to do
        _mount("proc", "/proc", "proc", 0)
    second = os.fork()
    if second:
        _end_with(second, lambda: _reap_until(second))


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
        _libc.prctl(_DROP_BOUND, number, 0, 0, 0)
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    _libc.capset(header, struct.pack("6I", *([0] * 6)))


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
