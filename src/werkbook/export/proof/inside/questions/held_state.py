"""What the names of a module hold, as text: to see where two modules differ.

Requests show only part of an app's state. What plain data, the notebook's own objects,
iterators and patched modules hold is written down without being changed; everything
else is left out.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import hashlib
import os
import random
import sys
import types
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from .library_state import is_stateful, library_parts

_PLAIN = (
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    range,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
)
_LISTS = (list, tuple, collections.deque)
_MAX_PARTS = 20_000
"""Of so many parts of one name's value the text tells."""
_MAX_CHARS = 400
"""A longer text is told by its digest."""
_MAX_FILES = 500
_MAX_BYTES = 4_000_000
ENVIRONMENT = "os.environ: "
"""Begins the names of environment variables."""
FILE = "file "
"""Begins the paths of files."""
_OWN_MODULES = ("__main__", "app")
_NOT_OURS = frozenset(("In", "Out", "get_ipython", "exit", "quit", "open", "display"))


def held_state(
    space: dict[str, Any], sources: Iterable[str] = (), but: Iterable[str] = ()
) -> dict[str, str]:
    """Write down what the names of a namespace hold, and which files are there.

    Args:
        space: The namespace.
        sources: The notebook's text: environment variables count that it names.
        but: Files that were there before.
    """
    found = {}
    for name, value in list(space.items()):
        if name.startswith("_") or name in _NOT_OURS:
            continue
        found[name] = _Writer().write(value) + _state_of_module(value)
    found |= {f"{FILE}{path}": "there" for path in list_files() if path not in but}
    whole = "\n".join(sources)
    for name, value in os.environ.items() if "os" in space else ():
        if name in whole:
            found[f"{ENVIRONMENT}{name}"] = value
    return found | {"builtins": ",".join(_patched(sys.modules["builtins"]))}


def list_files() -> set[str]:
    """The files of the present folder and of those below it, hidden ones left out."""
    found: set[str] = set()
    for place, folders, names in os.walk("."):
        folders[:] = [one for one in folders if not one.startswith((".", "__"))]
        paths = (os.path.join(place, one) for one in names if one[0] != ".")
        found.update(os.path.normpath(one).replace(os.sep, "/") for one in paths)
        if len(found) > _MAX_FILES:
            break
    return found


def _state_of_module(value: Any) -> str:
    """What a module of Python's or NumPy's keeps for all who use it."""
    name = value.__name__ if isinstance(value, types.ModuleType) else ""
    if name == "random":
        return _digest(repr(random.getstate()))
    if name == "decimal":
        return repr(decimal.getcontext())
    if name in ("numpy", "numpy.random"):
        kind, keys, *more = getattr(value, "random", value).get_state()
        return _digest(repr((kind, keys.tolist(), *more)))
    return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


class _Writer:
    """Writes one value; what it cannot read tells nothing."""

    def __init__(self) -> None:
        self._left = _MAX_PARTS
        self._above: set[int] = set()

    def write(self, value: Any) -> str:
        """Give the text of a value, or "" where nothing is known of it."""
        try:
            text = "\x1f".join(self._parts(value))
        except Exception:
            return ""  # an object of somebody's own, in a state that cannot be read
        return text if len(text) <= _MAX_CHARS else _digest(text)

    def _parts(self, value: Any) -> Iterator[str]:
        self._left -= 1
        if self._left < 0 or id(value) in self._above:
            return
        if type(value) in _PLAIN or isinstance(value, datetime.date):
            yield f"{type(value).__name__} {value!r}"
            return
        self._above.add(id(value))
        try:
            yield from self._parts_inside(value)
        finally:
            self._above.discard(id(value))

    def _parts_inside(self, value: Any) -> Iterator[str]:
        if isinstance(value, types.ModuleType):
            yield from _patched(value)
            if is_beside(value):
                named = list(vars(value).items())
                yield from self._each(one for name, one in named if name[0] != "_")
        elif isinstance(value, types.FunctionType):
            yield from self._function(value)
        elif isinstance(value, type):
            yield from self._class(value)
        elif hasattr(type(value), "cache_info"):
            yield f"cache {value.cache_info()!r}"
        elif isinstance(value, types.GeneratorType):
            yield from self._generator(value)
        elif _is_iterator(value):
            yield type(value).__name__
            yield from self._each(value.__reduce__())
        else:
            yield from self._data(value)

    def _data(self, value: Any) -> Iterator[str]:
        kind = type(value)
        is_own = _is_own(kind)
        if _is_captured(value):
            yield from ("captured", value.stdout, value.stderr)
            return
        if isinstance(value, dict) and (kind.__module__ in _KNOWN or is_own):
            yield kind.__name__
            for key, one in list(value.items()):
                if key == "__builtins__":  # of a namespace that `exec` was given
                    continue
                yield from self._parts(key)
                yield from self._parts(one)
        elif isinstance(value, _LISTS) and (kind.__module__ in _KNOWN or is_own):
            yield f"{_SHELL_KINDS.get(kind.__name__, kind.__name__)} {len(value)}"
            yield from self._each(value)
        elif isinstance(value, set | frozenset):
            yield f"{kind.__name__} {len(value)}"
            if len(value) < _MAX_PARTS:
                yield from sorted("".join(self._parts(one)) for one in value)
        elif isinstance(value, random.Random):
            yield _digest(repr(value.getstate()))
        elif hasattr(type(value), "bit_generator"):
            yield _digest(repr(value.bit_generator.state))
        elif kind.__module__.partition(".")[0] in ("numpy", "pandas"):
            yield from self._table(value)
        elif isinstance(getattr(type(value), "default_config", None), dict):
            yield from self._settings(value)
        elif not is_own:
            inside = list(library_parts(value))
            yield from [kind.__name__] * bool(inside)
            yield from self._each(inside)
        if is_own:
            yield kind.__name__
            yield from self._each(part for pair in vars(value).items() for part in pair)

    def _settings(self, app: Any) -> Iterator[str]:
        """The settings of an app of Flask's kind that are not its defaults."""
        for key, one in sorted(app.config.items()):
            if key not in app.default_config or app.default_config[key] != one:
                yield key
                yield from self._parts(one)

    def _each(self, values: Iterable[Any]) -> Iterator[str]:
        for one in islice(values, _MAX_PARTS):
            yield from self._parts(one)

    def _function(self, value: types.FunctionType) -> Iterator[str]:
        """What a function keeps: defaults, what it closes over, attributes."""
        yield from self._each(value.__defaults__ or ())
        yield from self._each((value.__kwdefaults__ or {}).values())
        for cell in value.__closure__ or ():
            yield from self._parts(cell.cell_contents)
        kept = vars(value).items()
        yield from self._each(
            part for pair in kept if pair[0] != "__wrapped__" for part in pair
        )

    def _class(self, value: type) -> Iterator[str]:
        if value.__module__ not in _OWN_MODULES:
            return
        for name, one in list(vars(value).items()):
            if name.startswith("__") and name.endswith("__"):
                continue
            yield name
            if isinstance(one, types.FunctionType):
                yield one.__code__.co_name
            yield from self._parts(one)

    def _generator(self, value: Any) -> Iterator[str]:
        frame = value.gi_frame
        yield f"generator {None if frame is None else frame.f_lasti}"
        for one in (frame.f_locals if frame is not None else {}).values():
            yield from self._parts(one)

    def _table(self, value: Any) -> Iterator[str]:
        """Data of NumPy's and pandas' own."""
        if hasattr(value, "columns") and hasattr(value, "iloc"):
            yield f"table {value.shape} {list(value.columns)!r}"
            for number in range(value.shape[1]):
                yield from self._table(value.iloc[:, number])
        elif hasattr(value, "to_numpy"):
            yield from self._table(value.to_numpy())
        elif getattr(value, "nbytes", _MAX_BYTES) < _MAX_BYTES:
            yield f"{type(value).__name__} {value.dtype} {value.shape}"
            if value.dtype.kind in "biufcMmSU":
                yield hashlib.sha256(value.tobytes()).hexdigest()
            else:
                yield from self._each(value.ravel().tolist())


_KNOWN = ("builtins", "collections", "IPython.utils.text")
_SHELL_KINDS = {"SList": "list"}
"""What IPython's `lines = !command` binds, and what the file's own line does."""


def _is_captured(value: Any) -> bool:
    """Say whether a value is what `%%capture` keeps, here or in the exported file."""
    if isinstance(value, types.SimpleNamespace):
        return vars(value).keys() == {"stdout", "stderr"}
    return type(value).__module__ == "IPython.utils.capture"


def _is_own(kind: type) -> bool:
    """Say whether a class is the notebook's own, with nothing of a library below it."""
    return kind.__module__ in _OWN_MODULES and all(
        base.__module__ in (*_OWN_MODULES, *_KNOWN, "abc", "enum", "typing")
        or is_stateful(base)
        for base in kind.__mro__
    )


def is_beside(module: Any) -> bool:
    """Say whether a module is the author's own: its file lies in the folder."""
    path = getattr(module, "__file__", None) or ""
    return os.path.dirname(os.path.abspath(path)) == os.getcwd() and path != ""


def _is_iterator(value: Any) -> bool:
    kind = type(value)
    return kind.__module__ in ("builtins", "itertools") and hasattr(kind, "__next__")


def _patched(module: Any) -> list[str]:
    """The attributes of a module that the notebook's own code has put there."""
    found = []
    for name, one in list(vars(module).items()):
        home = getattr(one, "__module__", None)
        kind = type(one).__module__
        if kind == "unittest.mock" or (
            home in _OWN_MODULES and module.__name__ not in _OWN_MODULES
        ):
            found.append(f"{name} {getattr(one, '__name__', '')}")
    return sorted(found)
