"""The call of a typed view, with the usual parameters read in one piece.

Values of the query and one JSON body are read here directly: each further function
would cost a request a part of what it takes. All else is read by `arguments`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from ..globals import current_context, current_request_context
from .arguments import Read, find_record, make_read
from .decoding import ValueReader
from .encoded import EncodedJson
from .kinds import find_item_type
from .markers import MISSING
from .parameters import Parameter
from .problems import FieldProblem, InvalidRequest
from .request_parts import RequestParts, read_first_values, read_json_body
from .return_values import Result

_get = current_context.get
View = Callable[..., Any]
Finish = Callable[[Any, Any], Any]
"""Makes what a view function returned into what is sent; gets the context too."""


class QueryStep(NamedTuple):
    """One text of the query."""

    name: str
    alias: str
    default: Any
    reader: ValueReader | None
    read: Callable[[Any], Any] | None


class OtherStep(NamedTuple):
    """A parameter that `arguments` reads."""

    name: str
    read: Read
    is_variable: bool


def make_calling(
    parameters: tuple[Parameter, ...],
    called: View,
    finish: Finish | None,
    result: Result | None,
) -> View:
    """Return what reads parameters from the request in force, and calls a view.

    Args:
        parameters: What is read.
        called: The view function, without `await`.
        finish: Makes its value into what is sent.
        result: What the return annotation says; its very objects are sent at once.
    """
    query = [
        QueryStep(
            one.name,
            one.alias,
            one.default,
            one.reader,
            None if one.reader is None else one.reader.read_text,
        )
        for one in parameters
        if _is_text_of_query(one)
    ]
    body = next(filter(_is_whole_body, parameters), None)
    reader: Any = None if body is None else body.reader
    read_json = getattr(reader, "read_json", None)
    failures: Any = getattr(reader, "failures", ())
    explain: Any = getattr(reader, "find_json_problems", None)
    others = [
        OtherStep(one.name, make_read(one), one.place == "path")
        for one in parameters
        if not _is_text_of_query(one) and one is not body
    ]

    exact = None if result is None else result.exact
    encode: Any = None if result is None else result.encode_exact

    def call(**values: Any) -> Any:
        context: Any = _get(None)
        try:
            environ = context.environ
        except AttributeError:  # a hook pushed an app context
            context = current_request_context()
            environ = context.environ
        problems: list[FieldProblem] = []
        if others:
            _read_others(others, context, values, problems)
        if query:
            _read_query(query, context, values, problems)
        if body is not None and body.name not in values:
            data = read_json_body(context, environ)
            if data and read_json is not None:
                try:
                    values[body.name] = read_json(data)
                except failures:
                    problems += explain(data, "body")
            else:
                _read_missing_body(body, values, problems)
        if problems:
            raise InvalidRequest(_in_order(problems, parameters))
        value = called(**values)
        if type(value) is exact and not context._snapshot.checks_results:
            made = EncodedJson()
            made.data = encode(value)
            return made
        return value if finish is None else finish(value, context)

    return call


def _is_text_of_query(parameter: Parameter) -> bool:
    return (
        parameter.place == "query"
        and find_record(parameter.hint) is None
        and find_item_type(parameter.hint) is None
    )


def _is_whole_body(parameter: Parameter) -> bool:
    return parameter.place == "body" and not parameter.is_embedded


def _read_others(
    steps: list[OtherStep],
    context: Any,
    values: dict[str, Any],
    problems: list[FieldProblem],
) -> None:
    parts = RequestParts(context)
    for name, read, is_variable in steps:
        # A preprocessor may have given the value.
        if is_variable or name not in values:
            values[name] = read(parts, values, problems)


def _read_query(
    steps: list[QueryStep],
    context: Any,
    values: dict[str, Any],
    problems: list[FieldProblem],
) -> None:
    texts = read_first_values(context)
    for name, alias, default, reader, read_text in steps:
        if name in values:
            continue
        text = texts.get(alias)
        if text is None:
            if default is MISSING:
                problems.append(FieldProblem("query", (alias,), "is missing"))
            values[name] = default
        elif reader is None or read_text is None:
            values[name] = text
        else:
            try:
                values[name] = read_text(text)
            except reader.failures:
                keys = (alias,)
                problems += reader.find_problems(text, "query", keys, is_text=True)


def _read_missing_body(
    parameter: Parameter, values: dict[str, Any], problems: list[FieldProblem]
) -> None:
    if parameter.default is MISSING:
        problems.append(FieldProblem("body", (), "is missing"))
    else:
        values[parameter.name] = copy.copy(parameter.default)


def _in_order(
    problems: list[FieldProblem], parameters: tuple[Parameter, ...]
) -> list[FieldProblem]:
    """Sort problems as the function has its parameters; a record's go with it."""
    ranks: dict[tuple[str, Any], int] = {}
    for rank, one in enumerate(parameters):
        ranks.setdefault((one.place, None), rank)
        ranks[one.place, one.alias] = rank

    def find_rank(problem: FieldProblem) -> int:
        key = problem.keys[0] if problem.keys else None
        found = ranks.get((problem.place, key))
        return ranks[problem.place, None] if found is None else found

    return sorted(problems, key=find_rank)
