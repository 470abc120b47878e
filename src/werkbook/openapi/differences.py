"""What changed between two documents of an API, and what of it breaks clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import WerkbookError
from .schemas import Schema


class DocumentError(WerkbookError, ValueError):
    """A document is not as OpenAPI has them."""


_MAX_DEPTH = 12
"""How deep two schemas are compared: one may refer to itself."""


@dataclass(frozen=True, slots=True)
class ApiChange:
    """One change of an API.

    Attributes:
        place: Method and path.
        text: What changed.
        is_breaking: A client that was right before can be wrong now.
    """

    place: str
    text: str
    is_breaking: bool

    def __str__(self) -> str:
        mark = "BREAKING " if self.is_breaking else ""
        return f"{mark}{self.place}: {self.text}"


def list_api_changes(old: Schema, new: Schema) -> list[ApiChange]:
    """Return what changed from one document to another, what breaks clients first.

    Raises:
        DocumentError: One of them is no document of an API.
    """
    try:
        found = list(_Comparison(old, new).compare())
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise DocumentError(
            "The two documents cannot be compared.",
            why=f"one is not as OpenAPI has them ({type(error).__name__}: {error}).",
            fix="write the older one anew with werkbook openapi.",
        ) from None
    return sorted(found, key=lambda one: (not one.is_breaking, one.place, one.text))


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._place = ""
        self._compared: set[tuple[str, str]] = set()

    def compare(self) -> Iterator[ApiChange]:
        """Yield the differences, operation by operation."""
        before, after = _list_operations(self._old), _list_operations(self._new)
        for place in sorted(before.keys() | after.keys()):
            self._place = place
            if place not in after:
                yield self._change("is gone", True)
            elif place not in before:
                yield self._change("is new", False)
            else:
                yield from self._compare_parameters(before[place], after[place])
                yield from self._compare_bodies(before[place], after[place])
                yield from self._compare_responses(before[place], after[place])

    def _change(self, text: str, is_breaking: bool) -> ApiChange:
        return ApiChange(self._place, text, is_breaking)

    def _compare_parameters(self, old: Schema, new: Schema) -> Iterator[ApiChange]:
        before, after = _by_name(old), _by_name(new)
        for key in sorted(before.keys() | after.keys()):
            name = f"{key[0]} parameter {key[1]!r}"
            if key not in after:
                yield self._change(f"{name} is gone", True)
            elif key not in before:
                is_required = bool(after[key].get("required"))
                what = "is new and required" if is_required else "is new"
                yield self._change(f"{name} {what}", is_required)
            else:
                yield from self._compare_need(name, before[key], after[key])
                yield from self._compare_schemas(
                    name, before[key]["schema"], after[key]["schema"], is_sent=True
                )

    def _compare_need(self, name: str, old: Schema, new: Schema) -> Iterator[ApiChange]:
        was, is_now = bool(old.get("required")), bool(new.get("required"))
        if was != is_now:
            what = "is required now" if is_now else "is optional now"
            yield self._change(f"{name} {what}", is_now)

    def _compare_bodies(self, old: Schema, new: Schema) -> Iterator[ApiChange]:
        before, after = old.get("requestBody"), new.get("requestBody")
        if before is None or after is None:
            if before is not after:
                is_required = after is not None and bool(after.get("required"))
                text = "the body is gone" if after is None else "a body is new"
                yield self._change(text, after is None or is_required)
            return
        yield from self._compare_need("the body", before, after)
        yield from self._compare_content(
            "the body", before["content"], after["content"], is_sent=True
        )

    def _compare_responses(self, old: Schema, new: Schema) -> Iterator[ApiChange]:
        before, after = old["responses"], new["responses"]
        for status in sorted(before.keys() | after.keys()):
            name = f"response {status}"
            if status not in after:
                yield self._change(f"{name} is gone", status.startswith("2"))
            elif status not in before:
                yield self._change(f"{name} is new", False)
            else:
                yield from self._compare_content(
                    name,
                    before[status].get("content", {}),
                    after[status].get("content", {}),
                    is_sent=False,
                )

    def _compare_content(
        self, name: str, old: Schema, new: Schema, *, is_sent: bool
    ) -> Iterator[ApiChange]:
        for kind in sorted(old.keys() | new.keys()):
            if kind not in new:
                yield self._change(f"{name} is no longer {kind}", True)
            elif kind not in old:
                yield self._change(f"{name} may be {kind}", False)
            else:
                yield from self._compare_schemas(
                    name,
                    old[kind].get("schema", {}),
                    new[kind].get("schema", {}),
                    is_sent=is_sent,
                )

    def _compare_schemas(
        self, name: str, old: Schema, new: Schema, *, is_sent: bool, depth: int = 0
    ) -> Iterator[ApiChange]:
        """Compare what a client sends, or what it gets."""
        if depth > _MAX_DEPTH or self._is_known(old, new, depth):
            return
        old, new = _resolve(self._old, old), _resolve(self._new, new)
        was, is_now = _name_type(old), _name_type(new)
        if was != is_now:
            yield self._change(f"{name} was {was}, is {is_now}", True)
            return
        yield from self._compare_limits(name, old, new)
        yield from self._compare_properties(name, old, new, is_sent, depth)
        if "items" in old and "items" in new:
            yield from self._compare_schemas(
                f"{name}[]",
                old["items"],
                new["items"],
                is_sent=is_sent,
                depth=depth + 1,
            )

    def _is_known(self, old: Schema, new: Schema, depth: int) -> bool:
        """Say whether two components of one body have been compared in it.

        They may refer to each other in five fields each: five to the twelfth are many.
        """
        if not depth:
            self._compared.clear()
        pair = str(old.get("$ref", "")), str(new.get("$ref", ""))
        is_known = all(pair) and pair in self._compared
        self._compared.add(pair)
        return is_known

    def _compare_limits(
        self, name: str, old: Schema, new: Schema
    ) -> Iterator[ApiChange]:
        for word in ("minimum", "maximum", "minLength", "maxLength", "pattern", "enum"):
            if old.get(word) != new.get(word):
                text = f"{name} had {word} {old.get(word)}, has {new.get(word)}"
                yield self._change(text, True)

    def _compare_properties(
        self, name: str, old: Schema, new: Schema, is_sent: bool, depth: int
    ) -> Iterator[ApiChange]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for key in sorted(before.keys() | after.keys()):
            field = f"{name}: field {key!r}"
            was, is_now = key in old.get("required", ()), key in new.get("required", ())
            if key not in after:
                yield self._change(f"{field} is gone", not is_sent)
            elif key not in before:
                what = "is new and required" if is_now and is_sent else "is new"
                yield self._change(f"{field} {what}", is_now and is_sent)
            else:
                if was != is_now:
                    what = "is required now" if is_now else "is optional now"
                    # Who sends must not be asked for more, who reads not get less.
                    yield self._change(f"{field} {what}", is_now == is_sent)
                yield from self._compare_schemas(
                    field, before[key], after[key], is_sent=is_sent, depth=depth + 1
                )


def _list_operations(document: Schema) -> dict[str, Schema]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document.get("paths", {}).items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "responses" in operation
    }


def _by_name(operation: Schema) -> dict[tuple[str, str], Schema]:
    return {(one["in"], one["name"]): one for one in operation.get("parameters", ())}


def _resolve(document: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    name = reference.rpartition("/")[2]
    found: Schema = document.get("components", {}).get("schemas", {}).get(name, {})
    return found


def _name_type(schema: Schema) -> Any:
    """Name the type of a schema, so that equal ones have equal names."""
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(sorted(_name_type(one) for one in schema[word]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = schema.get("type", "anything")
    text = " or ".join(sorted(kind)) if isinstance(kind, list) else str(kind)
    return f"{text} ({schema['format']})" if schema.get("format") else text
