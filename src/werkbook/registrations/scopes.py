"""Hooks by scope: an app's own (None), or a blueprint's (its name)."""

from __future__ import annotations

from typing import Any

from .lists import OwnedList
from .registration import ContainerBase, Home


class ScopedList(OwnedList):
    """The hooks of one scope."""

    scope: Any = None


class OwnedScopes(ContainerBase, dict[Any, Any]):
    """A dict of hook lists by scope; a list is there as soon as it is asked for.

    Args:
        kind: What the registrations are called.
        home: The app or blueprint.
        initial: The hooks of the app's own scope that nobody owns.
    """

    def __init__(self, kind: str, home: Home, initial: tuple[Any, ...] = ()) -> None:
        super().__init__()
        self.kind = kind
        self.home = home
        if initial:
            list.extend(self[None], initial)

    def __missing__(self, scope: Any) -> ScopedList:
        made = ScopedList(self.kind, self.home)
        made.scope = scope
        dict.__setitem__(self, scope, made)
        return made

    def __setitem__(self, scope: Any, functions: Any) -> None:
        if functions is not dict.get(self, scope):
            self[scope][:] = functions

    def setdefault(self, scope: Any, default: Any = None) -> Any:
        """Return the list of a scope, after filling it when it is new."""
        is_new = scope not in self
        functions = self[scope]
        if is_new and default:
            functions.extend(default)
        return functions

    def update(self, *others: Any, **scopes: Any) -> None:
        """Set the lists of several scopes."""
        for scope, functions in dict(*others, **scopes).items():
            self[scope] = functions

    def pop(self, scope: Any, *default: Any) -> Any:
        """Empty the list of a scope and return what it held."""
        if scope not in self:
            return dict.pop(self, scope, *default)
        held = list(self[scope])
        self[scope].clear()
        return held
