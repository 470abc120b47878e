"""How much a client may ask of a server, and how long it may take."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any

from werkbook.errors import close_matches
from werkbook.serving.serving_errors import LimitsError

GRACE_S = 1.0
"""How long a request that runs may take to finish when the engine stops."""
LINGER_S = 5.0
"""How long what a refused client still sends is taken, so that it gets its answer."""


@dataclass(frozen=True)
class Limits:
    """The limits of one server; each can be changed.

    Attributes:
        connections: How many are open at the same time. One more ends the connection
            that has waited longest without a request, and is refused (503) where there
            is none.
        head_bytes: The request line and the headers (431).
        head_fields: How many headers (431).
        body_bytes: The body (413).
        head_s: Seconds for the head, from its first byte (408).
        body_s: Seconds for the body, from the end of the head (408).
        body_grace_s: Seconds in which a body may come as slowly as it likes.
        body_bytes_per_s: How fast it has to come after these, on the average since the
            end of the head (408); 0 for any speed. Otherwise a client that sends a byte
            now and then holds a thread for as long as `body_s`.
        idle_s: Seconds without a byte, between two requests or within one.
        answer_bytes_per_s: How fast a client has to take its answer while the server
            waits for that, on the average over `idle_s`; 0 for a byte within `idle_s`.
            Then the connection ends. A stream that has nothing to send does not wait.
        websockets: How many are open at the same time; one more is refused (503).
        message_bytes: Of one WebSocket message (it is closed, with 1009), and of all
            together that a view has not taken yet.
        waiting_messages: How many may wait for the view before no more is read.

    Raises:
        LimitsError: One is no number above 0 (of counts and bytes a whole one).
    """

    connections: int = 1000
    head_bytes: int = 64 * 1024
    head_fields: int = 100
    body_bytes: int = 1024**3
    head_s: float = 30.0
    body_s: float = 600.0
    body_grace_s: float = 20.0
    body_bytes_per_s: float = 500.0
    idle_s: float = 75.0
    answer_bytes_per_s: float = 500.0
    websockets: int = 200
    message_bytes: int = 16 * 1024**2
    waiting_messages: int = 256

    def __post_init__(self) -> None:
        """Check each number."""
        for one in fields(self):
            _check(one.name, getattr(self, one.name), is_whole=one.type is int)

    def body_time_s(self, received_bytes: int) -> float:
        """Return how long a body may take of which so much has come."""
        if not self.body_bytes_per_s:
            return self.body_s
        earned_s = received_bytes / self.body_bytes_per_s
        return min(self.body_s, self.body_grace_s + earned_s)

    def answer_time_s(self, taken_bytes: int) -> float:
        """Return how long a client may take for so much of its answer."""
        if not self.answer_bytes_per_s:
            return self.idle_s
        return taken_bytes / self.answer_bytes_per_s


_MAY_BE_ZERO = frozenset(("answer_bytes_per_s", "body_bytes_per_s", "body_grace_s"))


def make_limits(values: Mapping[str, Any]) -> Limits:
    """Make limits of what people write by name; the others are as they are by default.

    Raises:
        LimitsError: There is no limit of a name, or a number is none.
    """
    names = [one.name for one in fields(Limits)]
    for name in values:
        if name not in names:
            near = close_matches(str(name), names)
            raise LimitsError(
                f"There is no limit {name!r}.",
                why=f"there are {', '.join(names)}.",
                fix=f"write {near[0]!r}." if near else "take one of these.",
            )
    return Limits(**values)


def check_limits(limits: Any) -> None:
    """Check what is given as a server's limits.

    Raises:
        LimitsError: It is none of `Limits`.
    """
    if not isinstance(limits, Limits):
        raise LimitsError(
            f"limits is a {type(limits).__name__}.",
            why="a server takes werkbook.serving.Limits.",
            fix="write limits=Limits(body_bytes=10_000_000).",
        )


def _check(name: str, value: Any, *, is_whole: bool) -> None:
    is_number = type(value) is int or (type(value) is float and not is_whole)
    may_be_zero = name in _MAY_BE_ZERO
    is_in_range = is_number and isfinite(value) and value >= 0
    if not is_in_range or (value == 0 and not may_be_zero):
        number = "a whole number" if is_whole else "a number"
        raise LimitsError(
            f"The limit {name!r} is {value!r:.60}.",
            why=f"it is {number}{', 0 or more' if may_be_zero else ' above 0'}.",
            fix=f"write {name}={getattr(Limits, name)}, which it is without a word.",
        )
