"""Reading values of a type: by msgspec, and by pydantic where its models take part.

msgspec is asked for, and no other code of our own stands in for it: two validators
would accept different things, and an app would answer otherwise where it is installed.
"""

from __future__ import annotations

import dataclasses
import operator
import re
import typing
from collections.abc import Callable, Iterator
from functools import cache, partial, reduce
from typing import Annotated, Any

from ..errors import WerkbookError
from .defaults import make_fill
from .kinds import find_class, find_item_type, is_model, is_record, list_members, walk
from .problems import FieldProblem

Keys = tuple[str | int, ...]
Read = Callable[[Any], Any]

_AT = re.compile(r"(?P<detail>.*?)(?: - at `(?P<path>[^`]*)`)?\Z", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<number>\d+)\]")
_WRONG_TEXT = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `str`\Z")
_MAX_SHOWN_CHARS = 40


class NoMsgspecError(WerkbookError, ImportError):
    """A view function has typed parameters, and what reads them is not installed."""


@cache
def load_msgspec() -> Any:
    """Return the module msgspec.

    Raises:
        NoMsgspecError: It is not installed.
    """
    try:
        import msgspec  # an optional dependency
    except ImportError:
        raise NoMsgspecError(
            "A view function has hints that say how a request is read, and msgspec is"
            " not installed.",
            why="msgspec reads and checks the values of typed views.",
            fix="pip install 'werkbook[typed]', or write typed=False in its decorator.",
        ) from None
    return msgspec


def has_msgspec() -> bool:
    """Say whether msgspec is installed."""
    try:
        load_msgspec()
    except NoMsgspecError:
        return False
    return True


class ValueReader:
    """Reads values of one type, and finds what is wrong with others.

    Args:
        hint: The type.
        constraints: What must hold of the value beside, as of `markers.Marker`.

    Attributes:
        read_json: Reads a body.
        read_text: Reads texts, as a query string or form has them.
        read_value: Reads what JSON was made into; objects by their attributes.
        failures: The exceptions of these three.
    """

    def __init__(self, hint: Any, constraints: dict[str, Any] | None = None) -> None:
        msgspec = load_msgspec()
        if constraints:
            hint = _constrain(hint, msgspec.Meta(**constraints))
        self.hint = hint
        self.failures: tuple[type[Exception], ...] = (
            msgspec.DecodeError,
            UnicodeDecodeError,
            RecursionError,
        )
        decode = msgspec.json.Decoder(hint).decode
        convert = msgspec.convert
        fill = make_fill(hint)
        self.read_json: Read = _then(fill, decode)
        self.read_text: Read = _then(fill, partial(convert, type=hint, strict=False))
        from_objects = partial(convert, type=hint, from_attributes=True)
        self.read_value: Read = _then(fill, from_objects)

    def find_json_problems(self, data: bytes, place: str) -> list[FieldProblem]:
        """Return why a body can't be read."""
        msgspec = load_msgspec()
        try:
            value = msgspec.json.decode(data)
        except self.failures as error:
            why = _explain_no_json(data, error)
            return [FieldProblem(place, (), f"is not JSON: {why}")]
        return self.find_problems(value, place, is_text=False)

    def find_problems(
        self, value: Any, place: str, keys: Keys = (), *, is_text: bool
    ) -> list[FieldProblem]:
        """Return why a value can't be read: a problem for each field.

        Args:
            value: What JSON was made into, or texts.
            place: The part of the request, for the problems.
            keys: The way to the value, for the problems.
            is_text: Whether the values are texts that stand for others.
        """
        return list(_find_problems(self.hint, value, place, keys, not is_text))


class ModelReader(ValueReader):
    """Reads values of a type that pydantic models take part in."""

    def __init__(self, hint: Any, constraints: dict[str, Any] | None = None) -> None:
        import pydantic  # an optional dependency, which the type is of

        if constraints:
            hint = Annotated[hint, pydantic.Field(**constraints)]
        self.hint = hint
        self.failures = (pydantic.ValidationError,)
        adapter = self._adapter = pydantic.TypeAdapter(hint)
        self.read_json = adapter.validate_json
        self.read_text = adapter.validate_python
        self.read_value = partial(adapter.validate_python, from_attributes=True)

    def find_json_problems(self, data: bytes, place: str) -> list[FieldProblem]:
        """Return why a body can't be read."""
        return self._list(lambda: self._adapter.validate_json(data), place, ())

    def find_problems(
        self, value: Any, place: str, keys: Keys = (), *, is_text: bool
    ) -> list[FieldProblem]:
        """Return why a value can't be read: a problem for each field."""
        read = self.read_text if is_text else self.read_value
        return self._list(lambda: read(value), place, keys)

    def _list(self, read: Any, place: str, keys: Keys) -> list[FieldProblem]:
        try:
            read()
        except self.failures as error:
            return [
                FieldProblem(place, (*keys, *one["loc"]), one["msg"])
                for one in error.errors()  # type: ignore[attr-defined]  # pydantic's
            ]
        return []

    def dump_json(self, value: Any) -> bytes:
        """Return a value as JSON."""
        return self._adapter.dump_json(value, by_alias=True)


def _then(fill: Read | None, read: Read) -> Read:
    """Return a function that reads, and fills in what the reader left out."""
    return read if fill is None else lambda value: fill(read(value))


def make_reader(hint: Any, constraints: dict[str, Any] | None = None) -> ValueReader:
    """Make what reads values of a type.

    Raises:
        NoMsgspecError: msgspec is not installed.
        TypeError: msgspec has no way to read the type.
    """
    if has_model(hint):
        return ModelReader(hint, constraints)
    return ValueReader(hint, constraints)


def _constrain(hint: Any, meta: Any) -> Any:
    """Let constraints hold of a type; None stays allowed where it is."""
    members = list_members(hint)
    if len(members) > 1 and type(None) in members:
        inner = [one for one in members if one is not type(None)]
        return Annotated[reduce(operator.or_, inner), meta] | None
    return Annotated[hint, meta]


def has_model(hint: Any) -> bool:
    """Tell whether pydantic models take part in a type."""
    return any(map(is_model, walk(hint)))


def _find_problems(
    hint: Any, value: Any, place: str, keys: Keys, is_strict: bool
) -> Iterator[FieldProblem]:
    msgspec = load_msgspec()
    try:
        msgspec.convert(value, hint, strict=is_strict)
        return
    except msgspec.ValidationError as error:
        message = str(error)
    is_found = False
    for inner in _find_inner(hint, value, place, keys, is_strict):
        is_found = True
        yield inner
    if not is_found:
        yield _explain(message, value, place, keys)


def _find_inner(
    hint: Any, value: Any, place: str, keys: Keys, is_strict: bool
) -> Iterator[FieldProblem]:
    """Find the problems of a value's fields and items, without its own."""
    members = [one for one in list_members(hint) if one is not type(None)]
    if len(members) != 1:
        return
    kind = members[0]
    if is_record(kind) and isinstance(value, dict):
        for name, inner, is_required in list_fields(kind):
            if name in value:
                way = (*keys, name)
                yield from _find_problems(inner, value[name], place, way, is_strict)
            elif is_required:
                yield FieldProblem(place, (*keys, name), "is missing")
    elif isinstance(value, list) and find_item_type(kind) is not None:
        for number, item in enumerate(value):
            inner = find_item_type(kind)
            yield from _find_problems(inner, item, place, (*keys, number), is_strict)
    elif isinstance(value, dict) and typing.get_origin(kind) is dict:
        inner = typing.get_args(kind)[1]
        for key, item in value.items():
            way = (*keys, str(key))
            yield from _find_problems(inner, item, place, way, is_strict)


def list_fields(kind: Any) -> list[tuple[str, Any, bool]]:
    """Return name, type, and whether a value must be given, of a record's fields."""
    msgspec = load_msgspec()
    cls = find_class(kind)
    if cls is not kind and not hasattr(cls, "__struct_fields__"):
        return [
            (name, _fill_in(hint, kind), is_required)
            for name, hint, is_required in list_fields(cls)
        ]
    if hasattr(cls, "__struct_fields__"):
        fields = msgspec.structs.fields(kind)
        return [(one.encode_name, one.type, one.required) for one in fields]
    if is_model(kind):
        return [
            (one.validation_alias or name, one.annotation, one.is_required())
            for name, one in kind.model_fields.items()
        ]
    hints = typing.get_type_hints(kind, include_extras=True)
    if dataclasses.is_dataclass(kind):
        missing = dataclasses.MISSING
        return [
            (
                one.name,
                hints[one.name],
                one.default is missing and one.default_factory is missing,
            )
            for one in dataclasses.fields(kind)
            if one.init
        ]
    optional = getattr(kind, "_field_defaults", ())  # of a named tuple
    required = getattr(kind, "__required_keys__", hints.keys() - set(optional))
    return [
        (name, strip_required(hint), name in required) for name, hint in hints.items()
    ]


def _fill_in(hint: Any, kind: Any) -> Any:
    """Return the type of a field of a generic type: `list[Item]` for `list[T]`."""
    told = dict(
        zip(find_class(kind).__parameters__, typing.get_args(kind), strict=True)
    )
    if hint in told:
        return told[hint]
    inner = getattr(hint, "__parameters__", ())
    return hint[tuple(told.get(one, one) for one in inner)] if inner else hint


def strip_required(hint: Any) -> Any:
    """Return the type in `Required[type]` and `NotRequired[type]`."""
    while typing.get_origin(hint) in (typing.Required, typing.NotRequired):
        hint = typing.get_args(hint)[0]
    return hint


def _explain_no_json(data: bytes, error: Exception) -> str:
    """Return why bytes are not JSON, which has to be UTF-8 (RFC 8259, section 8.1)."""
    try:
        data.decode()
    except UnicodeDecodeError as undecodable:
        return f"byte {undecodable.start} is no UTF-8"
    return str(error)


def _explain(message: str, value: Any, place: str, keys: Keys) -> FieldProblem:
    """Make a problem of what msgspec says: `Expected `int` - at `$.price``."""
    match = _AT.match(message)
    assert match is not None  # it matches any text
    detail = match["detail"]
    for step in _STEP.finditer(match["path"] or ""):
        keys = (*keys, step["name"] or int(step["number"]))
    wrong = _WRONG_TEXT.match(detail)
    if wrong and not match["path"] and isinstance(value, str):
        shown = value if len(value) <= _MAX_SHOWN_CHARS else value[:40] + "..."
        detail = f"Expected `{wrong['wanted']}`, got {shown!r}"
    return FieldProblem(place, keys, detail)
