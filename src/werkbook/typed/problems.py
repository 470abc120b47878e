"""What a request that is not as declared is answered with: RFC 9457 problem details."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import HTTPException, UnprocessableEntity, UnsupportedMediaType

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why one field of a request or response is not as declared.

    Attributes:
        place: `path`, `query`, `header`, `cookie`, `form`, `file`, `body`, `response`.
        keys: The way to the field: names, and numbers of items.
        detail: What is wrong.
    """

    place: str
    keys: tuple[str | int, ...]
    detail: str

    @property
    def field(self) -> str:
        """The field as Python would write it: `items[0].price`."""
        text = ""
        for key in self.keys:
            text += f"[{key}]" if isinstance(key, int) else f".{key}"
        return text.removeprefix(".")

    @property
    def pointer(self) -> str:
        """The field as a JSON pointer in a URL fragment (RFC 6901)."""
        words = (str(key).replace("~", "~0").replace("/", "~1") for key in self.keys)
        return "#" + "".join(f"/{word}" for word in words)

    def __str__(self) -> str:
        name = f"{self.place} {self.field}".rstrip()
        return f"{name}: {self.detail}"

    def describe(self) -> dict[str, str]:
        """Return the problem as one of a problem details' `errors`."""
        found = {"in": self.place, "field": self.field}
        if self.place == "body":
            found["pointer"] = self.pointer
        return {**found, "detail": self.detail}


class _ProblemDetails(HTTPException):
    title: str
    errors: Sequence[FieldProblem] = ()

    def get_headers(self, *arguments: Any, **options: Any) -> list[tuple[str, str]]:
        """Return the headers: the type is that of RFC 9457."""
        return [("Content-Type", PROBLEM_TYPE)]

    def get_body(self, *arguments: Any, **options: Any) -> str:
        """Return the problem details as JSON."""
        details: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.code,
            "detail": self.description,
        }
        if self.errors:
            details["errors"] = [error.describe() for error in self.errors]
        return json.dumps(details, ensure_ascii=False, indent=2) + "\n"


class InvalidRequest(_ProblemDetails, UnprocessableEntity):
    """A request is not as the hints of its view function say; answered with 422.

    Attributes:
        errors: A problem for each field.
    """

    title = "Unprocessable Content"

    def __init__(self, errors: Sequence[FieldProblem]) -> None:
        self.errors = tuple(errors)
        count = len(self.errors)
        what = "1 field is" if count == 1 else f"{count} fields are"
        super().__init__(f"{what} not as declared.")


class UnexpectedMediaType(_ProblemDetails, UnsupportedMediaType):
    """A view function takes JSON, and the body says that it is something else."""

    title = "Unsupported Media Type"

    def __init__(self, found: str) -> None:
        said = f"its Content-Type is {found}" if found else "it has no Content-Type"
        super().__init__(f"The body must be application/json; {said}.")
