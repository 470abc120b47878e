"""What error handlers can be registered for: status codes and exception classes."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import HTTPException, default_exceptions

from .errors import WerkbookError


class HandlerError(WerkbookError, ValueError):
    """An error handler was registered for something that is no error."""


class HandlerTypeError(WerkbookError, TypeError):
    """An error handler was registered for an exception, not for its class."""


def class_and_code(code_or_class: type[Exception] | int) -> tuple[Any, int | None]:
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
