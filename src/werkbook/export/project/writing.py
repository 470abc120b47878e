"""Writing files: atomically, and never over what Werkbook did not write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from werkbook.cells.cell import ExportExistsError
from werkbook.export.exporter import MARK


def may_overwrite(path: Path) -> bool:
    """Say whether a file is absent, or one that an export wrote."""
    if not path.exists():
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return MARK.encode() in file.read(400)


def check_free(path: Path, *, force: bool = False) -> None:
    """Raise unless a file may be written.

    Raises:
        ExportExistsError: The file exists, and Werkbook did not write it.
    """
    if force or may_overwrite(path):
        return
    raise ExportExistsError(
        f"The file {str(path)!r} exists, and Werkbook did not write it.",
        why="an export never overwrites what someone wrote.",
        fix="choose another name, or add --force.",
    )


def write_text(path: Path, text: str, *, force: bool = False) -> None:
    """Write a file in one step: readers see the old one or the new one.

    Raises:
        ExportExistsError: The file exists, and Werkbook did not write it.
        OSError: The file cannot be written.
    """
    check_free(path, force=force)
    with in_one_step(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def in_one_step(path: Path) -> Iterator[Path]:
    """Give a file to write beside `path`, which takes its place at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    try:
        yield Path(name)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
