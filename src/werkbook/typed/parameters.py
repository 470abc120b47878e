"""Which parameters of a view function are read from a request, and from where."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any

from ..errors import WerkbookError
from .decoding import ValueReader, make_reader
from .hints import Hints
from .kinds import is_file, is_readable, is_scalar, strip_annotated
from .markers import MISSING, Marker

_SKIPPED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class ParameterError(WerkbookError, TypeError):
    """A parameter of a view function is declared in a way that has no meaning."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a view function that is read from the request.

    Attributes:
        name: Its name in the function.
        place: The part of the request; see `markers.PLACES`.
        alias: Its name there.
        hint: Its type.
        default: The value where the request has none; `MISSING`: it must have one.
        marker: What the function says beside; None where it says nothing.
        reader: What reads its values; None where they are taken as they are.
        is_embedded: Of a body: it is one of several, below its name.
    """

    name: str
    place: str
    alias: str
    hint: Any
    default: Any
    marker: Marker | None
    reader: ValueReader | None
    is_embedded: bool = False

    @property
    def is_required(self) -> bool:
        """Whether the request must have a value."""
        return self.default is MISSING


@dataclass(frozen=True, slots=True)
class _Declared:
    """A parameter as the function's signature has it, before a place is chosen."""

    name: str
    hint: Any
    default: Any
    marker: Marker | None


def find_parameters(
    view: Callable[..., Any], hints: Hints, variables: Collection[str]
) -> list[Parameter]:
    """Return the parameters that are read from the request, in order.

    Args:
        view: The view function, for errors.
        hints: Its hints.
        variables: The variables of its rule.

    Raises:
        ParameterError: A parameter can't be read from where it is said to be.
        UnknownHintError: A parameter's hint names what is not defined.
    """
    chosen = []
    for declared in _list_declared(hints):
        place = _choose_place(view, declared, variables)
        if place is not None:
            chosen.append((declared, place))
    bodies = [one for one, place in chosen if place == "body"]
    is_embedded = len(bodies) > 1 or any(
        one.marker is not None and one.marker.embed for one in bodies
    )
    _check_one_body_format(view, {place for _, place in chosen})
    return [
        _make_parameter(view, declared, place, is_embedded and place == "body")
        for declared, place in chosen
    ]


def has_markers(view: Callable[..., Any], hints: Hints) -> bool:
    """Tell whether a view function says where a parameter comes from."""
    return any(one.marker is not None for one in _list_declared(hints))


def is_all_readable(hints: Hints, variables: Collection[str]) -> bool:
    """Tell whether each parameter without a default, beyond the rule's, can be read.

    Where one can't (a database that an extension gives to the view), the hints were
    not meant for requests.
    """
    return all(
        one.name in variables
        or one.default is not MISSING
        or one.name in hints.unknown
        or is_file(one.hint)
        or (one.hint is not Any and is_readable(one.hint))
        for one in _list_declared(hints)
    )


def _list_declared(hints: Hints) -> list[_Declared]:
    found = []
    for parameter in hints.signature.parameters.values():
        if parameter.kind in _SKIPPED:
            continue
        hint = hints.by_name.get(parameter.name, MISSING)
        default = parameter.default
        if default is inspect.Parameter.empty:
            default = MISSING
        marker = default if isinstance(default, Marker) else None
        if marker is not None:
            default = marker.default
        else:
            marker = _find_marker(hint)
            if marker is not None and default is MISSING:
                default = marker.default
        if parameter.name in hints.unknown and default is MISSING:
            hint = hints.unknown[parameter.name]
        found.append(_Declared(parameter.name, hint, default, marker))
    return found


def _find_marker(hint: Any) -> Marker | None:
    if typing.get_origin(hint) is Annotated:
        for extra in hint.__metadata__:
            if isinstance(extra, Marker):
                return extra
    return None


def _choose_place(
    view: Callable[..., Any], declared: _Declared, variables: Collection[str]
) -> str | None:
    """Return where a parameter comes from; None where it is left alone."""
    marker, hint = declared.marker, declared.hint
    if isinstance(hint, Exception):
        raise hint
    if marker is not None:
        if (marker.place == "path") != (declared.name in variables):
            raise _make_path_error(view, declared, variables)
        return marker.place
    if hint is MISSING:
        return None
    if declared.name in variables:
        return "path" if is_scalar(hint) else None
    if is_file(hint):
        return "file"
    if is_scalar(hint):
        return "query"
    if strip_annotated(hint) is not Any and is_readable(hint):
        return "body"
    return None


def _make_parameter(
    view: Callable[..., Any], declared: _Declared, place: str, is_embedded: bool
) -> Parameter:
    marker = declared.marker
    alias = marker.alias if marker is not None else None
    hint = str if declared.hint is MISSING else declared.hint
    if alias is None:
        alias = declared.name
        if place == "header":
            alias = alias.replace("_", "-").title()
    constraints = marker.constraints if marker is not None else {}
    reader = None
    if (
        place != "file"
        and not (strip_annotated(hint) is hint is str and not constraints)
    ) or place == "body":
        reader = _make_reader(view, declared, hint, constraints)
    return Parameter(
        declared.name, place, alias, hint, declared.default, marker, reader, is_embedded
    )


def _make_reader(
    view: Callable[..., Any], declared: _Declared, hint: Any, constraints: Any
) -> ValueReader:
    try:
        return make_reader(hint, constraints)
    except ParameterError:
        raise
    except (TypeError, NameError) as error:
        raise ParameterError(
            f"View function {_name(view)!r}: its parameter {declared.name!r} can't be"
            " read.",
            why=f"{error}.",
            fix="give it a hint such as int, list[str] or a dataclass, or write"
            " typed=False in the decorator.",
        ) from None


def _make_path_error(
    view: Callable[..., Any], declared: _Declared, variables: Collection[str]
) -> ParameterError:
    name = declared.name
    if name in variables:
        assert declared.marker is not None  # only those are refused
        return ParameterError(
            f"View function {_name(view)!r}: parameter {name!r} is {declared.marker!r},"
            " and a variable of the rule.",
            why="a variable of the rule comes from the path.",
            fix=f"write {name} without {declared.marker!r}, or give it another name.",
        )
    known = ", ".join(sorted(variables)) or "none"
    return ParameterError(
        f"View function {_name(view)!r}: parameter {name!r} is Path(), and no variable"
        " of the rule.",
        why=f"the rule's variables are {known}.",
        fix=f"write <{name}> in the rule, or Query() in place of Path().",
    )


def _check_one_body_format(view: Callable[..., Any], places: set[str]) -> None:
    if "body" in places and places & {"form", "file"}:
        raise ParameterError(
            f"View function {_name(view)!r} takes JSON and a form.",
            why="a request has one body: Body() is JSON, Form() and File() are a form.",
            fix="write Form() in place of Body().",
        )


def _name(view: Callable[..., Any]) -> str:
    return getattr(view, "__name__", repr(view))
