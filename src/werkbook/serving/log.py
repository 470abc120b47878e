"""The server's own log: what belongs to no request."""

import threading
from collections import deque

MAX_LOG_CHARS = 64 * 1024


class ServerLog:
    """The last 64 KiB of what a server noted and of what a view's threads printed."""

    def __init__(self, max_chars: int = MAX_LOG_CHARS):
        self._parts: deque[str] = deque()
        self._chars = 0
        self._max_chars = max_chars
        self._lock = threading.Lock()

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The log, oldest first."""
        with self._lock:
            return "".join(self._parts)

    def write(self, text: str) -> int:
        """Add text at the end; the oldest goes when there is too much."""
        with self._lock:
            self._parts.append(text[-self._max_chars :])
            self._chars += len(self._parts[-1])
            while self._chars > self._max_chars:
                self._chars -= len(self._parts.popleft())
        return len(text)

    def flush(self) -> None:
        """Do nothing; text streams have it."""
