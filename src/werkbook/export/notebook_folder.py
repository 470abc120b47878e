"""What the exporter asks of the folder in which a notebook lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from werkbook.export.choosing import Options


class NotebookFolder:
    """A folder's files, read only, and none outside of it."""

    def __init__(self, path: Path) -> None:
        """Keep the folder's path."""
        self.path = path.resolve()

    def is_file(self, name: str) -> bool:
        """Say whether a relative path is there."""
        path = self._inside(name)
        return path is not None and path.exists()

    def read(self, name: str) -> str | None:
        """The text of a file, or None when there is none."""
        path = self._inside(name)
        if path is None or not path.is_file():
            return None
        return path.read_text(encoding="utf-8", errors="replace")

    def _inside(self, name: str) -> Path | None:
        if "\x00" in name or len(name) > 300:
            return None
        try:
            path = (self.path / name).resolve()
        except (OSError, RuntimeError, ValueError):
            return None
        return path if path.is_relative_to(self.path) else None


def options_for(
    folder: Path,
    name: str,
    *,
    target: str | None = None,
    is_target_asked: bool = False,
    app: str | None = None,
    file: str | None = None,
    output: str = "app.py",
    upto: int | None = None,
    python: int = 3,
    document: dict[str, Any] | None = None,
) -> Options:
    """The options of an export of a notebook in a folder."""
    files = NotebookFolder(folder)
    return Options(
        name=name,
        target=target,
        is_target_asked=is_target_asked,
        app=app,
        file=file,
        output=output,
        upto=upto,
        python=python,
        open_file=files.read,
        is_file=files.is_file,
        document=document,
    )
