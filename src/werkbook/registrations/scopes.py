"""Registrations by scope: an app's own (None), or a blueprint's (its name)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..homes import AtHome
from .lists import OwnedDict, OwnedList
from .registration import Home


class ScopedList(OwnedList):
    """The hooks of one scope."""

    scope: Any = None


class OwnedScopes(AtHome, dict[Any, Any]):
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


class HandlersByCode(AtHome, dict[Any, Any]):
    """The error handlers of one scope: status code, then exception class.

    Args:
        home: The app or blueprint.
        scope: None, or the blueprint's name.
    """

    def __init__(self, home: Home, scope: Any) -> None:
        super().__init__()
        self.home = home
        self.scope = scope

    def __missing__(self, code: Any) -> ErrorHandlers:
        made = ErrorHandlers("error_handler", self.home)
        made.scope, made.code = self.scope, code
        dict.__setitem__(self, code, made)
        return made

    def __setitem__(self, code: Any, handlers: Mapping[Any, Any]) -> None:
        if handlers is not dict.get(self, code):
            own = self[code]
            own.clear()
            own.update(handlers)


class ErrorHandlers(OwnedDict):
    """The error handlers of one scope and code, by exception class."""

    scope: Any = None
    code: Any = None


class ErrorHandlerSpec(AtHome, dict[Any, Any]):
    """Error handlers by scope, status code and exception class.

    Args:
        home: The app or blueprint.
    """

    def __init__(self, home: Home) -> None:
        super().__init__()
        self.home = home

    def __missing__(self, scope: Any) -> HandlersByCode:
        made = HandlersByCode(self.home, scope)
        dict.__setitem__(self, scope, made)
        return made

    def __setitem__(self, scope: Any, by_code: Mapping[Any, Any]) -> None:
        if by_code is not dict.get(self, scope):
            for handlers in self[scope].values():
                handlers.clear()
            for code, handlers in by_code.items():
                self[scope][code].update(handlers)
