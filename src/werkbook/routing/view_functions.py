"""View functions: their endpoints, methods, places in the source, and parameters."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from ..errors import WerkbookError, quoted_list

Place = tuple[str, int, str]
"""File name, line, and the function's name, as a frame of a traceback has them."""


class EndpointTakenError(WerkbookError, AssertionError):
    """An endpoint was given a second view function."""


class ViewArgumentsError(WerkbookError, TypeError):
    """A view function can't be called with the variables of its rule.

    Attributes:
        view_place: Where the view function stands.
    """

    view_place: Place | None = None


class NoViewError(WerkbookError, KeyError):
    """A rule's endpoint has no view function."""


def find_view_class(view: Any) -> type | None:
    """Return the class that a view function was made of (`View.as_view`), if any.

    A mock, or a proxy in the place of a view function, has an attribute of every name.
    """
    found = getattr(view, "view_class", None)
    return found if isinstance(found, type) else None


def locate_view(view: Callable[..., Any] | None, method: str = "") -> Place | None:
    """Return where a view function begins; None for what was not written in Python.

    Args:
        view: The view function, decorated or not.
        method: The request's method, to find the one of a `MethodView`.
    """
    view_class = find_view_class(view)
    if view_class is not None:
        answering = getattr(view_class, "dispatch_request", view)
        view = getattr(view_class, method.lower(), answering)
    code = getattr(inspect.unwrap(view), "__code__", None) if view else None
    if code is None:
        return None
    return code.co_filename, _find_def_line(code), code.co_name


def _find_def_line(code: Any) -> int:
    """Find the line below the decorators, with which a function's code begins."""
    first: int = code.co_firstlineno
    last = max(line or first for _, _, line in code.co_lines())
    for line in range(first, last + 1):
        words = linecache.getline(code.co_filename, line).split()
        if words[:1] == ["def"] or words[:2] == ["async", "def"]:
            return line
    return first


def make_endpoint_error(
    endpoint: str, taken: Callable[..., Any], wanted: Callable[..., Any]
) -> EndpointTakenError:
    """Make the error for a second view function, naming the places of both."""
    return EndpointTakenError(
        "View function mapping is overwriting an existing endpoint function:"
        f" {endpoint}",
        why=f"{_described(taken)} has it, {_described(wanted)} wants it.",
        fix=f"rename one of them, or write endpoint='{endpoint}_2'.",
    )


def decide_methods(
    view_func: Any, methods: Any, automatic: bool | None, *, is_offered: bool
) -> tuple[frozenset[str], bool]:
    """Return a rule's methods, and whether the app itself answers OPTIONS."""
    if methods is None:
        methods = getattr(view_func, "methods", None) or ("GET",)
    if isinstance(methods, str):
        raise TypeError(
            "Allowed methods must be a list of strings, for example:"
            ' @app.route(..., methods=["POST"])'
        )
    required = getattr(view_func, "required_methods", ())
    if automatic is None:
        automatic = getattr(view_func, "provide_automatic_options", None)
    return _complete_methods(tuple(methods), tuple(required), automatic, is_offered)


@lru_cache(maxsize=256)
def _complete_methods(
    methods: tuple[str, ...],
    required: tuple[str, ...],
    automatic: bool | None,
    is_offered: bool,
) -> tuple[frozenset[str], bool]:
    names = {method.upper() for method in methods}
    if "GET" in names:
        names.add("HEAD")
    if automatic is None:
        automatic = "OPTIONS" not in names and is_offered
        if automatic:
            names.add("OPTIONS")
    return frozenset(names.union(required)), automatic


def _described(view_func: Callable[..., Any]) -> str:
    name = getattr(view_func, "__name__", repr(view_func))
    code = getattr(view_func, "__code__", None)
    if code is None:
        return f"{name!r}"
    return f"{name!r} ({code.co_filename}, line {code.co_firstlineno})"


def check_arguments(
    view: Callable[..., Any], rule: str, names: Iterable[str]
) -> Callable[..., Any]:
    """Return a view function, or one that explains why it can't be called.

    Args:
        view: The view function.
        rule: Its rule.
        names: The rule's variables, and the keys of its defaults.
    """
    names = sorted(names)
    try:
        # A decorator may take other arguments than the function that it wraps.
        signature = inspect.signature(view, follow_wrapped=False)
    except (ValueError, TypeError):
        return view
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError:
        return _explaining(view, signature, rule, names)
    return view


def _explaining(
    view: Callable[..., Any], signature: inspect.Signature, rule: str, names: list[str]
) -> Callable[..., Any]:
    def called(**values: Any) -> Any:
        try:
            return view(**values)
        except TypeError as error:
            # A decorator can give a function any signature, so the call decides.
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise
            raise _make_mismatch_error(view, signature, rule, names) from None

    return called


def _make_mismatch_error(
    view: Callable[..., Any], signature: inspect.Signature, rule: str, names: list[str]
) -> ViewArgumentsError:
    name = getattr(view, "__name__", repr(view))
    taken = list(signature.parameters)
    fix = f"write def {name}({', '.join(names)}):"
    missing = [parameter for parameter in taken if parameter not in names]
    if missing and not set(names) - set(taken):
        fix += f", or a rule with <{missing[0]}>"
    error = ViewArgumentsError(
        f"View function {name!r} can't be called for rule {rule!r}.",
        why=f"the rule's variables are {quoted_list(names)}; the function takes"
        f" {quoted_list(taken)}.",
        fix=f"{fix}.",
    )
    error.view_place = locate_view(view)
    return error


def make_no_view_error(endpoint: Any, rule: str) -> NoViewError:
    """Make the error for a rule whose endpoint has no view function."""
    return NoViewError(
        f"Rule {rule!r} has the endpoint {endpoint!r}, which has no view function.",
        why="add_url_rule was called without view_func, and nothing gave it one since.",
        fix=f"write @app.endpoint({endpoint!r}) above the view function.",
    )
