"""A talk on WebSockets as the body of a request: what is said, in which order.

The body is JSON:

    {"lines": [{"url": "/echo", "headers": [], "protocols": []}],
     "turns": [[0, "open", null], [0, "text", "hello"], [0, "hear", null],
               [0, "close", [1000, true]]]}

A turn is the line's number, what happens, and with what: the client opens a line, says
`text` or `bytes` (in base64), hears a message of the app, closes it (with a code, and
whether nothing more came for a while), or sees the app `end` it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

METHOD = "WEBSOCKET"
"""What stands for the method of a request that opens a WebSocket."""
OPEN, TEXT, BYTES, HEAR, CLOSE, END = "open", "text", "bytes", "hear", "close", "end"
NORMAL = 1000

Turn = Sequence[Any]


def line(
    url: str, headers: Iterable[Sequence[str]], protocols: Iterable[str]
) -> dict[str, Any]:
    """Describe a line: what is opened, and with what."""
    pairs = [list(pair) for pair in headers]
    return {"url": url, "headers": pairs, "protocols": list(protocols)}


def body_of(lines: Iterable[dict[str, Any]], turns: Iterable[Turn]) -> bytes:
    """Write a talk as a body."""
    return json.dumps({"lines": list(lines), "turns": list(turns)}).encode()


def said_at_once(
    opened: dict[str, Any], messages: Sequence[str], frames: int | None
) -> bytes:
    """Write what `%http --ws` says: all of it, then it hears.

    Args:
        opened: The line.
        messages: What is said.
        frames: After how many messages of the app it closes the line; None for as many
            as were sent, and what else comes at once.
    """
    heard = max(1, len(messages)) if frames is None else frames
    turns: list[Turn] = [[0, OPEN, None]]
    turns += [[0, TEXT, one] for one in messages]
    turns += [[0, HEAR, None]] * heard
    return body_of([opened], [*turns, [0, CLOSE, [NORMAL, frames is None]]])
