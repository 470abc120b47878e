"""Do a rule's variables fit its view function's parameters?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from ..definitions import Place, place_of_view
from ..errors import WerkbookError, quoted_list


class ViewArgumentsError(WerkbookError, TypeError):
    """A view function can't be called with the variables of its rule.

    Attributes:
        view_place: Where the view function stands.
    """

    view_place: Place | None = None


class NoViewError(WerkbookError, KeyError):
    """A rule's endpoint has no view function."""


def checked(
    view: Callable[..., Any], rule: str, names: Iterable[str]
) -> Callable[..., Any]:
    """Return a view function, or what raises why it can't be called.

    Args:
        view: The view function.
        rule: Its rule.
        names: The rule's variables, and the keys of its defaults.
    """
    names = sorted(names)
    try:
        # What a decorator wraps may well take other arguments than it does itself.
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
            # A signature may be made up; only the call itself can tell.
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise
            raise _mismatch(view, signature, rule, names) from None

    return called


def _mismatch(
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
    error.view_place = place_of_view(view)
    return error


def no_view(endpoint: Any, rule: str) -> NoViewError:
    """Make the error for a rule whose endpoint has no view function."""
    return NoViewError(
        f"Rule {rule!r} has the endpoint {endpoint!r}, which has no view function.",
        why="add_url_rule was called without view_func, and nothing gave it one since.",
        fix=f"write @app.endpoint({endpoint!r}) above the view function.",
    )
