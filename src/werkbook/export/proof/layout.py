"""Where an exported file will lie, and what lies beside it: there it is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from werkbook.export.exporter import Export
from werkbook.export.proof.folder import FolderPlan, plan_copies

Ship = Callable[[Iterable[str], Path], object]
"""Copies files of the notebook's folder, by their paths below it, into a folder."""


@dataclass(frozen=True)
class Layout:
    """The folder that a file is written to, and its name there.

    Attributes:
        name: The file's name.
        target: That folder, which may not exist yet; None for the notebook's own.
        ship: Brings what the app reads along; None when nothing comes along.
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

    def make(
        self,
        root: Path,
        export: Export,
        beside: FolderPlan,
        reads: Iterable[str] = (),
    ) -> None:
        """Make the folder, with the file and what comes along.

        Args:
            root: Where to make it; not there yet.
            export: The file.
            beside: The copy of the notebook's folder.
            reads: What comes along of the notebook's folder.

        Raises:
            OSError: The disk is full.
        """
        plan = beside
        if self.target is not None:
            plan = plan_copies(self.target, root)
        plan.copy_to(root)
        for name, text in export.files.items():
            _write(root, name, text, is_kept=self.target is None)
        (root / self.name).unlink(missing_ok=True)
        (root / self.name).write_text(export.source, encoding="utf-8")
        if self.ship is not None:
            self.ship(reads, root)


def _write(root: Path, name: str, text: str, *, is_kept: bool) -> None:
    path = (root / name).resolve()
    if root.resolve() not in path.parents or (is_kept and path.exists()):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")
