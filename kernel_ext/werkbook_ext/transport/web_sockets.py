"""Opening a WebSocket to an app, with the cookies of whoever asks.

It goes over the socket of the app's server, as a browser's would: the server's checks
hold for it, and the app's library finds what it looks for.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from email.message import Message
from types import SimpleNamespace
from urllib.parse import urlsplit

import requests
from requests.cookies import extract_cookies_to_jar

from werkbook import serving

from .sessions import ORIGIN, TOKEN_HEADER, AppSession
from .websocket_client import Headers, WebSocketClient

# wsproto or the connection sets these itself, and nothing is compressed.
_UNSENT = frozenset(
    """accept accept-encoding connection content-length host keep-alive upgrade
    sec-websocket-key sec-websocket-version sec-websocket-protocol
    sec-websocket-extensions transfer-encoding""".split()  # noqa: SIM905  # a text
)


class AppWebSocket(WebSocketClient):
    """A WebSocket of one app, for a session that keeps its cookies.

    Args:
        session: Whose cookies are sent, and get what the answer sets.
        target: Path and query.
        headers: More headers of the request.
        protocols: The subprotocols that are offered.
        base: The server's address, for a session that is of no app.

    Attributes:
        asked: The handshake, as the requests library has requests.
        ring: The exchanges of the app's server; None for a server of someone else's.
        token: By which its exchange is found there.

    Raises:
        NoServerError: There are no threads and sockets (Pyodide).
    """

    def __init__(
        self,
        session: requests.Session,
        target: str,
        headers: Headers = (),
        protocols: Sequence[str] = (),
        base: str = ORIGIN,
    ) -> None:
        """Find the server, and note what is asked for; `connect` asks."""
        self.token = secrets.token_hex(16)
        self._session = session
        self.asked = _prepared(session, target, headers)
        sent = [(name, value) for name, value in self.asked.headers.items()]
        internal: dict[str, str] = {}
        self.ring: serving.ExchangeRing | None = None
        if isinstance(session, AppSession):
            server = serving.serve(session.app)
            base, self.ring = server.url, server.exchanges
            internal = {**server.internal_headers(), TOKEN_HEADER: self.token}
        parts = urlsplit(base)
        address = parts.hostname or "localhost", parts.port or 80
        host = next((v for k, v in headers if k.lower() == "host"), "localhost")
        sent = [(k, str(v)) for k, v in sent if k.lower() not in _UNSENT]
        super().__init__(address, host, target, [*sent, *internal.items()], protocols)

    def connect(self) -> None:
        """See `WebSocketClient`; the session gets the cookies that the answer sets."""
        super().connect()
        self._keep_cookies(self.headers)

    @property
    def exchange(self) -> serving.Exchange | None:
        """What the server saw of it, so far."""
        ring = self.ring
        return ring.by_token(self.token, timeout_s=0) if ring is not None else None

    def finished_exchange(self) -> serving.Exchange | None:
        """Return what the server saw of it, once its view has returned."""
        return self.ring.by_token(self.token) if self.ring is not None else None

    def _keep_cookies(self, headers: Iterable[tuple[str, str]]) -> None:
        message = Message()
        for name, value in headers:
            message[name] = value
        raw = SimpleNamespace(_original_response=SimpleNamespace(msg=message))
        extract_cookies_to_jar(self._session.cookies, self.asked, raw)  # type: ignore[no-untyped-call]  # requests'


def _prepared(
    session: requests.Session, target: str, headers: Headers
) -> requests.PreparedRequest:
    """Return the handshake as a request of the session's, which has its cookies."""
    request = requests.Request("WS", ORIGIN + target, headers=dict(headers))
    return session.prepare_request(request)
