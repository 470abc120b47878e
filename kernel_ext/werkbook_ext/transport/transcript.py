"""A short talk on a WebSocket: what was sent, what came, and how it ended."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from werkbook.cells.requests import OutgoingMessages
from werkbook.system import this_system

from .pending import PendingResponse
from .sessions import AppResponse
from .web_sockets import AppWebSocket
from .websocket_client import ABNORMAL, Data, Ending, Refusal

SILENCE_S = 3.0
"""How long the first messages that should come are waited for."""

MORE_S = 0.25
"""How long after the last one no more is waited for."""

CLOSE_TIMEOUT_S = 5.0
STOP_TIMEOUT_S = 1.0
"""How long the app has to answer that the reader closes the connection."""

MAX_MESSAGES = 1000
SENT, RECEIVED = "\u2191", "\u2193"
MAX_SHOWN_BYTES = 32
SWITCHING = 101
NORMAL = 1000
_STATUSES = frozenset(HTTPStatus)


@dataclass
class Transcript:
    """What went over a WebSocket.

    Attributes:
        response: The answer to the handshake; its body is what came, a message a line.
        sent: The messages that were sent.
        received: Those that came, in their order.
        ending: How it ended; None where it was refused.
        note: One line to show with it.
    """

    response: AppResponse
    sent: list[Data] = field(default_factory=list)
    received: list[Data] = field(default_factory=list)
    ending: Ending | None = None
    note: str = ""

    def text(self) -> str:
        """Return it as lines: what was sent, what came, how it ended."""
        lines = [f"{SENT} {_shown(one)}" for one in self.sent]
        lines += [f"{RECEIVED} {_shown(one)}" for one in self.received]
        if self.ending is not None:
            lines.append(f"closed: {self.ending.code} {self.ending.reason}".rstrip())
        return "\n".join(lines)


def talk(
    session: requests.Session, asked: OutgoingMessages, progress: PendingResponse
) -> Transcript:
    """Open a WebSocket, send messages, take what comes, and close it.

    Args:
        session: Whose cookies are sent.
        asked: What is sent, to a full URL.
        progress: Another thread may stop the talk by it; what came is returned.

    Raises:
        NoServerError: There are no sockets.
        OSError: The server can't be reached, or speaks no WebSocket.
    """
    parts = urlsplit(asked.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = list(asked.headers)
    if not any(name.lower() == "origin" for name, _ in headers):
        headers.append(("Origin", f"{parts.scheme}://{parts.netloc}"))
    headers.append(("Host", parts.netloc))
    client = AppWebSocket(session, target, headers, asked.protocols, asked.url)
    call_off = this_system().start_later(client.abort, asked.timeout_s, "werkbook-ws")
    started_s = time.perf_counter()
    try:
        with progress.ended_by(client.abort):
            client.connect()
    except Refusal as refusal:
        answer = _response(client, refusal.status, refusal.headers, started_s)
        answer._content = refusal.body
        return Transcript(answer)
    finally:
        call_off()
    answer = _response(client, SWITCHING, client.headers, started_s)
    found = Transcript(answer, list(asked.messages))
    progress.begin(answer)
    try:
        with progress.ended_by(lambda: _stop(client)):
            _exchange_messages(client, asked, found)
        if progress.stopped.is_set():
            found.note = "Stopped: this is what had come."
        _close(client, found)
    except BaseException:  # an interrupt, where the cell's own thread talks
        client.abort()
        raise
    answer._content = "\n".join(map(_shown, found.received)).encode()
    client.finished_exchange()
    return found


def _exchange_messages(
    client: AppWebSocket, asked: OutgoingMessages, found: Transcript
) -> None:
    """Send all, then take what comes."""
    with suppress(OSError):  # the app has closed it: what came before is shown
        for message in asked.messages:
            client.send(message)
    wanted = max(1, len(found.sent)) if asked.frames is None else asked.frames
    silence_s = SILENCE_S if asked.frames is None else asked.timeout_s
    received = found.received
    while len(received) < wanted and (more := client.receive(silence_s)):
        received += more
    if len(received) < wanted and client.ending is None:
        found.note = f"No more came within {silence_s:g} s."
    if asked.frames is not None:
        del received[wanted:]
        return
    while len(received) < MAX_MESSAGES and (more := client.receive(MORE_S)):
        received += more


def _stop(client: AppWebSocket) -> None:
    """Close it from another thread, whether or not the app answers that."""
    client.close(NORMAL)
    this_system().start_later(client.abort, STOP_TIMEOUT_S, "werkbook-ws")


def _close(client: AppWebSocket, found: Transcript) -> None:
    """Close it, unless the app has, and wait until that is answered."""
    if client.ending is None:
        client.close(NORMAL)
    end_s = time.monotonic() + CLOSE_TIMEOUT_S
    while client.ending is None and time.monotonic() < end_s:
        client.receive(CLOSE_TIMEOUT_S)  # what still comes is no part of the talk
    found.ending = client.ending or Ending(ABNORMAL, "", is_clean=False)
    client.abort()
    client.receive(0.1)


def _response(
    client: AppWebSocket,
    status: int,
    headers: list[tuple[str, str]],
    started_s: float,
) -> AppResponse:
    """Return the answer to the handshake as the requests library has answers."""
    response = AppResponse()
    response.status_code = status
    response.reason = HTTPStatus(status).phrase if status in _STATUSES else ""
    response.headers.update(headers)
    if client.protocol:
        response.headers["Sec-WebSocket-Protocol"] = client.protocol
    response.encoding = "utf-8"
    response.request = client.asked
    response.url = client.asked.url or ""
    response.elapsed = timedelta(seconds=time.perf_counter() - started_s)
    response._content_consumed = True  # type: ignore[attr-defined]  # as `content` does
    response._ring, response._token = client.ring, client.token
    return response


def _shown(message: Data) -> str:
    if isinstance(message, str):
        return message
    start = message[:MAX_SHOWN_BYTES].hex(" ")
    more = " \u2026" if len(message) > MAX_SHOWN_BYTES else ""
    return f"{len(message)} bytes: {start}{more}"
