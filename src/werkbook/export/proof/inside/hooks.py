"""Do something to a module as soon as it is imported."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

Change = Callable[[Any], None]


class ImportHook(importlib.abc.MetaPathFinder):
    """Changes modules by name; those that are there already at once."""

    def __init__(self, changes: dict[str, Change]) -> None:
        """Take the changes, by the modules' names."""
        self._changes = dict(changes)

    def install(self) -> None:
        """Stand in front of all finders."""
        for name in [one for one in self._changes if one in sys.modules]:
            self._changes.pop(name)(sys.modules[name])
        sys.meta_path.insert(0, self)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module as the others do, and have it changed when it was executed."""
        change = self._changes.pop(fullname, None)
        if change is None:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    _follow(spec.loader, change)
                return spec
        return None


def _follow(loader: Any, change: Change) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        change(module)

    try:
        loader.exec_module = exec_module
    except AttributeError:
        return  # a built-in module's: nothing that we change


class UnansweredError(LookupError):
    """A cell looks into what a service or a person would have answered."""

    __module__ = "builtins"


class StandIn:
    """Takes the place of anything that belongs to a tunnel or to another service."""

    def __init__(self, name: str = "") -> None:
        """Remember the name, for what is printed."""
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Be a module or an object with anything in it."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self._name}.{name}")

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        """Be a function, or a decorator that changes nothing."""
        if len(arguments) == 1 and not more and callable(arguments[0]):
            return arguments[0]
        return StandIn(f"{self._name}()")

    def __str__(self) -> str:
        """Show what it stands for."""
        return self._name


def _refuse(value: Any, *more: Any) -> Any:
    raise UnansweredError(
        f"{value} has no answer here: no person uploads files, and no other service"
        " is asked"
    )


for _name in ("iter", "getitem", "contains", "len", "fspath", "add", "radd", "int"):
    setattr(StandIn, f"__{_name}__", _refuse)
# Python's own errors say it: "TypeError: str expected, not answer of a person...".
StandIn.__name__ = "answer of a person or a service, which is not asked here"


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives modules of tunnels where nothing else does; comes after all finders."""

    def __init__(self, names: Sequence[str]) -> None:
        """Take the modules' names; those below them are given, too."""
        self._names = tuple(names)
        self.given: list[str] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Find one of the names."""
        if any(
            fullname == one or fullname.startswith(f"{one}.") for one in self._names
        ):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if any(one.startswith(f"{fullname}.") for one in self._names):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Make a module that has whatever is asked of it."""
        module = ModuleType(spec.name)
        name = spec.name
        module.__getattr__ = lambda one: _attribute(name, one)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Note that it was asked for; there is nothing to execute."""
        self.given.append(module.__name__)


def are_absent(packages: Sequence[str]) -> list[str]:
    """Return those of some packages that this process cannot import."""
    return [one for one in packages if not _is_here(one)]


def _is_here(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):  # a module without a specification, `__main__`
        return package in sys.modules


def _attribute(module: str, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return StandIn(f"{module}.{name}")
