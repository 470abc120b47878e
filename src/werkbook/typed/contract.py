"""What the hints of a view function say, compiled once: its contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .hints import Hints, read_hints
from .parameters import Parameter, find_parameters, has_markers, is_all_readable
from .return_values import Result, find_result


@dataclass(frozen=True, slots=True)
class Contract:
    """What the hints of a view function say.

    Attributes:
        view: The view function.
        variables: The variables of its rule.
        hints: Its hints.
        parameters: What is read from the request.
        result: What the return annotation says; None where it changes nothing.
    """

    view: Callable[..., Any]
    variables: frozenset[str]
    hints: Hints
    parameters: tuple[Parameter, ...]
    result: Result | None

    @property
    def is_typed(self) -> bool:
        """Whether the hints change anything."""
        return bool(self.parameters) or self.result is not None


def make_contract(
    view: Callable[..., Any], variables: frozenset[str], typed: bool | None
) -> Contract:
    """Compile the hints of a view function.

    Args:
        view: The view function.
        variables: The variables of its rule.
        typed: True: each hint counts, also those below decorators with
            `functools.wraps`; None: where a parameter beyond the rule's variables can
            be read from a request, or the result is more than Flask sends.

    Raises:
        ParameterError: A parameter can't be read from where it is said to be.
        UnknownHintError: A hint names what is not defined.
        NoMsgspecError: msgspec is not installed.
    """
    hints = read_hints(view, is_unwrapped=False)
    if hasattr(view, "__wrapped__"):
        inner = read_hints(view, is_unwrapped=True)
        if typed or has_markers(view, inner):
            hints = inner
    is_meant = bool(typed) or has_markers(view, hints)
    parameters: list[Parameter] = []
    if is_meant or is_all_readable(hints, variables):
        parameters = find_parameters(view, hints, variables)
    if not is_meant and all(one.place == "path" for one in parameters):
        parameters = []
    result = None
    if hasattr(view, "__wrapped__") and not is_meant:
        pass  # what a decorator makes of the value, nobody knows
    elif "return" in hints.by_name:
        result = find_result(hints.by_name["return"], is_meant=bool(typed))
    elif typed and "return" in hints.unknown:
        raise hints.unknown["return"]
    return Contract(view, variables, hints, tuple(parameters), result)
