"""Keeps the figures that views draw with pyplot from the cells of the notebook.

pyplot has one list of figures for the whole process, and its notebook backend shows all
of them when a cell ends. A view's figures would stand under whichever cell runs then,
and two requests at once would draw into one another's.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from werkbook.globals import current_test_request
from werkbook.serving.output import current_exchange, log_of_this_thread

from .late_imports import when_imported

MODULE = "matplotlib._pylab_helpers"

Figures = OrderedDict[int, Any]
# Where one thread answers many requests, the last one's figures are let go with it.
_of_request: ContextVar[tuple[object, Figures] | None] = ContextVar(
    "werkbook.figures", default=None
)


def keep_apart() -> Callable[[], None]:
    """Give each request figures of its own in pyplot; return what undoes that."""
    end = when_imported(MODULE, divide)

    def undo() -> None:
        end()
        module: Any = sys.modules.get(MODULE)
        figures = module.Gcf.figs if module is not None else None
        if isinstance(figures, DividedFigures):
            module.Gcf.figs = figures.of_cells

    return undo


def divide(module: ModuleType) -> None:
    """Divide pyplot's list of figures among the cells and the requests."""
    if not isinstance(module.Gcf.figs, DividedFigures):
        module.Gcf.figs = DividedFigures(module.Gcf.figs)


class DividedFigures:
    """pyplot's figures by number: the request's in a view, else the cells'.

    It is what `Gcf.figs` is, an ordered dict.
    """

    def __init__(self, of_cells: Figures) -> None:
        """Keep the figures that cells have made."""
        self.of_cells = of_cells

    def _now(self) -> Figures:
        asked = _asked()
        if asked is None:
            return self.of_cells
        held = _of_request.get()
        if held is None or held[0] is not asked:
            held = asked, OrderedDict()
            _of_request.set(held)
        return held[1]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._now(), name)

    def __getitem__(self, number: int) -> Any:
        return self._now()[number]

    def __setitem__(self, number: int, manager: Any) -> None:
        self._now()[number] = manager

    def __delitem__(self, number: int) -> None:
        del self._now()[number]

    def __contains__(self, number: object) -> bool:
        return number in self._now()

    def __iter__(self) -> Iterator[int]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


def _asked() -> object | None:
    """Return whose figures these are: a request, or a thread that a view started."""
    asked = current_exchange.get() or current_test_request.get()
    if asked is None and log_of_this_thread() is not None:
        return threading.current_thread()
    return asked
