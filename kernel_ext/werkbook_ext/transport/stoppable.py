"""Connections whose wait for an answer ends when another thread wants no more.

urllib3 gives a response, and with it what shuts its connection down, only when the head
of the answer is there. A view may take its time before that.
"""

from __future__ import annotations

import socket
from functools import cache, partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from .pending import under_way


class StoppableAdapter(HTTPAdapter):
    """Sends as requests does, over connections that can be stopped."""

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """Return the pool of connections to a request's server."""
        found = super().get_connection_with_tls_context(*arguments, **options)
        return make_stoppable(found)


def make_stoppable(pool: Any) -> Any:
    """Have the connections of a pool end their wait when their request is stopped."""
    pool.ConnectionCls = _stoppable(type(pool).ConnectionCls)
    return pool


@cache
def _stoppable(kind: type[HTTPConnection]) -> type[HTTPConnection]:
    class EndedConnection(kind):  # type: ignore[misc, valid-type]  # HTTP's or HTTPS's
        def getresponse(self) -> Any:
            pending = under_way.get()
            if pending is None or self.sock is None:
                return super().getresponse()
            with pending.ended_by(partial(self.sock.shutdown, socket.SHUT_RDWR)):
                return super().getresponse()

    return EndedConnection
