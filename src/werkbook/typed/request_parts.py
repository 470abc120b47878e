"""The parts of a request, read when a parameter asks for them."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

from werkzeug.exceptions import ClientDisconnected

from .decoding import load_msgspec
from .problems import FieldProblem, InvalidRequest, UnexpectedMediaType


class RequestParts:
    """One request, as the parameters of its view function see it.

    Args:
        context: The request context.
    """

    def __init__(self, context: Any) -> None:
        self.context = context
        self.environ: dict[str, Any] = context.environ

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The values of the query string, by name."""
        return dict(self.context.request.args.lists())

    @cached_property
    def form(self) -> dict[str, list[str]]:
        """The fields of the form, by name."""
        return dict(self.context.request.form.lists())

    @cached_property
    def files(self) -> dict[str, list[Any]]:
        """The uploaded files, by name."""
        return dict(self.context.request.files.lists())

    def find_header(self, alias: str) -> str | None:
        """Return a header's value."""
        name = alias.upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            name = f"HTTP_{name}"
        return self.environ.get(name) or None

    def find_cookie(self, alias: str) -> str | None:
        """Return a cookie's value."""
        value: str | None = self.context.request.cookies.get(alias)
        return value

    @cached_property
    def json(self) -> bytes:
        """The body, which is JSON by its Content-Type; empty without a body.

        Raises:
            UnexpectedMediaType: It is something else.
        """
        return read_json_body(self.context, self.environ)

    @cached_property
    def json_parts(self) -> dict[str, Any]:
        """The parts of a body that several parameters share, undecoded.

        Raises:
            InvalidRequest: The body is no JSON object.
        """
        if not self.json:
            return {}
        msgspec = load_msgspec()
        try:
            kind: Any = dict.__class_getitem__((str, msgspec.Raw))
            found: dict[str, Any] = msgspec.json.decode(self.json, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidRequest([FieldProblem("body", (), f"{error}")]) from None
        return found


def read_first_values(context: Any) -> dict[str, str]:
    """Return the first value of each name in the query, as `request.args` has it."""
    text = context.environ.get("QUERY_STRING", "")
    if "%" in text or "+" in text or not text.isascii():
        found: dict[str, str] = context.request.args.to_dict()
        return found
    values: dict[str, str] = {}
    if "&" not in text:
        name, _, value = text.partition("=")
        return {name: value} if text else values
    for part in text.split("&"):
        name, _, value = part.partition("=")
        if name not in values and part:
            values[name] = value
    return values


def read_json_body(context: Any, environ: dict[str, Any]) -> bytes:
    """Read the body, which is JSON by its Content-Type; empty without a body.

    It is read as by `request.get_data()`, which may be called afterwards.

    Raises:
        UnexpectedMediaType: It is something else.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if (
        context._request is None
        and length.isdecimal()
        and context._snapshot.conditions.has_plain_body
        and "wsgi.input_terminated" not in environ
    ):
        size = int(length)
        data: bytes = environ["wsgi.input"].read(size)
        if len(data) < size:
            raise ClientDisconnected()
        environ["wsgi.input"] = io.BytesIO(data)
    else:
        data = context.request.get_data()
    content_type = environ.get("CONTENT_TYPE", "")
    if data and content_type != "application/json":
        check_is_json(content_type)
    return data


def check_is_json(content_type: str) -> None:
    """Check that a Content-Type is one of JSON.

    Raises:
        UnexpectedMediaType: It is not.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise UnexpectedMediaType(kind)
