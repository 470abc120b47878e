"""A transport whose close does not cut short the answer that is on its way."""

import asyncio
from collections.abc import Callable
from typing import Any

from werkbook.serving.http.limits import LINGER_S


class LingeringTransport:
    """A connection's transport, which closes as RFC 9112, 9.6 asks for.

    A socket that is closed while its client still sends is reset, and the reset
    overtakes the answer. So only the way out is closed first: what comes in goes
    nowhere until the client closes its end, or `limits.LINGER_S` are over.

    Args:
        transport: The connection's own; what is not here is asked of it.
        has_unread: Says whether the client has not been read to its end.

    Attributes:
        plain: The connection's own transport.
    """

    def __init__(self, transport: Any, has_unread: Callable[[], bool]):
        self.plain = transport
        self._has_unread = has_unread
        self._timer: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    @property
    def is_lingering(self) -> bool:
        """Whether only the way in is still open, and nobody reads."""
        return self._timer is not None

    def is_closing(self) -> bool:
        """Whether nothing more can be written, as for any transport."""
        return self.is_lingering or self.plain.is_closing()

    def write(self, data: bytes) -> None:
        """Send data, unless this is closed."""
        if not self.is_lingering:
            self.plain.write(data)

    def close(self) -> None:
        """Send what waits, and close, at once where the client has been read."""
        if self.is_closing():
            return
        if self._has_unread():
            self.linger()
        else:
            self.plain.close()

    def linger(self) -> None:
        """Send what waits, close the way out, and everything a little later."""
        if self.is_closing():
            return
        self.plain.write_eof()
        self.plain.resume_reading()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(LINGER_S, self.plain.close)

    def end(self) -> None:
        """Close whatever is still open, and forget the timer."""
        if self._timer is not None:
            self._timer.cancel()
        self.plain.close()
