"""Finds what was handed in, and what of it a submission is not to read."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...plain_words import well_formed
from ..course.key import FILE as KEY_FILE
from ..course.key import Key


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    Attributes:
        student: A name, from the file or its folder.
        path: The notebook.
        folder: What belongs to it; None for a notebook alone.
        root: The folder in which it was found; None for its own.
    """

    student: str
    path: Path
    folder: Path | None = None
    root: Path | None = None

    @property
    def place(self) -> Path:
        """The folder in which others' work can lie, too."""
        return self.root or (self.folder or self.path).parent

    @property
    def work(self) -> Path:
        """What the student handed in: a folder, or a notebook alone."""
        return self.folder or self.path


def find_submissions(paths: Iterable[Path]) -> list[Submission]:
    """Find the notebooks among files and folders.

    A file is a submission. A folder with notebooks is one for each of them; of a folder
    of folders each is a student's, and is itself the submission where it has none.
    """
    found: list[Submission] = []
    for path in paths:
        if path.is_dir():
            found += _in_folder(path)
        else:
            found.append(Submission(well_formed(path.stem), path))
    return found


def _in_folder(folder: Path) -> Iterator[Submission]:
    paths = [one for one in sorted(folder.iterdir()) if not one.name.startswith(".")]
    # Beside notebooks a folder can be one of data; among folders it is a student's.
    is_class = not any(one.suffix == ".ipynb" for one in paths)
    for path in paths:
        name = well_formed(path.stem if path.suffix == ".ipynb" else path.name)
        if path.is_dir():
            notebooks = [
                Submission(name, one, one.parent, folder)
                for one in sorted(path.rglob("*.ipynb"))
                if ".ipynb_checkpoints" not in one.parts
            ]
            yield from notebooks
            if is_class and not notebooks:
                yield Submission(name, path, path, folder)
        elif path.suffix == ".ipynb":
            yield Submission(name, path)


def only_of_key(submissions: Sequence[Submission], key: Key) -> list[Submission]:
    """Leave out a student's notebooks of other assignments.

    nbgrader keeps all of them in a student's folder. Of a student who has none that the
    key names, all stay: it may have been renamed.
    """
    known = {one.student for one in submissions if key.names(one.path.name)}
    return [
        one
        for one in submissions
        if one.student not in known or key.names(one.path.name)
    ]


def hidden_from(submissions: Iterable[Submission], key: Key, folder: Path) -> list[str]:
    """Return what a submission's process is not to read: the key, what was handed in.

    A folder that Python itself is below stays as it is: then what lies in it is hidden,
    the key's file and each student's work.

    Args:
        submissions: All that are graded.
        key: What is checked.
        folder: Where the process runs.
    """
    needed = [folder, Path(sys.prefix), Path(sys.base_prefix)]
    needed += [Path(one) for one in sys.path if one]
    real_needed = [one.resolve() for one in needed]
    contents: dict[Path, list[Path]] = {}
    if key.folder is not None:
        contents[key.folder.resolve()] = [key.folder / KEY_FILE]
    for one in submissions:
        contents.setdefault(one.place.resolve(), []).append(one.work)
    found: list[Path] = []
    for place, within in contents.items():
        if any(one.is_relative_to(place) for one in real_needed):
            # A student's link could lead to what another's process needs.
            found += [one.resolve() for one in within if not one.is_symlink()]
        else:
            found.append(place)
    return [str(one) for one in dict.fromkeys(found) if one.exists()]
