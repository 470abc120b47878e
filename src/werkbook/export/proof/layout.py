"""Where an exported file will lie, and what lies beside it: there it is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from werkbook.export.exporter import Export
from werkbook.export.proof.folder import FolderPlan

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
