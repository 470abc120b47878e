"""Copies of a notebook's folder for the clean processes, within one limit for all."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from werkbook.export.exporter import Export

MAX_BYTES = 200_000_000
"""What all copies together may take on the disk."""
MAX_FILES = 5_000
COPIES = 5
"""How many processes have a copy of their own."""
_MAX_SEEN = 50_000
"""After so many names the rest of a folder is not even looked at."""
_SHARED_BYTES = 1_000_000
"""Files of this size and more are one on the disk, which nobody can write to."""
_DATABASES = (".db", ".sqlite", ".sqlite3", ".duckdb", ".dbm", ".h5", ".hdf5")
_FIRST = ("templates", "static", "data")
_NOT_COPIED = frozenset(
    (
        ".git",
        ".hg",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".ipynb_checkpoints",
    )
)


@dataclass
class FolderPlan:
    """What of a folder is copied.

    Attributes:
        folder: By its real path; None for an empty one.
        folders: Paths below it, the outer ones first.
        files: Paths below it.
        links: Links within the folder, with where they lead to, below it as well.
        left_out: What stays behind: paths below the folder, each with the reason.
    """

    folder: Path | None = None
    folders: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    _first: dict[str, Path] = field(default_factory=dict)

    def copy_to(self, target: Path) -> None:
        """Make one copy; the large files of the first serve the others, too.

        Raises:
            OSError: The disk is full.
        """
        target.mkdir(parents=True)
        for name in self.folders:
            (target / name).mkdir(exist_ok=True)
        for name in self.files:
            self.copy_file(name, target / name)
        for name, goal in self.links.items():
            path = target / name
            path.symlink_to(os.path.relpath(target / goal, path.parent))

    def copy_file(self, name: str, path: Path) -> None:
        """Copy one file of the folder; a large one that was copied is linked.

        Raises:
            OSError: The disk is full.
        """
        assert self.folder is not None
        source = self.folder / name
        try:
            if name in self._first:
                os.link(self._first[name], path)
                return
            shutil.copy2(source, path)
        except FileNotFoundError:
            return  # gone since we looked
        except PermissionError:
            self.left_out[name] = "it cannot be read"
            return
        if _is_shared(name, path.stat().st_size):
            path.chmod(0o444)
            self._first[name] = path


def plan_copies(folder: Path | None, place: Path, budget: Budget) -> FolderPlan:
    """Choose what is copied of a folder: no environments, and not more than the limit.

    Links are never followed; one that leads out of the folder stays behind.

    Args:
        folder: The notebook's folder, or the one that the file goes to.
        place: Where the copies will be, which may be within that folder.
        budget: What all copies together may take.
    """
    if folder is None or not folder.is_dir():
        return FolderPlan()
    plan = FolderPlan(folder.resolve())
    for name, entry in _entries(plan, place.resolve()):
        if entry.is_symlink():
            _plan_link(plan, name, entry)
        elif entry.is_dir():
            plan.folders.append(name)
        elif not entry.is_file():
            continue  # a pipe, a socket
        elif budget.takes(name, entry.stat().st_size):
            plan.files.append(name)
        else:
            plan.left_out[name] = "the folder is too large to be copied whole"
    return plan


class Budget:
    """What may still be copied, of all folders together."""

    def __init__(self) -> None:
        """Begin with the limits."""
        self.bytes_left = MAX_BYTES
        self.files_left = MAX_FILES

    def takes(self, name: str, size: int) -> bool:
        """Take a file of this size if there is room for it."""
        cost = size if _is_shared(name, size) else size * COPIES
        if cost > self.bytes_left or not self.files_left:
            return False
        self.bytes_left -= cost
        self.files_left -= 1
        return True


def _is_shared(name: str, size: int) -> bool:
    return size >= _SHARED_BYTES and not name.lower().endswith(_DATABASES)


def _entries(plan: FolderPlan, place: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Walk a folder, what lies near and where apps look first."""
    assert plan.folder is not None
    waiting = deque([""])
    seen = 0
    while waiting:
        below = waiting.popleft()
        try:
            entries = sorted(os.scandir(plan.folder / below), key=lambda one: one.name)
        except OSError:
            plan.left_out[below] = "it cannot be read"
            continue
        inner = []
        for entry in entries:
            seen += 1
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.name in _NOT_COPIED or Path(entry.path) == place:
                continue
            if seen > _MAX_SEEN:
                plan.left_out[below or "."] = "it holds too many files"
                return
            yield name, entry
            if entry.is_dir(follow_symlinks=False):
                inner.append(name)
        inner.sort(key=lambda one: one not in _FIRST)
        waiting.extend(inner)


def _plan_link(plan: FolderPlan, name: str, entry: os.DirEntry[str]) -> None:
    assert plan.folder is not None
    try:
        goal = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        return  # it leads nowhere, or in a circle
    if goal.is_relative_to(plan.folder):
        plan.links[name] = goal.relative_to(plan.folder).as_posix()
    else:
        plan.left_out[name] = "it is a link out of the folder"


Ship = Callable[[Iterable[str], Path], Iterable[str]]
"""Says which files of the notebook's folder, by their paths below it, come along to a
folder."""


@dataclass(frozen=True)
class Layout:
    """The folder that a file is written to, and its name there.

    Attributes:
        name: The file's name.
        target: That folder, which may not exist yet; None for the notebook's own.
        ship: Says what of that which the app reads comes along; None for nothing.
        always_ships: It brings all of that, needed or not, as a project does.
    """

    name: str = "app.py"
    target: Path | None = None
    ship: Ship | None = None
    always_ships: bool = False

    @property
    def is_elsewhere(self) -> bool:
        """The file goes to another folder than the notebook's."""
        return self.target is not None

    def choices(
        self, reads: Sequence[str], databases: Sequence[str]
    ) -> list[tuple[str, ...]]:
        """Return what may come along of what the app reads, the least first.

        A database holds what somebody entered: it comes where nothing less does.
        """
        files = tuple(one for one in reads if one not in databases)
        first: list[tuple[str, ...]] = [] if self.always_ships else [()]
        return list(dict.fromkeys([*first, files, (*files, *databases)]))

    def make(
        self,
        root: Path,
        export: Export,
        beside: FolderPlan,
        there: FolderPlan,
        reads: Iterable[str] = (),
    ) -> None:
        """Make the folder, with the file and what comes along.

        Args:
            root: Where to make it; not there yet.
            export: The file.
            beside: The copy of the notebook's folder.
            there: The copy of the folder that the file goes to.
            reads: What comes along of the notebook's folder.

        Raises:
            OSError: The disk is full.
        """
        (there if self.is_elsewhere else beside).copy_to(root)
        for name, text in export.files.items():
            _write(root, name, text, is_kept=self.target is None)
        (root / self.name).unlink(missing_ok=True)
        (root / self.name).write_text(export.source, encoding="utf-8")
        for name in self.ship(reads, root) if self.ship is not None else ():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            beside.copy_file(name, target)


def _write(root: Path, name: str, text: str, *, is_kept: bool) -> None:
    path = (root / name).resolve()
    if root.resolve() not in path.parents or (is_kept and path.exists()):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
