"""Hold a talk again, and write down what the app says."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkbook.cells.talks import CLOSE, END, HEAR, NORMAL, OPEN

from .client_line import ClientLine
from .talk import QUIET_S, SWITCHING, unpacked

SILENCE_S = 2.0
"""Seconds that a message is waited for that has come in the notebook."""
_IMPATIENT_S = 0.1
"""The same once one has not come."""

OpenLine = Callable[[dict[str, Any]], ClientLine]


@dataclass
class Held:
    """What an app said in a talk.

    Attributes:
        status: 101, or what it refused with.
        headers: Those of its answer to the first handshake.
        text: Its messages, one below the other, and its ends.
        error: What it raised, or None.
    """

    status: int
    headers: list[tuple[str, str]]
    text: str
    error: BaseException | None = None


class _HeldLine:
    """One line of a talk, with what was expected of it."""

    def __init__(self, line: ClientLine) -> None:
        self.line = line
        self.expected = 0
        self.is_closed = False

    def hear(self, wait_s: float) -> bool:
        """Wait for one message more; say whether it has come."""
        self.expected += 1
        return self.line.wait_for(self.expected, wait_s)

    def close(self, code: int, *, was_quiet: bool) -> None:
        """Close it; what comes beside counts where nothing had come for a while."""
        if was_quiet:
            self.line.wait_for(self.expected + 1, QUIET_S)
            self.expected = len(self.line.messages)
        if self.line.is_open and not self.is_closed:
            self.line.close(code)
            self.is_closed = True

    def see_end(self, wait_s: float) -> None:
        """Wait until the app ends it; all that it says until then counts."""
        self.line.wait_for_end(wait_s)
        self.expected = len(self.line.messages)

    def text(self, name: str) -> list[str]:
        """What came on it; a name in front where there are several lines."""
        answered = self.line.answered
        if answered is None or answered.status != SWITCHING:
            status = answered.status if answered else 0
            return [f"{name}refused {status}"] if name else []
        said = self.line.messages[: self.expected]
        found = [
            one if isinstance(one, str) else f"{len(one)} bytes {one.hex()}"
            for one in said
        ]
        ended = self.line.ended
        if ended is not None and ended.text and not self.is_closed:
            found.append(ended.text)
        return [f"{name}{one}" for one in found]


def hold(question: dict[str, Any], open_line: OpenLine) -> Held:
    """Say what the client said, each time after what it had heard until then.

    Args:
        question: Its body is described in `werkbook.cells.talks`.
        open_line: Opens one of its lines.
    """
    talk = json.loads(base64.b64decode(question["body"]))
    held: dict[int, _HeldLine] = {}
    wait_s = SILENCE_S
    try:
        for number, what, data in talk["turns"]:
            if what == OPEN:
                line = open_line(talk["lines"][number])
                held[number] = _HeldLine(line)
                line.wait_until_open()
            elif what == HEAR:
                wait_s = wait_s if held[number].hear(wait_s) else _IMPATIENT_S
            elif what == CLOSE:
                held[number].close(data[0], was_quiet=data[1])
            elif what == END:
                held[number].see_end(wait_s)
            elif held[number].line.is_open:
                held[number].line.say(unpacked(what, data))
        for one in held.values():
            one.close(NORMAL, was_quiet=False)
            one.line.wait_for_end(QUIET_S)
    finally:
        for one in held.values():
            one.line.release()
    return _written(held)


def _written(held: dict[int, _HeldLine]) -> Held:
    first = held[0].line
    has_many = len(held) > 1
    parts = [
        text
        for number, one in sorted(held.items())
        for text in one.text(f"{number + 1}> " * has_many)
    ]
    errors = (one.line.ended.error for one in held.values() if one.line.ended)
    answered = first.answered
    return Held(
        answered.status if answered else 0,
        answered.headers if answered else [],
        "\n".join(parts),
        next((error for error in errors if error is not None), None),
    )
