"""The headers of a response as the server sent them."""

from __future__ import annotations

import requests


def list_headers(response: requests.Response) -> list[tuple[str, str]]:
    """Return a response's headers; of repeated ones such as Set-Cookie each."""
    raw = getattr(response.raw, "headers", None)
    items = raw.items() if raw is not None else response.headers.items()
    return [(str(name), str(value)) for name, value in items]
