"""Code that must find the interpreter as a new process would, where none can start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType

from werkbook.flask_names import FlaskModule, without_alias
from werkbook.live import control
from werkbook.registrations.ledger import outside_run

_ALWAYS_OWN = ("app", "__werkbook_check__")
"""The names under which exported files are executed."""
_OWN = ("werkbook", "werkbook_ext", "werkbook_proof")


class SeparateState:
    """What a program changes of the interpreter that it shares with the notebook.

    While it has its turn, it finds modules of its own, its folder, its environment,
    and apps that are strict, as in a new process; between its turns the notebook finds
    everything as it was. Memory, builtins and what C code keeps are shared.

    Args:
        folder: Where the program runs.
        around: The notebook's folder: modules of there are imported anew.
        environ: Its environment variables; None for this process's.

    Attributes:
        printed: What it printed.
    """

    def __init__(
        self,
        folder: Path,
        around: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.printed = StringIO()
        self._folder = os.fspath(folder)
        self._environ = dict(os.environ if environ is None else environ)
        self._path, self._argv = list(sys.path), [""]
        self._modules: dict[str, ModuleType | None] = {}
        there = os.path.realpath(around or os.getcwd())
        self._hidden = {
            name
            for name, module in sys.modules.items()
            if _lies_in(module, there) or _is_of_flask(name, module)
        }

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Give the program its turn."""
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(self.printed))
            stack.enter_context(redirect_stderr(self.printed))
            stack.enter_context(outside_run())
            stack.enter_context(without_alias())
            stack.enter_context(_strictly())
            stack.enter_context(self._in_place())
            stack.enter_context(self._with_modules())
            yield

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        before = os.getcwd(), list(sys.path), list(sys.argv), dict(os.environ)
        os.chdir(self._folder)
        sys.path[:], sys.argv[:] = self._path, self._argv
        _replace_environ(self._environ)
        try:
            yield
        finally:
            self._folder = os.getcwd()
            self._path, self._argv = list(sys.path), list(sys.argv)
            self._environ = dict(os.environ)
            os.chdir(before[0])
            sys.path[:], sys.argv[:] = before[1], before[2]
            _replace_environ(before[3])

    @contextmanager
    def _with_modules(self) -> Iterator[None]:
        before: dict[str, ModuleType | None] = dict(sys.modules)
        modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
        for name in self._hidden & before.keys():
            del modules[name]
        modules.update(self._modules)
        try:
            yield
        finally:
            self._modules = self._changed(before)
            for name in self._modules.keys() - before.keys():
                del modules[name]
            modules.update(before)

    def _changed(
        self, before: Mapping[str, ModuleType | None]
    ) -> dict[str, ModuleType | None]:
        """Return the modules that are the program's alone."""
        root = os.path.realpath(self._folder)
        return {
            name: module
            for name, module in sys.modules.items()
            if name in self._modules
            or (name in before and before[name] is not module)
            or (name not in before and name in _ALWAYS_OWN)
            or (name not in before and _lies_in(module, root))
            or (name not in before and _is_of_flask(name, module))
        }


@contextmanager
def _strictly() -> Iterator[None]:
    """Have apps be strict, as outside of a notebook."""
    was_live = control.is_enabled()
    control.disable()
    try:
        yield
    finally:
        if was_live:
            control.enable()


def _lies_in(module: ModuleType | None, folder: str) -> bool:
    if not issubclass(type(module), ModuleType):
        return False
    place, name = getattr(module, "__file__", None), getattr(module, "__name__", "")
    if not isinstance(place, str) or name == "__main__" or _root(name) in _OWN:
        return False
    return place.startswith(folder + os.sep) and "site-packages" not in place


def _is_of_flask(name: str, module: ModuleType | None) -> bool:
    """Say whether a module is Flask, or has something of Flask's among its names."""
    root = _root(name)
    if root == "flask":
        return True
    if root in _OWN or root == "__main__" or not isinstance(module, ModuleType):
        return False
    # Of the type alone: what a lazy object stands for may not be there yet.
    return any(
        issubclass(type(value), FlaskModule)
        or (issubclass(type(value), type) and _home(value) in ("flask", "werkbook"))
        for value in list(vars(module).values())
    )


def _home(kind: type) -> str:
    return _root(str(getattr(kind, "__module__", "")))


def _root(name: str) -> str:
    return name.partition(".")[0]


def _replace_environ(environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
