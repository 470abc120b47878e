"""JSON schemas: of hints, of URL converters, of recorded values."""

from __future__ import annotations

import importlib
import json
import re
from typing import Any

from ..typed.decoding import has_model
from ..typed.kinds import is_file
from .refined import make_refined

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/{name}"
PROBLEM: Schema = {
    "type": "object",
    "title": "ProblemDetails",
    "description": "What is wrong with a request (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "string"},
                    "field": {"type": "string"},
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["in", "field", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}


class SchemaRegistry:
    """The schemas of one document.

    Attributes:
        components: The shared ones, by name.
    """

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def make(self, hint: Any) -> Schema:
        """Return the schema of a type; what it is made of becomes components.

        Types that JSON Schema has no word for allow anything.
        """
        if is_file(hint):
            return {"type": "string", "format": "binary"}
        try:
            schema, found = _make_schema(hint)
        except Exception:  # whatever a type of the user's does to a generator
            return {}
        renamed = {name: self._add(name, one, found) for name, one in found.items()}
        return _rename(schema, renamed)

    def refer_to_problem(self) -> Schema:
        """Return a reference to the schema of problem details."""
        self.components.setdefault("ProblemDetails", PROBLEM)
        return {"$ref": REFERENCE.format(name="ProblemDetails")}

    def _add(self, name: str, schema: Schema, others: dict[str, Schema]) -> str:
        """Add a component; another class of the same name gets a number."""
        name = re.sub(r"[^\w.-]", "_", name)
        chosen, number = name, 1
        while self.components.setdefault(chosen, schema) != schema:
            number += 1
            chosen = f"{name}_{number}"
        return chosen


def _make_schema(hint: Any) -> tuple[Schema, dict[str, Schema]]:
    if has_model(hint):
        pydantic = importlib.import_module("pydantic")
        made = pydantic.TypeAdapter(hint).json_schema(ref_template=REFERENCE)
        return made, made.pop("$defs", {})
    return make_refined(hint, REFERENCE)


def _rename(schema: Schema, renamed: dict[str, str]) -> Schema:
    if all(name == new for name, new in renamed.items()):
        return schema
    text = json.dumps(schema)
    for name, new in renamed.items():
        old = json.dumps(REFERENCE.format(name=name))
        text = text.replace(old, json.dumps(REFERENCE.format(name=new)))
    made: Schema = json.loads(text)
    return made


def describe_converter(name: str, arguments: tuple[Any, ...], options: Any) -> Schema:
    """Return the schema of what a URL converter matches.

    Args:
        name: Its name in the rule; `default` where the rule has none.
        arguments: What stands in its parentheses.
        options: The keywords that stand there.
    """
    if name == "any":
        return {"type": "string", "enum": [str(one) for one in arguments]}
    if name in ("int", "float"):
        kind = "integer" if name == "int" else "number"
        schema: Schema = {"type": kind}
        if not options.get("signed"):
            schema["minimum"] = 0
        for option, keyword in (("min", "minimum"), ("max", "maximum")):
            if options.get(option) is not None:
                schema[keyword] = options[option]
        return schema
    if name == "uuid":
        return {"type": "string", "format": "uuid"}
    schema = {"type": "string"}
    if name in ("default", "string"):
        length = options.get("length")
        least = options.get("minlength", arguments[0] if arguments else 1)
        schema["minLength"] = length or least
        most = length or options.get("maxlength")
        if most is not None:
            schema["maxLength"] = most
    return schema


def infer_schema(values: list[Any]) -> Schema:
    """Return a schema that all of some JSON values are valid by."""
    kinds = sorted({_name_kind(value) for value in values})
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    if not kinds:
        return {}
    schema: Schema = {"type": kinds[0] if len(kinds) == 1 else kinds}
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        names = list(dict.fromkeys(name for one in objects for name in one))
        schema["properties"] = {
            name: infer_schema([one[name] for one in objects if name in one])
            for name in names
        }
        required = [name for name in names if all(name in one for one in objects)]
        if required:
            schema["required"] = required
    lists = [value for value in values if isinstance(value, list)]
    if lists:
        schema["items"] = infer_schema([item for one in lists for item in one])
    return schema


def _name_kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
