"""Error handlers: what they can be registered for, and the dicts that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException, default_exceptions

from ..errors import WerkbookError
from .dicts import OwnedDict
from .registration import ContainerBase, Home


class HandlerError(WerkbookError, ValueError):
    """An error handler was registered for something that is no error."""


class HandlerTypeError(WerkbookError, TypeError):
    """An error handler was registered for an exception, not for its class."""


def read_error_class(code_or_class: type[Exception] | int) -> tuple[Any, int | None]:
    """Return an exception class and its status code, None when it has none.

    Raises:
        HandlerError: It is neither a known code nor an exception class.
        HandlerTypeError: It is an exception, not a class.
    """
    exception_class: Any = code_or_class
    if isinstance(code_or_class, int):
        exception_class = default_exceptions.get(code_or_class)
        if exception_class is None:
            raise HandlerError(
                f"'{code_or_class}' is not a recognized HTTP error code.",
                why="handlers are for the codes that Werkzeug has exceptions for.",
                fix="Use a subclass of HTTPException with that code instead.",
            )
    if isinstance(exception_class, Exception):
        raise HandlerTypeError(
            f"{exception_class!r} is an instance, not a class.",
            why="handlers can only be registered for Exception classes or HTTP "
            "error codes.",
            fix=f"write @app.errorhandler({type(exception_class).__name__}).",
        )
    if not isinstance(exception_class, type) or not issubclass(
        exception_class, Exception
    ):
        name = getattr(exception_class, "__name__", repr(exception_class))
        raise HandlerError(
            f"'{name}' is not a subclass of Exception.",
            why="handlers can only be registered for Exception classes or HTTP "
            "error codes.",
        )
    if issubclass(exception_class, HTTPException):
        return exception_class, exception_class.code
    return exception_class, None


class HandlersByCode(ContainerBase, dict[Any, Any]):
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


class ErrorHandlerSpec(ContainerBase, dict[Any, Any]):
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
