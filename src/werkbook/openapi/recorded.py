"""What exchanges of a notebook tell of its API: examples, and shapes of responses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from .schemas import Schema, infer_schema

MAX_EXAMPLE_BYTES = 4096
"""Longer bodies are no examples: a page of documentation shows them."""
MAX_NESTING = 100
"""Deeper JSON is no example: what copies and writes it needs stack for each level."""

NOTHING: Any = object()
"""Stands for a body that is no JSON."""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One exchange, with its secrets masked.

    Attributes:
        method: In capitals.
        rule: The text of the rule that it matched.
        status: The status code of the response.
        mimetype: The type of the response's body; empty without a body.
        sent: The JSON of the request; `NOTHING` where it has none.
        received: The JSON of the response; `NOTHING` where it has none.
    """

    method: str
    rule: str
    status: int
    mimetype: str = ""
    sent: Any = NOTHING
    received: Any = NOTHING


class RecordedOperation:
    """What is recorded of one rule and method.

    Args:
        exchanges: Its exchanges, oldest first.
    """

    def __init__(self, exchanges: Iterable[RecordedExchange]) -> None:
        self._exchanges = [
            replace(one, sent=_if_shallow(one.sent), received=_if_shallow(one.received))
            for one in exchanges
        ]

    def list_statuses(self) -> list[int]:
        """Return the status codes that were answered, redirects and errors too."""
        return sorted({one.status for one in self._exchanges if one.status})

    def find_success(self) -> int | None:
        """Return the last status code of success; None without one."""
        found = [one.status for one in self._exchanges if 200 <= one.status < 300]
        return found[-1] if found else None

    def find_request_example(self) -> Any:
        """Return the JSON of the last request that succeeded, or `NOTHING`."""
        found = [
            one.sent
            for one in self._exchanges
            if 200 <= one.status < 300 and _is_example(one.sent)
        ]
        return found[-1] if found else NOTHING

    def make_content(self, status: int, declared: Schema | None = None) -> Schema:
        """Return a response's `content`: schema and example by media type.

        Args:
            status: The status code.
            declared: The schema that the view function declares; else the recorded
                shapes give one.
        """
        content: Schema = {}
        if declared is not None:
            content["application/json"] = {"schema": declared}
        of_status = [one for one in self._exchanges if one.status == status]
        for mimetype in dict.fromkeys(one.mimetype for one in of_status):
            if not mimetype:
                continue
            values = [
                one.received
                for one in of_status
                if one.mimetype == mimetype and one.received is not NOTHING
            ]
            media = content.setdefault(mimetype, {})
            if "schema" not in media:
                media["schema"] = (
                    infer_schema(values) if values else _describe(mimetype)
                )
            if values and _is_example(values[-1]):
                media["example"] = values[-1]
        return content


def _if_shallow(value: Any) -> Any:
    """Return a body's JSON; `NOTHING` where it is deeper than any API's."""
    row = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_NESTING):
        inner = (one.values() if isinstance(one, dict) else one for one in row)
        row = [x for one in inner for x in one if isinstance(x, dict | list)]
    return NOTHING if row else value


def _describe(mimetype: str) -> Schema:
    is_text = mimetype.startswith("text/") or mimetype.endswith(("json", "xml"))
    return {"type": "string"} if is_text else {"type": "string", "format": "binary"}


def _is_example(value: Any) -> bool:
    return value is not NOTHING and len(json.dumps(value)) <= MAX_EXAMPLE_BYTES
