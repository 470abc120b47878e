"""Return annotations: values become JSON, and are checked."""

from __future__ import annotations

import functools
import operator
import typing
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import Headers

from ..errors import WerkbookError
from .decoding import (
    ModelReader,
    ValueReader,
    has_msgspec,
    load_msgspec,
    make_reader,
)
from .encoded import EncodedJson, wrap_json
from .kinds import has_record, is_readable, is_record, is_response, list_members
from .problems import FieldProblem


class ResultMismatchError(WerkbookError, TypeError):
    """What a view function returned is not as its return annotation says.

    Attributes:
        problems: What is wrong, field by field.
    """

    problems: tuple[FieldProblem, ...] = ()


class Result:
    """What a return annotation says.

    Args:
        hint: The type of the JSON body, responses aside.
        has_form: Whether the annotation has a tuple that Flask takes apart.

    Attributes:
        hint: The same.
        exact: The class whose objects become JSON as they are; None where they are
            converted first.
        encode_exact: Makes them into JSON.
        is_encoded: Whether values become JSON here; else the app's `json` does it.
        is_tuple: Whether a tuple is the body, and not what Flask takes apart.
    """

    def __init__(self, hint: Any, *, has_form: bool = False) -> None:
        self.hint = hint
        self.is_tuple = _has_tuple(hint) and not has_form
        self.is_encoded = _is_encoded(hint)
        self.reader: ValueReader = make_reader(hint)
        # Objects of the very class need no conversion.
        self.exact = hint if is_record(hint) and isinstance(hint, type) else None
        self.encode_exact: Callable[[Any], bytes]
        if isinstance(self.reader, ModelReader):
            self.encode_exact = self.reader.dump_json
        else:
            self.encode_exact = load_msgspec().json.Encoder().encode

    def encode(self, value: Any) -> EncodedJson:
        """Return a value as JSON; only what the annotation names is in it.

        Raises:
            ResultMismatchError: The value is of another type.
        """
        if type(value) is not self.exact:
            value = self._read(value)
        return wrap_json(self.encode_exact(value))

    def check(self, value: Any) -> None:
        """Check a value to its last field, objects of the annotation's type too.

        Raises:
            ResultMismatchError: A field is not as declared.
        """
        problems = self.find_problems(
            _to_json_types(self._read(value), self.encode_exact)
        )
        if problems:
            raise _make_error(self.hint, problems)

    def find_problems(self, value: Any) -> list[FieldProblem]:
        """Return what is not as declared in a value that JSON was made into."""
        return self.reader.find_problems(value, "response", is_text=False)

    def _read(self, value: Any) -> Any:
        try:
            return self.reader.read_value(value)
        except self.reader.failures as error:
            message = str(error)
        problems = self.find_problems(_to_json_types(value, self.encode_exact))
        if not problems:
            problems = [FieldProblem("response", (), message)]
        raise _make_error(self.hint, problems)


def _to_json_types(value: Any, encode: Callable[[Any], bytes]) -> Any:
    try:
        return load_msgspec().json.decode(encode(value))
    except Exception:  # whatever an object does that JSON has no way to write
        return value


def _make_error(hint: Any, problems: list[FieldProblem]) -> ResultMismatchError:
    error = ResultMismatchError(
        f"A view function's value is not as its return annotation {_show(hint)} says.",
        why=f"{'; '.join(map(str, problems[:5]))}.",
        fix="return what the annotation says, or change the annotation.",
    )
    error.problems = tuple(problems)
    return error


def find_result(hint: Any, *, is_meant: bool = False) -> Result | None:
    """Return what a return annotation says; None where values are sent as ever.

    What Flask itself takes (text, responses, iterators) stays as it is. So does what
    the app's own JSON takes, where msgspec is not installed, which would check it.

    Args:
        hint: The annotation.
        is_meant: Whether the view was said to be typed.

    Raises:
        NoMsgspecError: msgspec is not installed.
    """
    told = list_members(hint)
    taken = [_body(one) for one in told]
    bodies = [body for one in taken for body in list_members(one)]
    members = [one for one in bodies if not is_response(one)]
    if not members or any(one in (str, bytes, Any) for one in members):
        return None
    if members == [type(None)] or not all(map(is_readable, members)):
        return None
    if any(one in (dict, list, tuple) for one in members):
        return None  # it says no more than that there is JSON
    if members != told:
        hint = functools.reduce(operator.or_, members)
    if not is_meant and _is_sent_by_flask(hint) and not has_msgspec():
        return None
    return Result(hint, has_form=taken != told)


def _body(hint: Any) -> Any:
    """Return the type of the body: the first of a tuple that Flask takes apart.

    Flask's forms are (body, status), (body, headers) and (body, status, headers). Any
    other tuple is a body, a list in JSON.
    """
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is not tuple or len(arguments) not in (2, 3):
        return hint
    body, second = arguments[:2]
    if len(arguments) == 3:
        is_form = _is_status(second, body) and _is_headers(arguments[2])
    else:
        is_form = _is_status(second, body) or _is_headers(second)
    return body if is_form else hint


def _is_status(hint: Any, body: Any) -> bool:
    """Tell whether a type is that of a status; text is one beside what Flask sends."""
    if hint is str:
        kinds = [typing.get_origin(one) or one for one in list_members(body)]
        return any(one in (str, bytes, dict, list) or is_response(one) for one in kinds)
    return all(
        all(isinstance(value, int) for value in typing.get_args(one))
        if typing.get_origin(one) is typing.Literal
        else isinstance(one, type) and issubclass(one, int) and one is not bool
        for one in list_members(hint)
    )


def _is_headers(hint: Any) -> bool:
    """Tell whether a type is that of headers: a mapping, or a list of pairs."""
    kind = typing.get_origin(hint) or hint
    if kind in (list, tuple):
        inner = typing.get_args(hint)
        return not inner or typing.get_origin(inner[0]) is tuple
    return isinstance(kind, type) and issubclass(kind, Mapping | Headers)


def _is_encoded(hint: Any) -> bool:
    """Tell whether the annotation says more than the app's own JSON does."""
    return (
        _has_tuple(hint)
        or has_record(hint)
        or any(one in (bool, int, float) for one in list_members(hint))
    )


def _is_sent_by_flask(hint: Any) -> bool:
    """Tell whether Flask takes such values from a view function: dicts and lists."""
    kinds = [typing.get_origin(one) or one for one in list_members(hint)]
    taken = (dict, list, type(None))
    return all(one in taken or typing.is_typeddict(one) for one in kinds)


def _has_tuple(hint: Any) -> bool:
    return any(typing.get_origin(one) is tuple for one in list_members(hint))


def _show(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
