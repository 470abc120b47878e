"""`app.dependency_overrides`: an override holds for later versions of its function.

FastAPI finds an override by the function that it stands for. When the cell of that
function runs again, the views depend on a new function, which the cell of the override
has not seen; by its name it is the same one.
"""

from __future__ import annotations

import sys
from typing import Any

from ..registrations.dicts import DividedDict, OwnedDict
from ..registrations.divided import make_divided_class
from ..registrations.registration import ABSENT


class OverrideDict(OwnedDict):
    """The overrides of an app, by the function that each stands for."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the override of a function, or of an earlier version of it."""
        found = dict.get(self, key, ABSENT)
        return _find_earlier(self, key, default) if found is ABSENT else found

    def divide(self) -> None:
        """Let the running cell read the dict without its previous run."""
        self.__class__ = make_divided_class(type(self), _DividedOverrides)


class _DividedOverrides(DividedDict):
    """The reading methods while a cell that has overrides runs again."""

    def get(self, key: Any, default: Any = None) -> Any:
        found = DividedDict.get(self, key, ABSENT)
        return _find_earlier(self, key, default) if found is ABSENT else found


def _find_earlier(overrides: Any, key: Any, default: Any) -> Any:
    """Return the override of another version of a function, the newest first."""
    for known in reversed(list(overrides.keys())):
        if _name(known) == _name(key) and _is_redefined(known, key):
            return overrides[known]
    return default


def _is_redefined(known: Any, key: Any) -> bool:
    """Say whether of two with one name the second may come from a later run."""
    if _is_bound(known):
        return False
    first, second = (getattr(one, "__code__", None) for one in (known, key))
    if first is None or second is None:
        return _is_bound(key)
    if first.co_filename == second.co_filename:  # a loop, or two in one cell
        return first is not second and first.co_firstlineno == second.co_firstlineno
    return True


def _name(dependency: Any) -> tuple[Any, Any]:
    return (
        getattr(dependency, "__module__", None),
        getattr(dependency, "__qualname__", dependency),
    )


def _is_bound(dependency: Any) -> bool:
    """Say whether a function or class is what its name means now."""
    module, name = _name(dependency)
    names = getattr(dependency, "__globals__", None)
    if names is None:
        names = getattr(sys.modules.get(module), "__dict__", {})
    return names.get(name) is dependency
