"""Finds a notebook's file again after someone renamed it or moved it elsewhere."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

Identity = tuple[int, int]
"""Device and inode: they stay with a file, and Jupyter saves into the same file."""

MAX_FOLDERS = 200
"""How many folders are looked through: a home folder may have thousands."""


def identify_file(status: os.stat_result) -> Identity:
    """Return what stays the same when a file gets another name."""
    return status.st_dev, status.st_ino


def find_moved(file: Identity, last_seen: Path) -> Path | None:
    """Return where a notebook's file is now, None if it is nowhere near.

    Args:
        file: The file's identity.
        last_seen: Where it was; its folder, the one above and those directly below
            the two are looked through.
    """
    folders = dict.fromkeys(_folders_near(last_seen.parent))
    for folder in itertools.islice(folders, MAX_FOLDERS):
        for path in _notebooks_in(folder):
            try:
                if identify_file(path.stat()) == file:
                    return path
            except OSError:  # it was deleted meanwhile, or is a broken link
                continue
    return None


def notebooks_with(cell_id: str, folder: Path) -> Iterator[Path]:
    """List the notebooks of a folder that mention a cell's id."""
    quoted = f'"{cell_id}"'.encode()
    for path in _notebooks_in(folder):
        try:
            if quoted in path.read_bytes():
                yield path
        except OSError:  # it was deleted meanwhile, or may not be read
            continue


def _notebooks_in(folder: Path) -> list[Path]:
    names = (one for one in _entries(folder) if one.name.endswith(".ipynb"))
    return [Path(one.path) for one in names]


def _folders_near(folder: Path) -> Iterator[Path]:
    yield folder
    yield from _folders_in(folder)
    yield folder.parent
    yield from _folders_in(folder.parent)


def _folders_in(folder: Path) -> list[Path]:
    found = (one for one in _entries(folder) if not one.name.startswith("."))
    return [Path(one.path) for one in found if one.is_dir(follow_symlinks=False)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
