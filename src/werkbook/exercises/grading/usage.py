"""What a submission takes of the machine, looked at from outside: files, processes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any


def disk_usage(folder: Path) -> int:
    """Return the bytes that the files below a folder take on the disk."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # it is gone again
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
    return total


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
