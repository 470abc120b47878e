"""Does something to a module of someone else's, once it is imported."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


def when_imported(name: str, act: Callable[[ModuleType], object]) -> Callable[[], None]:
    """Call a function with a module: at once, or when it has been imported.

    Args:
        name: The module's name.
        act: What is called.

    Returns:
        What ends the waiting.
    """
    module = sys.modules.get(name)
    finder = _ModuleFinder(name, act)
    if module is not None:
        act(module)
    else:
        sys.meta_path.insert(0, finder)
    return finder.end


class _ModuleFinder:
    """A finder of the import system that finds one module, as it would be found."""

    def __init__(self, name: str, act: Callable[[ModuleType], object]) -> None:
        self.name = name
        self.act = act

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        self.end()
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                self.act(module)

            vars(spec.loader)["exec_module"] = exec_module
        return spec

    def end(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
