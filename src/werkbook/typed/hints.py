"""The hints of a view function, as they are now.

In a notebook a class may be defined anew by its own cell, and a view that was defined
before holds the class of before. So a class of the notebook is looked up by its name.
"""

from __future__ import annotations

import inspect
import operator
import types
import typing
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Annotated, Any, NamedTuple

from ..errors import WerkbookError
from ..registrations.ledger import ledger

Dependency = tuple[dict[str, Any], str, Any]
"""A namespace, a name, and what it meant when the hints were read."""

_NOTHING: Any = object()


class UnknownHintError(WerkbookError, NameError):
    """A hint of a view function names what is not defined."""


class Hints(NamedTuple):
    """A view function's hints.

    Attributes:
        signature: Its parameters, in order.
        by_name: The hint of each parameter that has one; `return` is the result's.
        unknown: Why a hint has no meaning (yet), by the same names.
        dependencies: The names that they were looked up by, in a live app.
    """

    signature: inspect.Signature
    by_name: dict[str, Any]
    unknown: dict[str, UnknownHintError]
    dependencies: tuple[Dependency, ...]

    def are_current(self) -> bool:
        """Tell whether each name still means what it meant."""
        return all(names.get(name) is meant for names, name, meant in self.dependencies)


def read_hints(view: Callable[..., Any], *, is_unwrapped: bool) -> Hints:
    """Return the hints of a view function, strings evaluated.

    Args:
        view: The view function.
        is_unwrapped: Read what a decorator with `functools.wraps` wraps.
    """
    function = inspect.unwrap(view) if is_unwrapped else view
    signature = inspect.signature(function, follow_wrapped=False)
    names = getattr(function, "__globals__", {})
    found: dict[str, Any] = {}
    unknown: dict[str, UnknownHintError] = {}
    dependencies: list[Dependency] = []
    for name, hint in _written_hints(signature):
        if isinstance(hint, str):
            try:
                hint = _evaluate(hint, names)
            except Exception as error:  # whatever it raises, the user wrote it
                unknown[name] = _make_unknown_error(function, name, hint, error)
                missing = getattr(error, "name", None)
                dependencies.append((names, str(missing), None))
                continue
        if hint is None:
            hint = type(None)
        found[name] = find_present(hint, names, dependencies)
    kept = tuple(dependencies) if ledger.is_live else ()
    return Hints(signature, found, unknown, kept)


def _written_hints(signature: inspect.Signature) -> Iterator[tuple[str, Any]]:
    empty = inspect.Parameter.empty
    for parameter in signature.parameters.values():
        if parameter.annotation is not empty:
            yield parameter.name, parameter.annotation
    if signature.return_annotation is not empty:
        yield "return", signature.return_annotation


def _evaluate(hint: str, names: dict[str, Any]) -> Any:
    holder = types.SimpleNamespace(__annotations__={"hint": hint})
    return typing.get_type_hints(holder, names, include_extras=True)["hint"]


def _make_unknown_error(
    function: Callable[..., Any], name: str, hint: str, error: Exception
) -> UnknownHintError:
    which = "result" if name == "return" else f"parameter {name!r}"
    called = getattr(function, "__name__", repr(function))
    return UnknownHintError(
        f"View function {called!r}: the hint {hint!r} of its {which} has no meaning.",
        why=f"{type(error).__name__}: {error}.",
        fix="define what it names in a cell that ran, or import it.",
    )


def find_present(
    hint: Any, names: dict[str, Any], dependencies: list[Dependency]
) -> Any:
    """Return a hint with the classes that their names mean now.

    Args:
        hint: The hint.
        names: The globals of the function that has it.
        dependencies: Gets the names that were looked up.
    """
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        return _find_present_class(hint, names, dependencies)
    arguments = typing.get_args(hint)
    if not arguments:
        return hint
    origin = typing.get_origin(hint)
    if origin is Annotated:
        inner = find_present(arguments[0], names, dependencies)
        return Annotated[(inner, *arguments[1:])]
    if origin is typing.Literal:
        return hint
    present = tuple(
        [find_present(one, names, dependencies) for one in one_or_more]
        if isinstance(one_or_more := argument, list)
        else find_present(argument, names, dependencies)
        for argument in arguments
    )
    if all(one is other for one, other in zip(present, arguments, strict=True)):
        return hint
    if origin in (typing.Union, types.UnionType):
        return reduce(operator.or_, present)
    return origin[present]


def _find_present_class(
    cls: type, names: dict[str, Any], dependencies: list[Dependency]
) -> type:
    is_of_view = cls.__module__ == names.get("__name__")
    if not is_of_view or cls.__qualname__ != cls.__name__:
        return cls
    found = names.get(cls.__name__, _NOTHING)
    if not isinstance(found, type) or found.__module__ != cls.__module__:
        return cls
    dependencies.append((names, cls.__name__, found))
    return found
