"""The mini browser in a tab of its own: a page of the app's server that hosts it.

Behind Jupyter's proxy a page of the app would have Jupyter's origin, and with it the
rights of whoever looks at it. This page has that origin, but it is Werkbook's own: it
shows the app in the sandbox in which `%browse` shows it, and speaks HTTP to the kernel
where a widget speaks over its comm.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from http import HTTPStatus
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

from ...widgets.esm import style_source
from ..browser_widget import SCRIPTS, with_bridge
from ..conversation import BrowserConversation
from ..fetching import VIRTUAL_ORIGIN, Connect, Fetcher
from .tab_channel import TabChannel, packed, unpacked

MAX_TABS = 20
POLL_S = 20.0
"""How long a tab that asks for news is kept waiting for some."""
SILENT_S = 90.0
"""After so long without a question a tab counts as closed."""
MAX_SENT_BYTES = 32_000_000
HEADERS = [
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
]
Answer = tuple[int, str, bytes]


class Tab:
    """One open tab: its conversation with the app, and what waits for it."""

    def __init__(self, connect: Connect, page: str) -> None:
        self.channel = TabChannel()
        self.conversation = BrowserConversation(
            Fetcher(connect),
            self.channel.put,
            wait_for_room=self.channel.wait_for_room,
        )
        self.conversation.url = VIRTUAL_ORIGIN + page

    @property
    def is_silent(self) -> bool:
        return time.monotonic() - self.channel.asked_s > SILENT_S

    def close(self) -> None:
        """End what still comes for it."""
        self.conversation.close()
        self.channel.close()


class TabPages:
    """A WSGI application: the page, and the messages of the tabs that show it.

    Args:
        connect: See `Fetcher`.
        title: What the browser's tab is called.
    """

    def __init__(self, connect: Connect, title: str) -> None:
        self._connect = connect
        self._title = title
        self._tabs: dict[str, Tab] = {}
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str], Callable[[WSGIEnvironment], Answer]] = {
            ("GET", "/tab"): self._page,
            ("GET", "/tab.js"): _script,
            ("POST", "/send"): self._send,
            ("GET", "/news"): self._news,
        }

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request below the path where this is mounted."""
        asked = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        status, kind, body = self._answers.get(asked, _not_found)(environ)
        length = ("Content-Length", str(len(body)))
        phrase = f"{status} {HTTPStatus(status).phrase}"
        start_response(phrase, [("Content-Type", kind), length, *HEADERS])
        return [body]

    def close(self) -> None:
        """Close all tabs."""
        with self._lock:
            tabs = list(self._tabs.values())
            self._tabs.clear()
        for tab in tabs:
            tab.close()

    def _page(self, environ: WSGIEnvironment) -> Answer:
        """Give out the page, with the name by which its tab is known.

        A foreign page's pictures and frames get none: they would close others' tabs.
        """
        if environ.get("HTTP_SEC_FETCH_DEST", "document") != "document":
            return 403, "text/plain", b"This is a page for a tab.\n"
        page = _parameter(environ, "page") or "/"
        name = secrets.token_urlsafe(24)
        tab = Tab(self._connect, page if page.startswith("/") else "/")
        with self._lock:
            gone = [key for key, one in self._tabs.items() if one.is_silent]
            gone += list(self._tabs)[: len(self._tabs) - len(gone) - MAX_TABS + 1]
            closed = [self._tabs.pop(key) for key in gone if key in self._tabs]
            self._tabs[name] = tab
        for one in closed:
            one.close()
        return 200, "text/html; charset=utf-8", page_source(name, self._title)

    def _send(self, environ: WSGIEnvironment) -> Answer:
        """Take what a tab says."""
        tab = self._find(environ)
        if tab is None:
            return _not_found(environ)
        try:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            if size > MAX_SENT_BYTES:
                return 413, "text/plain", b"Too much in one message.\n"
            for content, buffers in unpacked(environ["wsgi.input"].read(size)):
                tab.conversation.receive(content, buffers)
        except ValueError:
            return 400, "text/plain", b"No messages of a tab.\n"
        return 200, "text/plain", b""

    def _news(self, environ: WSGIEnvironment) -> Answer:
        """Give a tab what there is, as soon as there is something."""
        tab = self._find(environ)
        if tab is None:
            return _not_found(environ)
        return 200, "application/octet-stream", packed(tab.channel.take(POLL_S))

    def _find(self, environ: WSGIEnvironment) -> Tab | None:
        with self._lock:
            return self._tabs.get(_parameter(environ, "tab"))


def _parameter(environ: WSGIEnvironment, name: str) -> str:
    query: str = environ.get("QUERY_STRING", "")
    return parse_qs(query).get(name, [""])[0]


def _not_found(_: WSGIEnvironment) -> Answer:
    return 404, "text/plain; charset=utf-8", b"There is no such tab any more.\n"


def page_source(name: str, title: str) -> bytes:
    """Return the page of a tab."""
    config = json.dumps({"tab": name}).replace("<", "\\u003c")
    return (
        "<!doctype html><html><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body>"
        f"<script>const TAB = {config};</script>"
        "<script type=module src=tab.js></script></body></html>"
    ).encode("utf-8", "replace")


def _script(_: WSGIEnvironment) -> Answer:
    return 200, "text/javascript; charset=utf-8", script_source()


@cache
def script_source() -> bytes:
    """Return the script of the page, which is the mini browser's own."""
    return with_bridge(SCRIPTS / "tab_page.js").encode()


@cache
def _style() -> str:
    return style_source(SCRIPTS / "browser.css") + style_source(
        SCRIPTS / "tab_page.css"
    )
