"""How much a client may ask of a server, and how long it may take."""

from dataclasses import dataclass

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
        idle_s: Seconds without a byte, between two requests or within one; and
            without a byte that the client takes of its answer.
        websockets: How many are open at the same time; one more is refused (503).
        message_bytes: Of one WebSocket message (it is closed, with 1009), and of all
            together that a view has not taken yet.
        waiting_messages: How many may wait for the view before no more is read.
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
    websockets: int = 200
    message_bytes: int = 16 * 1024**2
    waiting_messages: int = 256

    def body_time_s(self, received_bytes: int) -> float:
        """Return how long a body may take of which so much has come."""
        if not self.body_bytes_per_s:
            return self.body_s
        earned_s = received_bytes / self.body_bytes_per_s
        return min(self.body_s, self.body_grace_s + earned_s)
