"""What a student's cells say, and which of them failed.

It is noted from the beginning; the desk, and all that checking needs, come with the
first exercise.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from werkbook import live
from werkbook.exercises.visitor import Record
from werkbook.exercises.workplace import Workplace
from werkbook.plain_words import said_by

from ..notebook.apps import has_app, which_app
from ..notebook.cells import identify_run
from ..notebook.live_cells import find_live_cells
from .told_rules import tell_rules

_ASKING = re.compile(
    r"\s*(?:#.*|(?:\w[\w\s,]*=\s*)?%(?:http|browse|routes|check|doctor|serve|exercise|"
    r"trace|werkbook|config)\b.*)?"
)
_ASKING_CELL = re.compile(r"\s*%%(?:http|exercise|markdown|html)\b")
_NAME = "_werkbook_attempts"


@dataclass(frozen=True)
class Attempt:
    """The last run of a cell.

    Attributes:
        source: Its text.
        error: The name and the text of the exception that ended it; None when none did.
    """

    source: str
    error: tuple[str, str] | None = None


class Checks(Protocol):
    """What checks the exercises that are shown: the desk."""

    posted: dict[str, Any]

    def check_again(self, can_have_changed: bool) -> None:
        """Check them, where the cell that ran may have changed the app."""

    def uninstall(self) -> None:
        """Stop listening, and let go of the widgets."""


class Attempts:
    """Remembers the cells that ran in a shell.

    Attributes:
        desk: What checks the exercises, once the shell has shown one; it listens then.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        """Remember nothing yet."""
        self.shell = shell
        self.desk: Checks | None = None
        self._by_cell: dict[str, Attempt] = {}

    def install(self) -> None:
        """Listen to the shell's cells."""
        self.shell.events.register("post_run_cell", self.post_run_cell)
        setattr(self.shell, _NAME, self)

    def uninstall(self) -> None:
        """Stop listening, and close the desk."""
        self.close_desk()
        self.shell.events.unregister("post_run_cell", self.post_run_cell)
        delattr(self.shell, _NAME)

    def close_desk(self) -> None:
        """Let go of the desk and its widgets."""
        if self.desk is not None:
            self.desk.uninstall()
            self.desk = None

    def post_run_cell(self, result: ExecutionResult | None) -> None:
        """Note the cell, and have the exercises checked."""
        if result is None or live.current_owner() is not None:
            return  # interrupted, or a cell inside of another
        can_have_changed = self.note(result)
        if self.desk is not None:
            self.desk.check_again(can_have_changed)

    def note(self, result: ExecutionResult) -> bool:
        """Take up a cell that ran; say whether it can have changed the app."""
        info = result.info
        if info is None:
            return False
        source = info.raw_cell or ""
        error = result.error_before_exec or result.error_in_exec
        told = (type(error).__name__, _words(error)) if error is not None else None
        owner = identify_run(info, self.shell).owner.id
        self._by_cell.pop(owner, None)
        self._by_cell[owner] = Attempt(source, told)
        return not only_asks(source)

    def is_gone(self, owner: str) -> bool:
        """Say whether a cell was deleted; one that comes back by undo counts again."""
        cells = find_live_cells(self.shell)
        known = cells.known.get(owner) if cells is not None else None
        return known is not None and known.is_forgotten

    def workplace(self, app: str | None = None) -> Workplace:
        """Return the student's place: the app, the names, the cells.

        Args:
            app: The app's name; None for the one that magics look for.
        """
        attempts = [
            one
            for owner, one in self._by_cell.items()
            if not self.is_gone(owner) and not _ASKING_CELL.match(one.source)
        ]
        found = self._app(app)
        return Workplace(
            app=found,
            names=self.shell.user_ns,
            folder=Path.cwd(),
            code=tuple(one.source for one in attempts),
            failed=tuple(
                one.error
                for one in attempts
                if one.error is not None and not only_asks(one.source)
            ),
            opening=_open_app,
            told_rules=tell_rules(found),
        )

    def _app(self, name: str | None) -> WSGIApplication | None:
        if name is None and not has_app(self.shell):
            return None
        try:
            return which_app(self.shell, name)
        except UsageError:  # the student has not made it yet
            return None


def _open_app(app: Any, timeout_s: float) -> AbstractContextManager[Record]:
    """Open an app; what that takes comes with the first exercise that asks one."""
    from .open_apps import open_app  # start-up time

    return open_app(app, timeout_s)


def _words(error: BaseException) -> str:
    """Return an exception's text without a cell's file, which is another each time."""
    if isinstance(error, SyntaxError) and error.msg:
        line = f" (line {error.lineno})" if error.lineno else ""
        return f"{error.msg}{line}"
    return said_by(error)


def find_attempts(shell: InteractiveShell) -> Attempts | None:
    """Return those of a shell, when the extension is loaded there."""
    attempts = getattr(shell, _NAME, None)
    return attempts if isinstance(attempts, Attempts) else None


def only_asks(source: str) -> bool:
    """Say whether a cell only asks the app something, and so changes nothing of it."""
    if _ASKING_CELL.match(source):
        return True
    return all(_ASKING.fullmatch(line) for line in source.splitlines())
