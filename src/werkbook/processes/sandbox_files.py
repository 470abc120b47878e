"""What a process that is shut in sees of the files: little to write, no way out.

A read-only file system refuses to write to files and folders alone. It lets a process
write to devices and terminals, and talk to the sockets that lie in it: those have to be
out of its sight.
The proof starts this file without Werkbook: it imports the standard library alone.
Source: man pages mount_setattr(2), devpts(5), proc(5); bubblewrap's `--dev`; the paths
that Docker keeps from writing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import struct
import sys
from collections.abc import Iterable, Sequence

_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MOUNT_SETATTR, _AT_RECURSIVE, _AT_FDCWD = 442, 0x8000, -100
_READ_ONLY = 1
_TO_WRITE = 0o222
_SCRATCH = ("/tmp", "/var/tmp", "/dev/shm")
"""Folders that anyone may write to: a process that is shut in has its own."""
_RUNNING = ("/run", "/var/run")
"""Where the sockets of what runs lie, by which it does things for others."""
_DEVICES = re.compile(
    "null|zero|full|random|urandom|"
    "nvidia.*|dri|kfd|dxg"  # what computes, and holds nothing of others
)
_DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
_NAMES_OF_HOSTS = "/etc/resolv.conf"

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int) -> None:
    """Take what a system call returned.

    Raises:
        OSError: It failed.
    """
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def listening() -> list[str]:
    """Return the files by which sockets of this network are reached.

    Call it before the process has a network of its own.
    """
    with contextlib.suppress(OSError), open("/proc/net/unix") as lines:
        found = (line.rstrip("\n").split(" ", 7)[-1] for line in lines)
        return sorted({path for path in found if path.startswith("/")})
    return []


def shut_files(
    place: str,
    *,
    options: str = "",
    hidden: Sequence[str] = (),
    sockets: Iterable[str] = (),
    has_network: bool = False,
) -> None:
    """Leave one folder to write to, and nothing by which others do something.

    Args:
        place: The folder, by its real path.
        options: Of the folders for temporary files, as tmpfs(5) has them.
        hidden: Folders and files that are empty from now on, by their real paths.
        sockets: Files that lead to sockets of others: they are empty, too.
        has_network: Whether the names of other machines have to be found.

    Raises:
        OSError: The system refuses.
    """
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)
    _mount(place, place, "", _MS_BIND)
    running = [
        one for one in _RUNNING if os.path.isdir(one) and not os.path.islink(one)
    ]
    covered = [*_SCRATCH, *running]
    kept = _folders_to_keep(place, covered, has_network)
    scratch = [one for one in _SCRATCH if os.path.isdir(one)]
    _make_devices(has_shared="/dev/shm" in scratch)
    for folder in running:
        _cover_running(folder)
    for folder in scratch:
        _mount("tmpfs", folder, "tmpfs", 0, options)
    for handle, path in kept:
        os.makedirs(path, exist_ok=True)
        _bind(handle, path)
    _hide(hidden)
    _hide_sockets(sockets, place, covered)
    _set_attributes("/", to_set=_READ_ONLY)
    for folder in (*scratch, place):
        if not os.access(folder, os.W_OK):
            _set_attributes(folder, to_clear=_READ_ONLY, flags=0)
    os.chdir(os.getcwd())


def show_processes() -> None:
    """Show the processes of this namespace in /proc.

    Raises:
        OSError: The system refuses, as it does in some containers.
    """
    _mount("proc", "/proc", "proc", 0)


def keep_settings() -> None:
    """Let /proc change nothing but processes.

    What the machine is set by lies there as well, and root is asked for no right there.

    Raises:
        OSError: The system refuses.
    """
    with os.scandir("/proc") as entries:
        found = [
            one.path
            for one in entries
            if not (one.name.isdigit() or one.is_symlink())
            and (one.is_dir() or one.stat().st_mode & _TO_WRITE)
        ]
    for path in found:
        _mount(path, path, "", _MS_BIND)
        _set_attributes(path, to_set=_READ_ONLY)


def _folders_to_keep(
    place: str, covered: Sequence[str], has_network: bool
) -> list[tuple[int, str]]:
    """Open what a Python of its own needs below the folders that are covered."""
    paths = [place, sys.prefix, sys.base_prefix, *sys.path]
    real = {os.path.realpath(path) for path in paths if path}
    if has_network:
        real.add(os.path.dirname(os.path.realpath(_NAMES_OF_HOSTS)))
    return [
        (os.open(path, os.O_PATH | os.O_CLOEXEC), path)
        for path in sorted(real)
        if os.path.isdir(path) and any(_is_below(path, one) for one in covered)
    ]


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def _make_devices(has_shared: bool) -> None:
    """Put the devices that any program needs in place of the machine's.

    Terminals of its own come with them: through another's it could read and write.
    """
    with os.scandir("/dev") as entries:
        found = [
            (os.open(one.path, os.O_PATH | os.O_CLOEXEC), one.path, one.is_dir())
            for one in entries
            if _DEVICES.fullmatch(one.name)
        ]
    _mount("tmpfs", "/dev", "tmpfs", 0, "size=64k,mode=755")
    for handle, path, is_folder in found:
        _make(path, is_folder)
        _bind(handle, path)
    os.mkdir("/dev/pts")
    _mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=600")
    for name, target in _DEVICE_LINKS.items():
        os.symlink(target, f"/dev/{name}")
    if has_shared:
        os.mkdir("/dev/shm")


def _make(path: str, is_folder: bool) -> None:
    if is_folder:
        os.mkdir(path)
    else:
        os.close(os.open(path, os.O_CREAT | os.O_CLOEXEC, 0o600))


def _cover_running(folder: str) -> None:
    """Cover a folder of sockets; its links lead to programs on some systems (NixOS)."""
    with os.scandir(folder) as entries:
        links = [
            (one.path, os.readlink(one.path)) for one in entries if one.is_symlink()
        ]
    _mount("tmpfs", folder, "tmpfs", 0, "size=1m,mode=755")
    for path, target in links:
        os.symlink(target, path)


def _hide(paths: Sequence[str]) -> None:
    """Cover folders with empty ones, and files with nothing."""
    for path in paths:
        if os.path.isdir(path):
            _mount("tmpfs", path, "tmpfs", 0, "size=4k")
        elif os.path.exists(path):
            _mount("/dev/null", path, "", _MS_BIND)


def _hide_sockets(sockets: Iterable[str], place: str, covered: Sequence[str]) -> None:
    for path in sockets:
        if not any(_is_below(path, one) for one in (place, *covered)):
            with contextlib.suppress(OSError):  # out of reach, as it is for the process
                _hide([path])


def _bind(handle: int, path: str) -> None:
    """Show at a path what was opened before something covered it."""
    _mount(f"/proc/self/fd/{handle}", path, "", _MS_BIND | _MS_REC)
    os.close(handle)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    names = (os.fsencode(source), os.fsencode(target), kind.encode() or None)
    check(libc.mount(*names, ctypes.c_ulong(flags), options.encode() or None))


def _set_attributes(
    path: str, *, to_set: int = 0, to_clear: int = 0, flags: int = _AT_RECURSIVE
) -> None:
    attributes = struct.pack("QQQQ", to_set, to_clear, 0, 0)
    check(
        libc.syscall(
            _MOUNT_SETATTR,
            _AT_FDCWD,
            os.fsencode(path),
            flags,
            attributes,
            ctypes.c_size_t(len(attributes)),
        )
    )
