"""Which app of a namespace is the notebook's."""

from __future__ import annotations

import importlib.util
import os
import sys
import types
from typing import Any

from ..hooks import StandIn


class AppMissingError(LookupError):
    """The cells ran, and no app is there."""


def is_app(value: Any) -> bool:
    """Say whether something is called as a WSGI or ASGI app is, as far as one sees."""
    if isinstance(value, type | types.FunctionType | types.ModuleType | StandIn):
        return False
    kinds = ("url_map", "routes", "add_route", "wsgi_app", "router")
    try:
        return callable(value) and any(hasattr(value, one) for one in kinds)
    except Exception:
        return False  # a proxy of a request that is not there


class Namespace:
    """A notebook's names, with those that a failing cell bound anew remembered.

    A cell that fails in the middle may have bound `app` to one that is half made; the
    one before is what its author saw.
    """

    def __init__(self, space: dict[str, Any], folder: str = "") -> None:
        """Look at a shell's namespace, and at the notebook's folder for its files."""
        self.space = space
        self._folder = folder
        self._before: dict[str, Any] = {}
        self._made_earlier: dict[str, Any] = {}
        self._ever: dict[str, list[Any]] = {}

    def begin(self) -> None:
        """A cell is about to run."""
        self._before = self._look()

    def failed(self) -> None:
        """It failed: keep the apps whose names it took."""
        self._look()
        for name, one in self._before.items():
            if self.space.get(name) is not one:
                self._made_earlier.setdefault(name, one)

    def passed(self) -> None:
        """It passed: what it bound counts."""
        self._look()
        for name in list(self._made_earlier):
            if self.space.get(name) is not self._before.get(name):
                del self._made_earlier[name]

    def _look(self) -> dict[str, Any]:
        """Find the apps that names stand for, and remember them."""
        found = {name: one for name, one in self.space.items() if is_app(one)}
        for name, one in found.items():
            known = self._ever.setdefault(name, [])
            if not any(one is other for other in known):
                known.append(one)
        return found

    def find(self, wanted: dict[str, Any], served: list[Any]) -> Any:
        """Find the app.

        Args:
            wanted: `module`: a file that the cells wrote; `expression`: what gives the
                app in its namespace; `is_explicit`: a person asked for that one.
            served: Apps that servers were given, in order.

        Raises:
            AppMissingError: None is there.
        """
        if wanted["module"]:
            path = os.path.join(self._folder, wanted["module"])
            return _of_file(path, wanted["expression"])
        named = self._evaluate(wanted["expression"])
        if wanted["is_explicit"] and named is not None:
            return named
        # An app that the name stood for before was served, and has been replaced.
        earlier = self._ever.get(wanted["expression"].partition(".")[0], [])
        is_replaced = bool(served) and any(served[-1] is one for one in earlier)
        if served and not any(one is named for one in served) and not is_replaced:
            return served[-1]
        if named is not None:
            return named
        apps = [
            one for name, one in self.space.items() if is_app(one) and name[0] != "_"
        ]
        if apps:
            return apps[-1]
        raise AppMissingError(f"nothing is called {wanted['expression']!r}")

    def _evaluate(self, expression: str) -> Any:
        if expression in self._made_earlier:
            return self._made_earlier[expression]
        try:
            found = eval(expression, self.space)
        except Exception:
            return None
        return found if callable(found) else None


def _of_file(path: str, expression: str) -> Any:
    """Import a file that the cells wrote, under its own name."""
    name = os.path.splitext(os.path.basename(path))[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not os.path.exists(path):
        raise AppMissingError(f"no cell wrote {path!r}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    found = eval(expression, module.__dict__)
    if not callable(found):
        raise AppMissingError(f"{expression!r} of {path!r} is {type(found).__name__}")
    return found
