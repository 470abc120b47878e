"""A folder for a while, which is gone afterwards whatever was done in it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress

_HAS_HANDLES = os.open in os.supports_dir_fd and os.scandir in os.supports_fd


class ScratchFolder(tempfile.TemporaryDirectory[str]):
    """A temporary folder that is removed also where folders are nested without end.

    What removes a tree calls itself for each level, or holds a handle for each: a tree
    that is too deep would stay, or end in a RecursionError.
    """

    def __init__(self, prefix: str) -> None:
        """Make it.

        Raises:
            OSError: The disk has no room.
        """
        super().__init__(prefix=prefix, ignore_cleanup_errors=True)

    def cleanup(self) -> None:
        """Remove it with all that it holds; what can't be removed stays."""
        with suppress(RecursionError):
            super().cleanup()
        if _HAS_HANDLES and os.path.isdir(self.name):
            with suppress(OSError):
                _flatten(self.name)
            shutil.rmtree(self.name, ignore_errors=True)


def _flatten(folder: str) -> None:
    """Move all folders within folders up, so that none holds another."""
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        waiting = _folders_in(top)
        count = 0
        while waiting:
            handle = _open_own(waiting.pop(), top)
            try:
                for name in _folders_in(handle):
                    count += 1
                    moved = f"{os.path.basename(folder)}-{count}"
                    os.rename(name, moved, src_dir_fd=handle, dst_dir_fd=top)
                    waiting.append(moved)
            finally:
                os.close(handle)
    finally:
        os.close(top)


def _folders_in(handle: int) -> list[str]:
    with os.scandir(handle) as entries:
        return [one.name for one in entries if one.is_dir(follow_symlinks=False)]


def _open_own(name: str, top: int) -> int:
    """Open a folder; one that was shut to its owner is opened up."""
    mode = os.stat(name, dir_fd=top, follow_symlinks=False).st_mode
    if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
        os.chmod(name, stat.S_IRWXU, dir_fd=top)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
