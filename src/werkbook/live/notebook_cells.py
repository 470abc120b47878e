"""What a notebook's cells register for all of its apps: templates and static files."""

from __future__ import annotations

import weakref
from typing import Any

from ..registrations.dicts import OwnedDict
from ..registrations.ledger import ledger
from ..registrations.registration import Registration


class NotebookCells:
    """The template and static cells of this process; they come before files.

    Attributes:
        templates: Name to source; a source may have an attribute `filename`, and that
            one `first_line`, where a template begins below its file's first line.
        static: Path below the static URL to bytes.
    """

    def __init__(self) -> None:
        self.apps: weakref.WeakSet[Any] = weakref.WeakSet()
        self.made: list[weakref.ref[Any]] = []
        self.templates = OwnedDict("template", self)
        self.static = OwnedDict("static", self)

    def welcome(self, app: Any) -> None:
        """Note a new app."""
        if app not in self.apps:
            self.apps.add(app)
            self.made = [one for one in self.made if one() is not None]
            self.made.append(weakref.ref(app))

    def touch(self, kind: str) -> None:
        """Make every app's snapshot stale."""
        for app in list(self.apps):
            app.touch(kind)

    def derive(self, registration: Registration) -> None:
        """Do nothing: nothing follows from a template or static cell."""

    def run_ended(self) -> None:
        """Do nothing."""

    def cells(self, kind: str) -> dict[str, Any]:
        """Return templates or static files by name; none in strict mode."""
        return getattr(self, kind) if ledger.is_live else {}


notebook = NotebookCells()
