"""What FastHTML adds to its answers in a notebook, taken out of them.

An app that a cell makes gets a script in its pages, by which they tell their height,
and a middleware that lets pages of other origins ask it. Its file has neither.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

_CORE = "fasthtml.core"
_ADDED = "CORSMiddleware"
_ORIGIN = "origin"


def body_as_in_a_file(body: bytes) -> bytes:
    """Return a page without the notebook's script."""
    core = sys.modules.get(_CORE)
    if core is None or b"<script>" not in body:
        return body
    script = str(core.to_xml(core.iframe_scr))
    return body.replace(script.encode(), b"")


def headers_as_in_a_file(
    app: Any, headers: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return headers without what the notebook's middleware adds to `Vary`.

    Where the app has such a middleware of its own, its file adds the same.
    """
    found = list(headers)
    core = sys.modules.get(_CORE)
    if core is None or not isinstance(app, core.FastHTML):
        return found
    names = [getattr(one.cls, "__name__", "") for one in app.user_middleware]
    if names.count(_ADDED) != 1:
        return found
    others = [
        (name, _without_origin(value)) if name.lower() == "vary" else (name, value)
        for name, value in found
    ]
    return [(name, value) for name, value in others if value or name.lower() != "vary"]


def _without_origin(value: str) -> str:
    kept = [one.strip() for one in value.split(",")]
    return ", ".join(one for one in kept if one.lower() != _ORIGIN)
