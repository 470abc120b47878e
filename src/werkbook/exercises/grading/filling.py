"""Fills the folder in which a submission runs: a student's files, and the course's."""

from __future__ import annotations

import shutil
from pathlib import Path

from .notebook_process import HOME

MAX_COPIED_BYTES = 100_000_000
_NOT_COPIED = shutil.ignore_patterns(
    *(".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints"),
    HOME,
)


def fill_folder(folder: Path, handed_in: Path | None, course: Path | None) -> None:
    """Put in what a notebook reads: the student's files, the course's over them.

    Args:
        folder: Is filled.
        handed_in: The student's; None for a notebook alone.
        course: The files of the key; None where it has none.
    """
    if handed_in is not None and _size(handed_in) <= MAX_COPIED_BYTES:
        shutil.copytree(
            handed_in,
            folder,
            ignore=_not_copied,
            dirs_exist_ok=True,
            symlinks=True,  # else a link would bring what it leads to, the key say
        )
    if course is not None:
        _make_room(folder, course)
        shutil.copytree(course, folder, dirs_exist_ok=True)


def _make_room(folder: Path, files: Path) -> None:
    """Take away what stands where the course's files go, links before all.

    Through a link of the student's they would be written over a file of the teacher's.
    """
    for source in sorted(files.rglob("*")):
        target = folder / source.relative_to(files)
        if target.is_symlink() or (target.is_file() and source.is_dir()):
            target.unlink()
        elif target.is_dir() and not source.is_dir():
            shutil.rmtree(target)


def _not_copied(folder: str, names: list[str]) -> set[str]:
    """Return what is left out of a student's folder: environments, pipes, devices."""
    odd = {name for name in names if not _is_plain(Path(folder, name))}
    return odd | _NOT_COPIED(folder, names)


def _is_plain(path: Path) -> bool:
    return path.is_symlink() or path.is_file() or path.is_dir()


def _size(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())
