"""Notices errors that IPython shows while the cell itself counts as a success.

A failing `%run`, and a script's cells that run silently, end with
`result.success == True`: IPython has shown the traceback, and nothing tells an
extension. So the shell's three ways to show an error are watched, and only for calls
that IPython's own runners make; what a user shows on purpose is no failure.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

METHODS = ("showtraceback", "showsyntaxerror", "showindentationerror")
RUNNERS = frozenset({"IPython.core.interactiveshell", "IPython.core.magics.code"})


class FailureWatch:
    """Calls back when the shell shows an error of code that it ran."""

    def __init__(self, shell: InteractiveShell, on_failure: Callable[[], None]) -> None:
        """Prepare to watch a shell; `install` begins."""
        self.shell = shell
        self.on_failure = on_failure

    def install(self) -> None:
        """Put the watch in front of the shell's methods."""
        for name in METHODS:
            setattr(self.shell, name, self._watched(getattr(self.shell, name)))

    def uninstall(self) -> None:
        """Take the watch away, unless someone else wrapped it since."""
        for name in METHODS:
            method = vars(self.shell).get(name)
            if getattr(method, "werkbook_watch", None) is self:
                delattr(self.shell, name)

    def _watched(self, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def show(*args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1).f_globals.get("__name__")
            if caller in RUNNERS and sys.exc_info()[1] is not None:
                self.on_failure()
            return method(*args, **kwargs)

        show.werkbook_watch = self  # type: ignore[attr-defined]  # a mark of ours
        return show
