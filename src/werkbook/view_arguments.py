"""Do a rule's variables fit its view function's parameters?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from .errors import WerkbookError, quoted_list


class ViewArgumentsError(WerkbookError, TypeError):
    """A view function can't be called with the variables of its rule."""


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
        signature = inspect.signature(view)
    except (ValueError, TypeError):
        return view
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError:
        error = _mismatch(view, signature, rule, names)

        def mismatched(**values: Any) -> NoReturn:
            raise error

        return mismatched
    return view


def _mismatch(
    view: Callable[..., Any], signature: inspect.Signature, rule: str, names: list[str]
) -> ViewArgumentsError:
    name = getattr(view, "__name__", repr(view))
    taken = list(signature.parameters)
    fix = f"write def {name}({', '.join(names)}):"
    missing = [parameter for parameter in taken if parameter not in names]
    if missing and not set(names) - set(taken):
        fix += f", or a rule with <{missing[0]}>"
    return ViewArgumentsError(
        f"View function {name!r} can't be called for rule {rule!r}.",
        why=f"the rule's variables are {quoted_list(names)}; the function takes"
        f" {quoted_list(taken)}.",
        fix=f"{fix}.",
    )


def no_view(endpoint: Any, rule: str) -> NoViewError:
    """Make the error for a rule whose endpoint has no view function."""
    return NoViewError(
        f"Rule {rule!r} has the endpoint {endpoint!r}, which has no view function.",
        why="add_url_rule was called without view_func, and nothing gave it one since.",
        fix=f"write @app.endpoint({endpoint!r}) above the view function.",
    )
