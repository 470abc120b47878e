"""Writing files: whole, inside one folder, never over what somebody else wrote."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from werkbook.cells.cell import ExportExistsError
from werkbook.export.exporter import MARK
from werkbook.export.project.file_names import check_links
from werkbook.whole_files import make_beside

_STAMP = re.compile(rb"(?<=" + MARK.encode() + rb") \((?P<digest>[0-9a-f]{16})\)")
_MAX_OWN_BYTES = 100_000_000


def stamped(text: str) -> str:
    """Put the digest of a text behind the mark that says who wrote it."""
    head = text[:400]
    if MARK not in head:
        return text
    bare = _STAMP.sub(b"", text.encode(), count=1).decode()
    digest = _digest(bare.encode())
    return bare.replace(MARK, f"{MARK} ({digest})", 1)


def is_ours(path: Path) -> bool:
    """Say whether a file is as an export wrote it, to the last byte."""
    if not path.is_file() or path.stat().st_size > _MAX_OWN_BYTES:
        return False
    content = path.read_bytes()
    found = _STAMP.search(content, 0, 450)
    if found is None:
        return False
    bare = content[: found.start()] + content[found.end() :]
    return _digest(bare) == found["digest"].decode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def check_free(path: Path, *, force: bool = False) -> None:
    """Raise unless a file may be written.

    Raises:
        ExportExistsError: The file exists, and is not as an export wrote it; or it is
            a folder or a device, which nothing replaces.
    """
    _check_is_file(path)
    if force or not os.path.lexists(path) or is_ours(path):
        return
    raise ExportExistsError(
        f"The file {str(path)!r} exists, and Werkbook did not write it.",
        why="an export never overwrites what someone wrote.",
        fix="choose another name, or add --force.",
    )


def check_is_not(path: Path, source: Path) -> None:
    """Raise where a file would take the place of what it is made of.

    Raises:
        ExportExistsError: It would; --force makes no difference.
    """
    if os.path.realpath(path) == os.path.realpath(source):
        raise ExportExistsError(
            f"The file {str(path)!r} is what is read.",
            why="what is written of it would take its place.",
            fix="choose another name.",
        )


def _check_is_file(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise ExportExistsError(
            f"{str(path)!r} is a {'folder' if path.is_dir() else 'device'}.",
            why="a file that is written takes the place of what has its name.",
            fix="name a file.",
        )


def write_text(path: Path, text: str, *, force: bool = False) -> None:
    """Write a file in one step: readers see the old one or the new one.

    Raises:
        ExportExistsError: The file exists, and Werkbook did not write it.
        OSError: The file cannot be written.
    """
    check_free(path, force=force)
    with in_one_step(path) as temporary:
        temporary.write_text(stamped(text), encoding="utf-8", newline="\n")


def write_all(
    files: Mapping[Path, str | Path],
    roots: Iterable[Path] = (),
    note: Callable[[Mapping[Path, Path]], tuple[Path, str]] | None = None,
) -> None:
    """Write several files: all of them, or on an error none.

    Args:
        files: What each file holds: a text, or the file to copy.
        roots: Folders whose files must not lie elsewhere, links followed.
        note: Gets the file that waits for each place, and gives one more file, which is
            in its place before the others are.

    Raises:
        OutsideError: A link in one of the folders leads out of it.
        OSError: One cannot be written; the others are as they were.
    """
    with _Stage(roots) as stage:
        for path, content in files.items():
            temporary = stage.add(path)
            if isinstance(content, Path):
                shutil.copyfile(content, temporary)
            else:
                temporary.write_text(stamped(content), encoding="utf-8", newline="\n")
        if note is not None:
            path, text = note({path: waits for waits, path in stage.waiting})
            stage.add(path).write_text(stamped(text), encoding="utf-8", newline="\n")
            stage.waiting.insert(0, stage.waiting.pop())
        stage.finish()


@contextmanager
def in_one_step(path: Path) -> Iterator[Path]:
    """Give a file to write beside `path`, which takes its place at the end."""
    with _Stage() as stage:
        yield stage.add(path)
        stage.finish()


class _Stage:
    """Files that wait beside their places until all are written."""

    def __init__(self, roots: Iterable[Path] = ()) -> None:
        self.roots = list(roots)
        self.waiting: list[tuple[Path, Path]] = []
        self.folders: list[Path] = []

    def __enter__(self) -> _Stage:
        return self

    def add(self, path: Path) -> Path:
        """Make an empty file beside a path."""
        _check_is_file(path)
        self._check_links(path)
        self._make_folder(path.parent)
        temporary = make_beside(path)
        self.waiting.append((temporary, path))
        if path.is_file():
            os.chmod(temporary, path.stat().st_mode & 0o777)
        return temporary

    def _make_folder(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            self.folders.append(one)

    def _check_links(self, path: Path) -> None:
        around = [one for one in self.roots if path.is_relative_to(one)]
        if around:
            check_links(max(around, key=lambda root: len(root.parts)), [path])

    def finish(self) -> None:
        """Let every file take its place."""
        for _, path in self.waiting:
            self._check_links(path)  # a folder may be another one by now
        for temporary, path in self.waiting:
            os.replace(temporary, path)
        self.waiting.clear()
        self.folders.clear()

    def __exit__(self, *_: object) -> None:
        for temporary, _path in self.waiting:
            with suppress(OSError):
                temporary.unlink()
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()
