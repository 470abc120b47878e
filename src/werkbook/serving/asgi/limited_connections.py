"""What uvicorn does for one connection, with the limits that it has no option for."""

import sys
from collections.abc import Iterable
from http import HTTPStatus
from importlib import import_module
from typing import Any

from werkbook.serving.asgi.lingering_transport import LingeringTransport
from werkbook.serving.http.limits import Limits


def make_protocol(limits: Limits) -> type:
    """Return a class of uvicorn's for one connection, which holds a server's limits.

    It reads requests with h11, whatever is installed: uvicorn's other parser knows no
    limit of a head. What checks the heads is imported here as well: it needs waitress,
    which is not where nothing can be served.
    """
    plain: Any = import_module("uvicorn.protocols.http.h11_impl").H11Protocol
    h11: Any = import_module("h11")
    idle = h11.IDLE
    read = {idle, h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.SWITCHED_PROTOCOL}
    heads: Any = import_module("werkbook.serving.asgi.strict_heads")

    class LimitedProtocol(plain):  # type: ignore[misc]  # uvicorn is optional
        """One connection: a head in time, and a client that takes its answer."""

        waits: Any = None
        """The timer of a connection without a request."""
        head_ends_s: float | None = None

        def connection_made(self, transport: Any) -> None:
            lingering = LingeringTransport(transport, self.has_unread, limits)
            super().connection_made(lingering)
            heads.check_requests(self.conn, limits.head_fields)
            self.waits = self.loop.call_later(limits.idle_s, lingering.close)
            if len(self.connections) > limits.connections:
                _make_room(self, self.connections)

        def has_unread(self) -> bool:
            is_read = self.conn.their_state in read
            return not is_read or bool(self.conn.trailing_data[0])

        def handle_websocket_upgrade(self, event: Any) -> None:
            # A WebSocket has an end of its own.
            self.transport: Any = self.transport.plain
            super().handle_websocket_upgrade(event)

        def data_received(self, data: bytes) -> None:
            if self.transport.is_lingering:
                return
            self.waits.cancel()
            super().data_received(data)
            if self.has_part_of_head():
                self.await_head()
            else:
                self.head_ends_s = None

        def has_part_of_head(self) -> bool:
            is_idle = self.conn.their_state is idle
            return is_idle and bool(self.conn.trailing_data[0])

        def await_head(self) -> None:
            now_s = self.loop.time()
            if self.head_ends_s is None:
                self.head_ends_s = now_s + limits.head_s
            left_s = min(limits.idle_s, self.head_ends_s - now_s)
            self.waits = self.loop.call_later(left_s, _refuse, self.transport, 408)

        def send_400_response(self, msg: str) -> None:
            hint = getattr(sys.exception(), "error_status_hint", 400)
            if hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
                _refuse(self.transport, hint)
            else:
                super().send_400_response(msg)

        def connection_lost(self, exc: Exception | None) -> None:
            self.waits.cancel()
            self.transport.end()
            super().connection_lost(exc)

        def shutdown(self) -> None:
            if self.transport.is_lingering:
                self.transport.end()
            else:
                super().shutdown()

    return LimitedProtocol


def _refuse(transport: LingeringTransport, status: int) -> None:
    """Say why on a connection that no app has answered, and close it."""
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
    head = f"{line}Connection: close\r\nContent-Length: 0\r\n\r\n"
    transport.write(head.encode())
    transport.linger()


def _make_room(new: Any, connections: Iterable[Any]) -> None:
    """End the connection that has waited longest without a request, or the new one."""
    waiting = {
        one: timer.when()
        for one in connections
        if one is not new and (timer := _find_timer(one)) is not None
    }
    if waiting:
        min(waiting, key=lambda one: waiting[one]).transport.close()
    else:
        _refuse(new.transport, 503)


def _find_timer(protocol: Any) -> Any:
    """Return the timer of a connection without a request; None where it has one."""
    timer = getattr(protocol, "timeout_keep_alive_task", None)
    waits = getattr(protocol, "waits", None)
    if timer is None and waits is not None and not waits.cancelled():
        return waits
    return timer
