"""What a submission takes of the machine, looked at from outside: files, processes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_DEPTH = 100
"""Folders within folders that are looked into: each holds a handle open."""
_BLOCK_BYTES = 512
_HAS_HANDLES = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_ENTERS = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class HiddenError(OSError):
    """A folder that cannot be looked into."""


def disk_usage(folder: Path, most_files: int) -> tuple[int, int]:
    """Return what the files below a folder take of the disk, and how many there are.

    Folders are opened one within the other, as a path has no more than so many bytes.

    Args:
        folder: Whose files are counted; a file of two names counts twice.
        most_files: Behind so many they are not counted any more.

    Raises:
        HiddenError: A folder is nested too deep, or may not be read.
    """
    place = os.open(folder, os.O_RDONLY) if _HAS_HANDLES else str(folder)
    size = count = 0
    try:
        for one in _below(place, MAX_DEPTH):
            size += getattr(one, "st_blocks", 0) * _BLOCK_BYTES
            count += 1
            if count > most_files:
                break
    finally:
        if isinstance(place, int):
            os.close(place)
    return size, count


def _below(place: int | str, depth: int) -> Iterator[os.stat_result]:
    if not depth:
        raise HiddenError(f"folders are nested deeper than {MAX_DEPTH}")
    with os.scandir(place) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # it is gone again
                found = entry.stat(follow_symlinks=False)
                yield found
                if stat.S_ISDIR(found.st_mode):
                    yield from _entered(place, entry, depth - 1)


def _entered(
    place: int | str, entry: os.DirEntry[str], depth: int
) -> Iterator[os.stat_result]:
    try:
        if isinstance(place, str):
            yield from _below(entry.path, depth)
            return
        handle = os.open(entry.name, os.O_RDONLY | _ENTERS, dir_fd=place)
    except PermissionError:
        raise HiddenError("a folder cannot be looked into") from None
    except NotADirectoryError:  # it has just become a file, or a link
        return
    try:
        yield from _below(handle, depth)
    finally:
        os.close(handle)


def nameless_files(processes: Iterable[Any]) -> tuple[int, int]:
    """Return the bytes of files without a name that processes hold open (Linux).

    Returns:
        Those on a disk, and those in memory (memfd_create(2)).
    """
    found: dict[tuple[int, int], tuple[bool, int]] = {}
    for process in processes:
        with suppress(OSError), os.scandir(f"/proc/{process.pid}/fd") as handles:
            for handle in handles:
                with suppress(OSError):  # it is closed again
                    file = handle.stat()
                    if stat.S_ISREG(file.st_mode) and not file.st_nlink:
                        is_memory = os.readlink(handle.path).startswith("/memfd:")
                        size = file.st_blocks * _BLOCK_BYTES
                        found[file.st_dev, file.st_ino] = (is_memory, size)
    on_disk = sum(size for is_memory, size in found.values() if not is_memory)
    return on_disk, sum(size for is_memory, size in found.values() if is_memory)


def take_more_memory(processes: Sequence[Any], most_bytes: int) -> bool:
    """Say whether processes take more memory than so much, what they share once.

    What they share is found out only where they take too much without that: the system
    looks at each page for it, a hundred times as long.
    """
    with_shared = _sum_memory(processes, lambda one: one.memory_info().rss)
    return with_shared > most_bytes and _sum_memory(processes, _own_memory) > most_bytes


def _sum_memory(processes: Iterable[Any], look: Callable[[Any], int]) -> int:
    total = 0
    for process in processes:
        with suppress(Exception):  # it has ended
            total += look(process)
    return total


def _own_memory(process: Any) -> int:
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.uss))


def started_by(pid: int) -> list[Any]:
    """Return the processes that one has started, and those that they started."""
    # Imported here, as Pyodide has none and imports this module with a course.
    import psutil  # type: ignore[import-untyped]  # it has no types

    try:
        found: list[Any] = psutil.Process(pid).children(recursive=True)
    except psutil.Error:  # it has ended
        return []
    return found


def end_all(processes: list[Any]) -> None:
    """End processes at once, also those that left their group."""
    for process in processes:
        with suppress(Exception):  # it has ended, or is another's by now
            process.kill()
