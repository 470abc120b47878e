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
        text = self.environ.get("QUERY_STRING", "")
        if not text:
            return {}
        if "%" in text or "+" in text or not text.isascii():
            return dict(self.context.request.args.lists())
        found: dict[str, list[str]] = {}
        for part in text.split("&"):
            if part:
                name, _, value = part.partition("=")
                found.setdefault(name, []).append(value)
        return found

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
        data = self._read_body()
        if data:
            check_is_json(self.environ.get("CONTENT_TYPE", ""))
        return data

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

    def _read_body(self) -> bytes:
        """Read the body as `request.get_data()`, which may be called afterwards."""
        environ, context = self.environ, self.context
        length = environ.get("CONTENT_LENGTH", "")
        if (
            context._request is not None
            or not length.isdecimal()
            or "wsgi.input_terminated" in environ
            or context.app.config["MAX_CONTENT_LENGTH"] is not None
            or not context._snapshot.conditions.has_plain_request
        ):
            data: bytes = context.request.get_data()
            return data
        data = environ["wsgi.input"].read(int(length))
        if len(data) < int(length):
            raise ClientDisconnected()
        environ["wsgi.input"] = io.BytesIO(data)
        return data


def check_is_json(content_type: str) -> None:
    """Check that a Content-Type is one of JSON.

    Raises:
        UnexpectedMediaType: It is not.
    """
    if content_type == "application/json":
        return
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise UnexpectedMediaType(kind)
