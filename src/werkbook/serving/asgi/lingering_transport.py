"""A transport whose close does not cut short the answer that is on its way."""

import asyncio
from collections.abc import Callable
from typing import Any

from werkbook.serving.http.limits import LINGER_S, Limits
from werkbook.serving.http.outlet import Patience, count_waiting, give_up


class LingeringTransport:
    """A connection's transport, which closes as RFC 9112, 9.6 asks for.

    A socket that is closed while its client still sends is reset, and the reset
    overtakes the answer. So only the way out is closed first: what comes in goes
    nowhere until the client closes its end, or `limits.LINGER_S` are over.

    Args:
        transport: The connection's own; what is not here is asked of it.
        has_unread: Says whether the client has not been read to its end.
        limits: How fast the client has to take what it asked for.

    Attributes:
        plain: The connection's own transport.
    """

    def __init__(self, transport: Any, has_unread: Callable[[], bool], limits: Limits):
        self.plain = transport
        self._patience = Patience(limits)
        self._watch: asyncio.TimerHandle | None = None
        self._written = self._taken = 0
        self._looked_s = 0.0
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
        if self.is_lingering:
            return
        self.plain.write(data)
        self._written += len(data)
        if self._watch is None and self.plain.get_write_buffer_size():
            # What it took before, in whatever time, has earned it some.
            self._is_over(0)
            self._look_later()

    def _is_over(self, waited_s: float) -> bool:
        waiting = self.plain.get_write_buffer_size()
        waiting += count_waiting(self.plain.get_extra_info("socket"))
        before, self._taken = self._taken, self._written - waiting
        return self._patience.is_over(waited_s, self._taken - before)

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._looked_s = loop.time()
        self._watch = loop.call_later(self._patience.look_s, self._look)

    def _look(self) -> None:
        """End a connection whose client takes too little of what waits for it."""
        self._watch = None
        if not self.plain.get_write_buffer_size():
            return
        if self._is_over(asyncio.get_running_loop().time() - self._looked_s):
            give_up(self.plain.get_extra_info("socket"))
            self.plain.abort()
        else:
            self._look_later()

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
        """Close whatever is still open, and forget the timers."""
        if self._watch is not None:
            self._watch.cancel()
        if self._timer is not None:
            self._timer.cancel()
        self.plain.close()
