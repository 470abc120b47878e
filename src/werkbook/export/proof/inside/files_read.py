"""Which files an app reads, to know what it cannot do without."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote


class Reads:
    """Notes which of the files in a folder are read."""

    def __init__(self, folder: str) -> None:
        """List what is there now: what the app writes itself does not count."""
        self.folder = os.path.realpath(folder)
        self.there = {
            os.path.join(place, name)
            for place, _, names in os.walk(self.folder)
            for name in names
        }
        self.found: set[str] = set()
        self.connected: set[str] = set()

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event (PEP 578)."""
        if event == "sqlite3.connect":
            self._note_database(arguments[0])
        if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        _, mode, flags = arguments
        writes = set("wax") & set(mode) if mode else flags & (os.O_WRONLY | os.O_RDWR)
        if not writes:
            self.found.add(os.path.realpath(os.fsdecode(arguments[0])))

    def _note_database(self, place: Any) -> None:
        """Take a database of SQLite, which its library opens: a path, or a URI."""
        if not isinstance(place, str | bytes | os.PathLike):
            return
        name = os.fsdecode(place)
        if name.startswith("file:"):  # of this machine: `file:/a`, `file:///a`
            name = unquote(name.removeprefix("file:").partition("?")[0])
            name = "/" + name.lstrip("/") if name.startswith("//") else name
        path = os.path.realpath(name)
        self.connected |= {path, f"{path}-wal"}  # what it holds that is not merged

    def note_folders(self, app: Any) -> None:
        """Take all of the folders in which an app of Flask's kind looks for files."""
        for one in (app, *(getattr(app, "blueprints", None) or {}).values()):
            root = getattr(one, "root_path", None) or ""
            for name in ("template_folder", "static_folder"):
                folder = getattr(one, name, None)
                if isinstance(folder, str | os.PathLike):
                    place = os.path.realpath(os.path.join(root, folder))
                    self.found |= {
                        path for path in self.there if path.startswith(place + os.sep)
                    }

    def names(self, but: str) -> list[str]:
        """Return the files by their paths below the folder, without `but`."""
        return self._names(self.found - {os.path.realpath(but)})

    def databases(self) -> list[str]:
        """Return the databases by their paths below the folder."""
        return self._names(self.connected)

    def _names(self, paths: set[str]) -> list[str]:
        found = paths & self.there
        names = [os.path.relpath(path, self.folder) for path in sorted(found)]
        return [name.replace(os.sep, "/") for name in names]
