"""Reading one parameter from a request: a function for each, made once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from .decoding import ValueReader, list_fields
from .kinds import find_item_type, is_record, list_members
from .markers import MISSING
from .parameters import Parameter
from .problems import FieldProblem
from .request_parts import RequestParts

Read = Callable[[RequestParts, dict[str, Any], list[FieldProblem]], Any]
"""Takes the request, the values of the rule's variables and a list for problems."""

_IS_MISSING = "is missing"


def make_read(parameter: Parameter) -> Read:
    """Make the function that reads a parameter; it notes problems and raises none."""
    if parameter.place == "path":
        return _make_path_read(parameter)
    if parameter.place == "body":
        return _make_body_read(parameter)
    if parameter.place == "file":
        return _make_file_read(parameter)
    record = find_record(parameter.hint)
    if record is not None:
        return _make_record_read(parameter, record)
    if find_item_type(parameter.hint) is not None:
        return _make_sequence_read(parameter)
    return _make_text_read(parameter)


def find_record(hint: Any) -> Any:
    """Return the type with named fields that a hint is of; None for others."""
    for one in list_members(hint):
        if is_record(one):
            return one
    return None


def _make_default(parameter: Parameter) -> Callable[[list[FieldProblem]], Any]:
    """Make what answers where the request has no value."""
    default = parameter.default
    if default is MISSING:
        keys = () if parameter.place == "body" else (parameter.alias,)
        if parameter.is_embedded:
            keys = (parameter.alias,)
        problem = FieldProblem(parameter.place, keys, _IS_MISSING)

        def note_missing(problems: list[FieldProblem]) -> Any:
            problems.append(problem)

        return note_missing
    if isinstance(default, (list, dict, set)):
        return lambda problems: copy.copy(default)
    return lambda problems: default


def _read_texts(
    parameter: Parameter, value: Any, problems: list[FieldProblem], keys: Any
) -> Any:
    reader = parameter.reader
    if reader is None:
        return value
    try:
        return reader.read_text(value)
    except reader.failures:
        found = reader.find_problems(value, parameter.place, keys, is_text=True)
        problems += found or [FieldProblem(parameter.place, keys, "can't be read")]
    return None


def _make_path_read(parameter: Parameter) -> Read:
    name, alias = parameter.name, parameter.alias

    def read(_: RequestParts, values: dict[str, Any], problems: Any) -> Any:
        return _read_texts(parameter, values.get(name), problems, (alias,))

    return read


def _make_text_read(parameter: Parameter) -> Read:
    alias, place = parameter.alias, parameter.place
    default, reader = _make_default(parameter), parameter.reader

    def read(parts: RequestParts, _: Any, problems: list[FieldProblem]) -> Any:
        if place == "header":
            text = parts.find_header(alias)
        elif place == "cookie":
            text = parts.find_cookie(alias)
        else:
            texts = (parts.query if place == "query" else parts.form).get(alias)
            text = texts[0] if texts else None
        if text is None:
            return default(problems)
        if reader is None:
            return text
        return _read_texts(parameter, text, problems, (alias,))

    return read


def _find_texts(parts: RequestParts, place: str, alias: str) -> list[str]:
    if place == "header":
        text = parts.find_header(alias)
        return [one.strip() for one in text.split(",")] if text else []
    if place == "cookie":
        text = parts.find_cookie(alias)
        return [] if text is None else [text]
    return (parts.query if place == "query" else parts.form).get(alias, [])


def _make_sequence_read(parameter: Parameter) -> Read:
    alias, place, default = parameter.alias, parameter.place, _make_default(parameter)

    def read(parts: RequestParts, _: Any, problems: list[FieldProblem]) -> Any:
        texts = _find_texts(parts, place, alias)
        if not texts:
            return default(problems)
        return _read_texts(parameter, texts, problems, (alias,))

    return read


def _make_record_read(parameter: Parameter, record: Any) -> Read:
    """Make what reads each field of a record by its own name."""
    place = parameter.place
    fields = [
        (name, name.replace("_", "-") if place == "header" else name, _is_many(hint))
        for name, hint, _ in list_fields(record)
    ]

    def read(parts: RequestParts, _: Any, problems: list[FieldProblem]) -> Any:
        value: dict[str, Any] = {}
        for name, alias, is_many in fields:
            texts = _find_texts(parts, place, alias)
            if texts:
                value[name] = texts if is_many else texts[0]
        if not value and parameter.default is not MISSING:
            return copy.copy(parameter.default)
        return _read_texts(parameter, value, problems, ())

    return read


def _is_many(hint: Any) -> bool:
    return find_item_type(hint) is not None


def _make_file_read(parameter: Parameter) -> Read:
    alias, default = parameter.alias, _make_default(parameter)
    is_many = _is_many(parameter.hint)
    members = list_members(find_item_type(parameter.hint) or parameter.hint)
    is_content = bytes in members

    def read(parts: RequestParts, _: Any, problems: list[FieldProblem]) -> Any:
        # A form's file field that was left empty comes without a name.
        files = [one for one in parts.files.get(alias, ()) if one.filename]
        if not files:
            return default(problems)
        found = [one.read() for one in files] if is_content else files
        return found if is_many else found[0]

    return read


def _make_body_read(parameter: Parameter) -> Read:
    default, alias = _make_default(parameter), parameter.alias
    reader = parameter.reader
    assert reader is not None  # each body has one

    def read(parts: RequestParts, _: Any, problems: list[FieldProblem]) -> Any:
        data = parts.json
        if not data:
            return default(problems)
        try:
            return reader.read_json(data)
        except reader.failures:
            problems += reader.find_json_problems(data, "body")

    def read_part(parts: RequestParts, _: Any, problems: list[FieldProblem]) -> Any:
        part = parts.json_parts.get(alias)
        return default(problems) if part is None else _read_part(reader, part)

    def _read_part(reader: ValueReader, part: Any) -> Any:
        return reader.read_json(bytes(part))

    if not parameter.is_embedded:
        return read

    def read_embedded(
        parts: RequestParts, values: Any, problems: list[FieldProblem]
    ) -> Any:
        try:
            return read_part(parts, values, problems)
        except reader.failures:
            data = bytes(parts.json_parts[alias])
            problems += [
                FieldProblem("body", (alias, *one.keys), one.detail)
                for one in reader.find_json_problems(data, "body")
            ]

    return read_embedded
