"""Files that are written whole, or not at all, and folders that one writes in."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any


def make_beside(path: Path) -> Path:
    """Make an empty file of an unknown name beside a path; the umask says who reads it.

    Raises:
        OSError: It can't be made; its `filename` is the path.
    """
    temporary = path.parent / f".werkbook-{secrets.token_hex(8)}"
    try:
        opened = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except OSError as error:
        error.filename = str(path)  # the name that somebody knows
        raise
    os.close(opened)
    return temporary


def write_whole(path: Path, text: str) -> None:
    """Write a text in UTF-8: readers see what was there before, or all of it.

    A link at the path is replaced and not followed; a device or pipe is written to.

    Raises:
        OSError: The file can't be written; what was there before is there.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = make_beside(path)
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Write in a folder, which is made, while no other process of Werkbook does.

    Others wait. The lock goes with the process, however that ends; where a system or a
    disk knows no locks nobody waits. On an error the folders that were made here are
    gone again.

    Raises:
        OSError: The folder can't be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _locked(folder):
            yield
    except BaseException:
        for one in missing:
            with suppress(OSError):
                one.rmdir()
        raise


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    held = -1
    with suppress(OSError, ImportError, AttributeError):  # Pyodide's fcntl has no flock
        fcntl: Any = import_module("fcntl")
        lock = fcntl.flock
        held = os.open(folder, os.O_RDONLY)
        lock(held, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if held >= 0:
            os.close(held)
