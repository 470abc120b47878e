"""The OpenAPI document of an app, as its registrations are now (OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from ..plain_words import well_formed
from ..routing.variables import VARIABLE, list_variables
from .operations import OperationWriter
from .recorded import RecordedExchange, RecordedOperation
from .schemas import Schema, SchemaRegistry
from .security import SecuritySchemes

VERSION = "3.1.0"
METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "TRACE")
"""The methods that OpenAPI has words for; HEAD and OPTIONS are answered by the app."""


def make_document(app: Any, recorded: Iterable[RecordedExchange] = ()) -> Schema:
    """Return the OpenAPI document of an app, from the snapshot that requests get now.

    `OPENAPI_TITLE`, `OPENAPI_VERSION` and `OPENAPI_DESCRIPTION` of the configuration
    name the API.

    Args:
        app: The application.
        recorded: Exchanges that give examples and shapes, with secrets masked.
    """
    exchanges = list(recorded)
    schemas, security = SchemaRegistry(), SecuritySchemes()
    paths: dict[str, Schema] = {}
    shapes: dict[str, str] = {}
    views = app.snapshot().views
    for rule in list_rules(app):
        shape = VARIABLE.sub("{}", rule.rule)
        path = shapes.setdefault(shape, _write_path(rule.rule))
        view = views[rule.endpoint]
        writer = OperationWriter(app, rule, view, schemas, security)
        names = list_variables(_as_rule(path))
        for method in METHODS:
            if method in rule.methods and method.lower() not in paths.get(path, {}):
                operation = writer.write(method, names, _pick(exchanges, rule, method))
                paths.setdefault(path, {})[method.lower()] = operation
    _make_ids_unique(paths)
    document: Schema = {"openapi": VERSION, "info": _write_info(app), "paths": paths}
    components: Schema = {}
    if schemas.components:
        components["schemas"] = dict(sorted(schemas.components.items()))
    if security.used:
        components["securitySchemes"] = dict(sorted(security.used.items()))
    if components:
        document["components"] = components
    tags = _write_tags(app, paths)
    whole: Schema = _as_json({**document, "tags": tags} if tags else document)
    return whole


def _as_json(value: Any) -> Any:
    """Return data that JSON in UTF-8 can hold, whatever an app's own texts are."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, dict):
        return {well_formed(str(key)): _as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value]
    return value


def list_rules(app: Any) -> Iterator[Any]:
    """Yield the rules that belong to an API, by path: no static files, no sockets."""
    snapshot = app.snapshot()
    found = [
        rule
        for rule in snapshot.url_map().iter_rules()
        if not rule.websocket
        and not rule.build_only
        and rule.methods
        and rule.endpoint in snapshot.views
        and rule.endpoint.rpartition(".")[2] != "static"
    ]
    yield from sorted(found, key=lambda rule: (rule.rule, rule.endpoint))


def _write_path(rule: str) -> str:
    """Write a rule's text as OpenAPI writes paths: `/items/{id}`.

    Braces of the rule's own would be variables there: they are written as in a URL.
    """
    literal = rule.replace("{", "%7B").replace("}", "%7D")
    return VARIABLE.sub(r"{\g<name>}", literal)


def _as_rule(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


def _pick(
    exchanges: list[RecordedExchange], rule: Any, method: str
) -> RecordedOperation:
    return RecordedOperation(
        one for one in exchanges if one.rule == rule.rule and one.method == method
    )


def _make_ids_unique(paths: dict[str, Schema]) -> None:
    """Let no two operations have one id: a view function may answer several."""
    taken: set[str] = set()
    for path in paths.values():
        for method, operation in path.items():
            name = operation["operationId"]
            if name in taken:
                name = f"{name}_{method}"
            chosen, number = name, 1
            while chosen in taken:
                number += 1
                chosen = f"{name}_{number}"
            taken.add(chosen)
            operation["operationId"] = chosen


def _write_info(app: Any) -> Schema:
    config = app.config
    name = str(app.name)
    title = config.get("OPENAPI_TITLE") or ("Notebook" if name == "__main__" else name)
    info: Schema = {
        "title": str(title),
        "version": str(config.get("OPENAPI_VERSION") or "0.1.0"),
    }
    if config.get("OPENAPI_DESCRIPTION"):
        info["description"] = str(config["OPENAPI_DESCRIPTION"])
    return info


def _write_tags(app: Any, paths: dict[str, Schema]) -> list[Schema]:
    names = {
        tag
        for path in paths.values()
        for operation in path.values()
        for tag in operation.get("tags", ())
    }
    return [{"name": name} for name in sorted(names)]
