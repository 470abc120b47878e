"""Files that are written whole, or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


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
