"""One rule and method as an OpenAPI operation."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from ..routing.endpoints import name_blueprint
from ..routing.variables import VARIABLE
from ..routing.view_functions import find_view_class
from ..typed.binding import find_contract, find_method_contract
from ..typed.contract import Contract
from ..typed.decoding import list_fields
from ..typed.kinds import find_item_type, is_record, list_members
from ..typed.markers import MISSING
from ..typed.parameters import Parameter
from .recorded import NOTHING, RecordedOperation
from .schemas import Schema, SchemaRegistry, describe_converter
from .security import SecuritySchemes
from .statuses import list_written_statuses

_PROBLEM = "application/problem+json"


class OperationWriter:
    """Writes the operations of one rule.

    Args:
        app: The application.
        rule: The rule.
        view: Its view function.
        schemas: The document's schemas.
        security: The document's ways to say who one is.
    """

    def __init__(
        self,
        app: Any,
        rule: Any,
        view: Callable[..., Any],
        schemas: SchemaRegistry,
        security: SecuritySchemes,
    ) -> None:
        self._app = app
        self._rule = rule
        self._schemas = schemas
        self._security = security
        self._view = view
        self._contract: Contract | None = None

    def write(
        self, method: str, names: list[str], recorded: RecordedOperation
    ) -> Schema:
        """Return the operation of a method.

        Args:
            method: In capitals.
            names: The names that the path has for the rule's variables.
            recorded: What exchanges tell of it.
        """
        function = self._find_function(method)
        self._contract = _find_contract(self._rule, self._view, method)
        summary, description = _split_docstring(function)
        operation: Schema = {"operationId": self._rule.endpoint.replace(".", "_")}
        blueprint = name_blueprint(self._rule.endpoint)
        if blueprint is not None:
            operation["tags"] = [blueprint]
        operation["summary"] = summary or _to_words(self._rule.endpoint)
        if description:
            operation["description"] = description
        written = [*self._write_variables(names), *self._write_parameters()]
        if written:
            operation["parameters"] = _join_equal(written)
        body = self._write_body(recorded)
        if body:
            operation["requestBody"] = body
        operation["responses"] = self._write_responses(function, recorded)
        wanted = self._security.find(self._app, self._rule, function, self._contract)
        if wanted:
            operation["security"] = wanted
        return operation

    def _find_function(self, method: str) -> Any:
        """Return the function that has the docstring: a class has one for a method."""
        view_class = find_view_class(self._view)
        if view_class is not None:
            return getattr(view_class, method.lower(), view_class)
        return self._view

    def _list_parameters(self, *places: str) -> list[Parameter]:
        if self._contract is None:
            return []
        return [one for one in self._contract.parameters if one.place in places]

    def _write_variables(self, names: list[str]) -> Iterator[Schema]:
        hinted = {one.name: one for one in self._list_parameters("path")}
        for match, name in zip(VARIABLE.finditer(self._rule.rule), names, strict=True):
            converter = match["converter"] or "default"
            schema = describe_converter(converter, *_read_arguments(match["arguments"]))
            written: Schema = {"name": name, "in": "path", "required": True}
            parameter = hinted.get(match["name"])
            if parameter is not None:
                schema = {**self._make_schema(parameter)}
                _describe_by_marker(written, parameter)
            if converter == "path":
                written.setdefault("description", "May contain slashes.")
            yield {**written, "schema": schema}

    def _write_parameters(self) -> Iterator[Schema]:
        for parameter in self._list_parameters("query", "header", "cookie"):
            if parameter.place == "header" and parameter.alias == "Authorization":
                continue  # OpenAPI wants it among the security schemes
            record = next(filter(is_record, list_members(parameter.hint)), None)
            if record is not None:
                yield from self._write_fields(parameter, record)
                continue
            written: Schema = {
                "name": parameter.alias,
                "in": parameter.place,
                "required": parameter.is_required,
            }
            _describe_by_marker(written, parameter)
            schema = dict(self._make_schema(parameter))
            _add_default(schema, parameter)
            yield {**written, "schema": schema}

    def _write_fields(self, parameter: Parameter, record: Any) -> Iterator[Schema]:
        for name, hint, is_required in list_fields(record):
            yield {
                "name": name.replace("_", "-") if parameter.place == "header" else name,
                "in": parameter.place,
                "required": is_required and parameter.is_required,
                "schema": self._schemas.make(hint),
            }

    def _make_schema(self, parameter: Parameter) -> Schema:
        hint = parameter.hint if parameter.reader is None else parameter.reader.hint
        return self._schemas.make(hint)

    def _write_body(self, recorded: RecordedOperation) -> Schema:
        bodies = self._list_parameters("body")
        form = self._list_parameters("form", "file")
        example = recorded.find_request_example()
        if bodies:
            schema = (
                self._join(bodies)
                if bodies[0].is_embedded
                else self._make_schema(bodies[0])
            )
            media: Schema = {"schema": schema}
            if example is not NOTHING:
                media["example"] = example
            is_required = any(one.is_required for one in bodies)
            return {"required": is_required, "content": {"application/json": media}}
        if form:
            has_files = any(one.place == "file" for one in form)
            kind = (
                "multipart/form-data"
                if has_files
                else ("application/x-www-form-urlencoded")
            )
            is_required = any(one.is_required for one in form)
            return {
                "required": is_required,
                "content": {kind: {"schema": self._join(form)}},
            }
        if example is not NOTHING:
            return {"content": {"application/json": {"example": example}}}
        return {}

    def _join(self, parameters: list[Parameter]) -> Schema:
        """Return the schema of an object with a property for each parameter."""
        properties: Schema = {}
        required = []
        for one in parameters:
            record = next(filter(is_record, list_members(one.hint)), None)
            if one.place == "form" and record is not None:
                for name, hint, is_required in list_fields(record):
                    properties[name] = self._schemas.make(hint)
                    required += [name] if is_required and one.is_required else []
                continue
            schema = dict(self._write_part(one))
            _add_default(schema, one)
            properties[one.alias] = schema
            required += [one.alias] if one.is_required else []
        made: Schema = {"type": "object", "properties": properties}
        if required:
            made["required"] = required
        return made

    def _write_part(self, parameter: Parameter) -> Schema:
        if parameter.place != "file":
            return self._make_schema(parameter)
        one: Schema = {"type": "string", "format": "binary"}
        if find_item_type(parameter.hint) is not None:
            return {"type": "array", "items": one}
        return one

    def _write_responses(self, function: Any, recorded: RecordedOperation) -> Schema:
        declared = None
        successes = [recorded.find_success() or 200]
        if self._contract is not None and self._contract.result is not None:
            declared = self._schemas.make(self._contract.result.hint)
            if recorded.find_success() is None:
                successes = list_written_statuses(function) or successes
        responses = {one: _write_response(one, recorded, declared) for one in successes}
        for status in recorded.list_statuses():
            if status not in responses:
                responses[status] = _write_response(status, recorded)
        if "<" in self._rule.rule:
            # Of a text that a variable can't be, and mostly of one that names nothing.
            responses.setdefault(404, {"description": _phrase(404)})
        self._add_problems(responses)
        self._add_handled(responses)
        written = {str(status): responses[status] for status in sorted(responses)}
        default = self._find_default()
        return {**written, "default": {"description": default}} if default else written

    def _add_problems(self, responses: dict[int, Schema]) -> None:
        if self._contract is None or not self._contract.parameters:
            return
        statuses = [422]
        if self._list_parameters("body"):
            statuses.append(415)
        for status in statuses:
            content = {_PROBLEM: {"schema": self._schemas.refer_to_problem()}}
            response = responses.setdefault(
                status, {"description": _phrase(status), "content": content}
            )
            media = response.setdefault("content", {}).setdefault(_PROBLEM, {})
            media["schema"] = self._schemas.refer_to_problem()

    def _list_handlers(self) -> Iterator[tuple[int | None, type, Any]]:
        blueprint = name_blueprint(self._rule.endpoint)
        scopes = [None] if blueprint is None else [blueprint, None]
        for scope in scopes:
            for code, handlers in self._app.error_handler_spec.get(scope, {}).items():
                for error, handler in handlers.items():
                    yield code, error, handler

    def _add_handled(self, responses: dict[int, Schema]) -> None:
        for code, error, handler in self._list_handlers():
            if code is None and issubclass(error, HTTPException):
                code = error.code
            if code is not None and 400 <= code < 600:
                summary, _ = _split_docstring(handler)
                text = summary or _phrase(code)
                responses.setdefault(code, {"description": text})

    def _find_default(self) -> str:
        """Say what error handlers of other exceptions do."""
        names = [
            error.__name__
            for code, error, _ in self._list_handlers()
            if code is None and not issubclass(error, HTTPException)
        ]
        return f"An error handler answers {', '.join(names)}." if names else ""


def _find_contract(rule: Any, view: Any, method: str) -> Contract | None:
    view_class = find_view_class(view)
    try:
        if view_class is not None:
            return find_method_contract(rule, view_class, method)
        return find_contract(rule, view)
    except Exception:  # a hint without meaning: requests say so, the rest is known
        return None


def _join_equal(parameters: list[Schema]) -> list[Schema]:
    """Return parameters, one for each place and name: fields of two may share one."""
    joined: dict[tuple[str, str], Schema] = {}
    for one in parameters:
        first = joined.setdefault((one["in"], one["name"]), one)
        first["required"] = first["required"] or one["required"]
    return list(joined.values())


def _write_response(
    status: int, recorded: RecordedOperation, declared: Schema | None = None
) -> Schema:
    response: Schema = {"description": _phrase(status)}
    content = recorded.make_content(status, declared)
    if content and status not in (204, 304):
        response["content"] = content
    return response


def _phrase(status: int) -> str:
    return HTTP_STATUS_CODES.get(status, f"Status {status}")


def _split_docstring(function: Any) -> tuple[str, str]:
    text = inspect.getdoc(function) or ""
    if not isinstance(text, str):
        return "", ""
    first, _, rest = text.strip().partition("\n")
    return first.strip().rstrip("."), rest.strip()


def _to_words(endpoint: str) -> str:
    words = endpoint.rpartition(".")[2].replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else endpoint


def _describe_by_marker(written: Schema, parameter: Parameter) -> None:
    marker = parameter.marker
    if marker is None:
        return
    if marker.description:
        written["description"] = marker.description
    if marker.example is not MISSING and _is_json(marker.example):
        written["example"] = marker.example


def _add_default(schema: Schema, parameter: Parameter) -> None:
    default = parameter.default
    if default is not MISSING and default is not None and _is_json(default):
        schema["default"] = default


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _read_arguments(text: str | None) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Read what stands in the parentheses of a URL converter."""
    if not text:
        return (), {}
    from werkzeug.routing.rules import parse_converter_args  # Werkzeug's grammar of it

    return parse_converter_args(text)
