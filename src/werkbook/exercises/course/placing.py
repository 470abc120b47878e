"""Folders that take the places of others: at each moment the old or the new is there.

A build that is killed leaves what it had put aside; the next one puts it back.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ...whole_files import alone_in

_STAGE = ".werkbook-course-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def put_back(target: Path, names: Sequence[str]) -> None:
    """Put back what a build had moved aside that was killed, and clear up behind it.

    Raises:
        OSError: The folder cannot be changed.
    """
    if target.is_dir():
        with alone_in(target):
            _put_back(target, names)


def _put_back(target: Path, names: Sequence[str]) -> None:
    for stage in target.glob(f"{_STAGE}*"):
        for name in names:
            if (stage / "old" / name).is_dir() and not os.path.lexists(target / name):
                (stage / "old" / name).rename(target / name)
        shutil.rmtree(stage, ignore_errors=True)


def replace_folders(made: Path, target: Path, names: Sequence[str]) -> None:
    """Let folders take the places of those of their names, once all is copied.

    Args:
        made: Holds the new folders.
        target: Gets them.
        names: What they are called; others in `target` stay.

    Raises:
        OSError: There is no room, say; the old folders are as they were.
    """
    with alone_in(target):
        _put_back(target, names)
        with tempfile.TemporaryDirectory(prefix=_STAGE, dir=target) as place:
            _place(made, Path(place), target, names)


def _place(made: Path, stage: Path, target: Path, names: Sequence[str]) -> None:
    old = stage / "old"
    old.mkdir()
    for name in names:
        shutil.copytree(made / name, stage / name)
    undo: list[Callable[[], object]] = []
    try:
        for name in names:
            _take_place(stage / name, target / name, old / name, undo)
    except BaseException:
        for step in reversed(undo):
            with suppress(OSError):  # that one was not done
                step()
        raise


def _take_place(
    new: Path, path: Path, aside: Path, undo: list[Callable[[], object]]
) -> None:
    """Put a folder into its place; what was there is moved aside, or is exchanged.

    `undo` gets each step's opposite before the step.
    """
    if os.path.lexists(path):
        number = new.stat().st_ino
        undo.append(lambda: path.stat().st_ino == number and _exchange(new, path))
        if _exchange(new, path):
            return
        undo.append(lambda: aside.rename(path))
        path.rename(aside)
    undo.append(lambda: path.rename(new))
    new.rename(path)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system and the disk can do that.

    Source: renameat2(2) with RENAME_EXCHANGE, Linux 3.15.
    """
    try:
        rename: Callable[..., int] = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    return rename(*paths, _RENAME_EXCHANGE) == 0
