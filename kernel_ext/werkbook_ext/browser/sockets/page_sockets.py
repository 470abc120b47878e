"""The WebSockets of a mini browser's pages: what views say of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from werkbook.serving import NoServerError

from ...page_usage.usage import WEBSOCKET
from ...transport.web_sockets import AppWebSocket
from ...transport.websocket_client import ABNORMAL
from ..browser_view import BrowserView, Send, Take
from ..fetching import HOST, VIRTUAL_ORIGIN, Fetcher, ForeignOriginError, own_path
from .page_socket import (
    MAX_SOCKETS,
    PageSocket,
    SocketRequest,
    read_closing,
    read_frames,
    read_socket_request,
)


class PageSockets:
    """Opens WebSockets for views, and takes what their pages send.

    Args:
        fetcher: Knows the app and its cookies.
        send: Sends a message to all views.
        wait_for_room: Waits while too much is on its way to the front end.
    """

    def __init__(
        self, fetcher: Fetcher, send: Send, wait_for_room: Callable[[], object]
    ) -> None:
        self._fetcher = fetcher
        self._send = send
        self._wait_for_room = wait_for_room

    @property
    def takers(self) -> dict[str, Take]:
        """What is done with each kind of a view's messages about them."""
        return {
            "socket": self.socket,
            "frames": self.frames,
            "shut": self.shut,
            "seen": self.seen,
        }

    def socket(
        self, view: BrowserView, message: dict[str, Any], _: list[bytes]
    ) -> None:
        """Open one; the view is told `accepted`, or `closed`."""
        asked = read_socket_request(message, view.headers)
        if asked is None or message["id"] in view.running:
            return
        name = message["id"]
        running = list(view.running.values())
        tell = partial(self._tell, view.id, name)
        if sum(isinstance(one, PageSocket) for one in running) >= MAX_SOCKETS:
            self._refuse(tell, f"more than {MAX_SOCKETS} WebSockets are open")
            return
        try:
            client = self._client(asked, view.url)
        except (ForeignOriginError, NoServerError) as error:
            self._refuse(tell, str(error).partition("\n")[0])
            return

        def tell_accepted(message: dict[str, Any], sent: list[bytes]) -> None:
            if message["t"] == "accepted":
                message = {**message, "cookie": self._fetcher.cookie(view.url)}
                path = asked.url.removeprefix(VIRTUAL_ORIGIN)
                endpoint = getattr(client.exchange, "endpoint", None)
                view.usage.note(WEBSOCKET, path, endpoint)
            tell(message, sent)

        def forget() -> None:
            view.running.pop(name, None)

        opened = PageSocket(client, tell_accepted, self._wait_for_room, forget)
        view.running[name] = opened
        opened.start()

    def frames(
        self, view: BrowserView, message: dict[str, Any], buffers: list[bytes]
    ) -> None:
        """Send messages of a page's on."""
        found = view.running.get(str(message.get("id")))
        messages = read_frames(message.get("kinds"), buffers)
        if isinstance(found, PageSocket) and messages:
            found.put(messages)

    def shut(self, view: BrowserView, message: dict[str, Any], _: list[bytes]) -> None:
        """Close one as its page says."""
        found = view.running.get(str(message.get("id")))
        if isinstance(found, PageSocket):
            found.shut(*read_closing(message))

    def seen(self, view: BrowserView, message: dict[str, Any], _: list[bytes]) -> None:
        """Note what the front end has taken."""
        found = view.running.get(str(message.get("id")))
        count, size_bytes = message.get("count"), message.get("bytes")
        if (
            isinstance(found, PageSocket)
            and isinstance(count, int)
            and isinstance(size_bytes, int)
        ):
            found.note_seen(max(0, count), max(0, size_bytes))

    def _client(self, asked: SocketRequest, page_url: str) -> AppWebSocket:
        session, base = self._fetcher.connect()
        target = own_path(asked.url, base)
        page = page_url.replace(VIRTUAL_ORIGIN, f"http://{HOST}", 1)
        headers = [
            *asked.headers,
            ("Origin", f"http://{HOST}"),
            ("Host", HOST),
            ("Cache-Control", "no-cache"),
        ]
        if page.isascii():
            headers.append(("Referer", page.partition("#")[0]))
        return AppWebSocket(session, target, headers, asked.protocols, base)

    def _tell(
        self, view_id: str, name: str, message: dict[str, Any], sent: list[bytes]
    ) -> None:
        self._send({**message, "view": view_id, "id": name}, sent)

    def _refuse(self, tell: Send, detail: str) -> None:
        told = {"code": ABNORMAL, "reason": "", "is_clean": False, "detail": detail}
        tell({"t": "closed", **told}, [])
