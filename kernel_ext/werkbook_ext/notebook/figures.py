"""Keeps the figures that views draw with pyplot from the cells of the notebook.

pyplot has one list of figures for the whole process, and its notebook backend shows all
of them when a cell ends. A view's figures would stand under whichever cell runs then,
and two requests at once would draw into one another's.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from werkbook.serving.output import current_exchange

MODULE = "matplotlib._pylab_helpers"

Figures = OrderedDict[int, Any]
# Where one thread answers many requests, the last one's figures are let go with it.
_of_request: ContextVar[tuple[object, Figures] | None] = ContextVar(
    "werkbook.figures", default=None
)


def keep_apart() -> Callable[[], None]:
    """Give each request figures of its own in pyplot; return what undoes that."""
    module = sys.modules.get(MODULE)
    watch = _Watch()
    if module is not None:
        divide(module)
    else:
        sys.meta_path.insert(0, watch)

    def undo() -> None:
        if watch in sys.meta_path:
            sys.meta_path.remove(watch)
        module = sys.modules.get(MODULE)
        figures = getattr(getattr(module, "Gcf", None), "figs", None)
        if module is not None and isinstance(figures, DividedFigures):
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
        exchange = current_exchange.get()
        if exchange is None:
            return self.of_cells
        held = _of_request.get()
        if held is None or held[0] is not exchange:
            held = exchange, OrderedDict()
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


class _Watch:
    """Waits for the import of pyplot, which a view may be the first to do."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find pyplot's module as it would be found, to divide its figures."""
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                divide(module)

            vars(spec.loader)["exec_module"] = exec_module
        return spec
