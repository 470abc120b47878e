"""The teacher's key: what is checked, with all that students do not get to see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from werkbook.errors import WerkbookError

from ..exercise import Exercise
from ..reading import read_exercise_cell

FILE = "key.json"
FILES = "files"
FORMAT = 1


class KeyFileError(WerkbookError, ValueError):
    """A file is no teacher's key."""


@dataclass(frozen=True)
class KeyTest:
    """A cell of tests in Python."""

    name: str
    points: float
    source: str


@dataclass(frozen=True)
class NotebookKey:
    """What is checked of one notebook.

    Attributes:
        name: The notebook's file name.
        sources: The cells of its exercises, hidden checks and solutions included.
        tests: Its cells of tests, hidden ones included.
        given: What tells the students' notebook, as it is given out, from others.
    """

    name: str
    sources: tuple[str, ...] = ()
    tests: tuple[KeyTest, ...] = ()
    given: str = ""

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises, read."""
        found = (read_exercise_cell(source) for source in self.sources)
        return tuple(one for one in found if one is not None)

    @property
    def points(self) -> float:
        """What can be reached."""
        points = sum(one.points for one in self.exercises)
        return points + sum(one.points for one in self.tests)


@dataclass(frozen=True)
class Key:
    """The key of a course.

    Attributes:
        notebooks: By file name.
        files: The folder with what the notebooks read; None without one.
        folder: The folder that it was read from; None where it was made here.
    """

    notebooks: tuple[NotebookKey, ...]
    files: Path | None = field(default=None)
    folder: Path | None = field(default=None, compare=False)

    def names(self, name: str) -> bool:
        """Say whether a file is called as a notebook of the key, or nearly so."""
        stem = Path(name).stem
        return any(Path(one.name).stem in stem for one in self.notebooks)

    def notebook(self, name: str) -> NotebookKey | None:
        """Return the part for a notebook: by its name, else the only one there is."""
        by_name = {one.name: one for one in self.notebooks}
        if name in by_name:
            return by_name[name]
        if len(self.notebooks) == 1:
            return self.notebooks[0]
        stems = {Path(one.name).stem: one for one in self.notebooks}
        found = [one for stem, one in stems.items() if stem in Path(name).stem]
        return found[0] if len(found) == 1 else None


def write_key(key: Key, folder: Path) -> Path:
    """Write a key into a folder; return the file."""
    data = {
        "format": FORMAT,
        "notebooks": [
            {
                "name": one.name,
                "exercises": list(one.sources),
                "tests": [vars(test) for test in one.tests],
                "given": one.given,
            }
            for one in key.notebooks
        ],
    }
    path = folder / FILE
    text = json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def read_key(path: Path) -> Key:
    """Read a key: its file, or the folder that holds it.

    Raises:
        KeyFileError: It is none.
    """
    file = path / FILE if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        notebooks = tuple(_notebook(one) for one in data["notebooks"])
        is_known = data["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileError(
            f"{str(path)!r} is no key ({type(error).__name__}: {error}).",
            why="a key is the file key.json that werkbook course build writes.",
            fix="werkbook course build SRC DST, then --key DST/key",
        ) from None
    if not is_known:
        raise KeyFileError(
            f"{str(path)!r} is of the format {data['format']!r}.",
            why=f"this Werkbook reads the format {FORMAT}.",
            fix="build the course again.",
        )
    files = file.parent / FILES
    return Key(notebooks, files if files.is_dir() else None, file.parent)


def _notebook(data: dict[str, Any]) -> NotebookKey:
    tests = tuple(KeyTest(**test) for test in data["tests"])
    given = str(data.get("given", ""))
    return NotebookKey(str(data["name"]), tuple(data["exercises"]), tests, given)


def digest_cells(sources: Iterable[str]) -> str:
    """Return what tells the code of a notebook from another's."""
    written = [one.strip() for one in sources if one.strip()]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()
