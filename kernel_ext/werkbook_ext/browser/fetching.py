"""Fetches what a page of the mini browser asks for: from its app and nowhere else.

The page lives at `http://app.invalid`, a name that resolves nowhere: what gets past
the bridge dies there instead of reaching a service on the reader's machine. Here that
name becomes the app's real address, on the first request and on each redirect.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from ..transport.headers import list_headers
from .cookies import cookie_header, without_cookies
from .log import Log

VIRTUAL_ORIGIN = "http://app.invalid"
# A loopback name that every framework's Host check lets pass, without a port: what
# the app writes into its pages is the same on each run.
HOST = "localhost"
MAX_REDIRECTS = 20
CONNECT_TIMEOUT_S = 10
PIECE_BYTES = 64 * 1024
# A stream without an end is cut here, and what a small body unpacks to.
MAX_BODY_BYTES = 32_000_000
# The browser or the connection sets these headers itself.
UNSENT = frozenset(
    """accept-encoding connection content-length cookie cookie2 host keep-alive origin
    proxy-authorization proxy-connection referer te trailer transfer-encoding upgrade
    x-werkbook-exchange x-werkbook-token""".split()  # noqa: SIM905  # reads as a text
)
NO_BODY_STATUSES = frozenset({204, 205, 304})

Headers = list[tuple[str, str]]
Connect = Callable[[], tuple[requests.Session, str]]


class ForeignOriginError(ValueError):
    """A page asked for an address outside the app."""


class EndlessRedirectError(ValueError):
    """An app sends a page from one address to the next, again and again."""


@dataclass(frozen=True)
class PageRequest:
    """A request of a page, as the mini browser sends it."""

    method: str
    url: str
    headers: Headers = field(default_factory=list)
    body: bytes | None = None
    page_url: str = ""
    token: str = ""
    follows_redirects: bool = True
    has_cookies: bool = True


@dataclass(frozen=True)
class Redirect:
    """One response of a chain of redirects, before the last."""

    status: int
    url: str


@dataclass
class PageResponse:
    """A response whose head has arrived; its body comes in pieces."""

    status: int
    reason: str
    url: str
    method: str
    headers: Headers
    hops: list[Redirect]
    cookie: str
    started_at: float
    pieces: Iterator[bytes]
    stop: Callable[[], None]
    find_exchange: Callable[[], Any] = lambda: None
    exchange_so_far: Callable[[], Any] = lambda: None
    number: int = 0

    @property
    def path(self) -> str:
        return self.url.removeprefix(VIRTUAL_ORIGIN)

    @property
    def endpoint(self) -> str | None:
        """The endpoint that answered, once the body is read; None if not known."""
        return getattr(self.find_exchange(), "endpoint", None)

    @property
    def endpoint_so_far(self) -> str | None:
        """The endpoint that answers, while the body still comes."""
        return getattr(self.exchange_so_far(), "endpoint", None)

    def header(self, name: str) -> str:
        wanted = name.lower()
        return next((v for k, v in self.headers if k.lower() == wanted), "")

    @property
    def content_type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def is_whole_soon(self) -> bool:
        """Whether the body's length is known and small: one message carries it."""
        length = self.header("content-length")
        has_no_body = self.status in NO_BODY_STATUSES or self.method == "HEAD"
        return has_no_body or (length.isdigit() and int(length) <= 4_000_000)

    def read(self) -> bytes:
        """Return the whole body, of which the length may be that of a packed one.

        Raises:
            ValueError: It is longer than any page.
        """
        found, size = [], 0
        for piece in self.pieces:
            found.append(piece)
            size += len(piece)
            if size > MAX_BODY_BYTES:
                self.stop()
                raise ValueError(f"the body is longer than {MAX_BODY_BYTES:,} bytes")
        return b"".join(found)

    def head(self) -> dict[str, Any]:
        """Return what the front end is told about the response."""
        return {
            "status": self.status,
            "reason": self.reason,
            "url": self.url,
            "method": self.method,
            "headers": [list(pair) for pair in self.headers],
            "hops": [[hop.status, hop.url] for hop in self.hops],
            "cookie": self.cookie,
            "number": self.number,
            "took_ms": round((time.perf_counter() - self.started_at) * 1000, 1),
        }


class Fetcher:
    """Sends the requests of one app's pages.

    Args:
        connect: Returns the session to send with and the app's real address, such as
            `http://127.0.0.1:8000`; called for each request: a server may move.

    Attributes:
        log: What was fetched last.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.log = Log()

    def fetch(self, request: PageRequest) -> PageResponse:
        """Send a request, follow its redirects, return when the last head is there.

        A request that follows none gets the redirect itself.

        Raises:
            ForeignOriginError: The address, or a redirect's, is not the app's.
            EndlessRedirectError: After many redirects the answer is one more.
            requests.RequestException: The app's server did not answer.
        """
        started_at = time.perf_counter()
        session, base = self._connect()
        hops: list[Redirect] = []
        history: list[requests.Response] = []
        while True:
            path = own_path(request.url, base)
            response = self._send(session, base, path, request)
            target = response.headers.get("location")
            if not request.follows_redirects:
                target = None
            if response.is_redirect and target and len(hops) >= MAX_REDIRECTS:
                self.log.add(response, history)
                response.close()
                raise EndlessRedirectError(
                    f"{path} is behind {MAX_REDIRECTS} redirects, and redirects to"
                    f" {target}"
                )
            if not response.is_redirect or not target:
                answer = read_response(
                    response, session, path, request, hops, started_at
                )
                record = self.log.add(response, history)
                answer.number = record.number
                answer.pieces = record.keeping(answer.pieces)
                return answer
            history.append(response)
            hops.append(Redirect(response.status_code, VIRTUAL_ORIGIN + path))
            response.close()
            request = redirected(request, response.status_code, path, target)

    def cookie(self, url: str) -> str:
        """Return the cookies that a page may read, as `document.cookie` has them."""
        session, base = self._connect()
        return cookie_header(session.cookies, HOST, own_path(url, base))

    def connect(self) -> tuple[requests.Session, str]:
        """Return the session to send with and the app's real address, for now."""
        return self._connect()

    @property
    def session(self) -> requests.Session:
        return self._connect()[0]

    def _send(
        self, session: requests.Session, base: str, path: str, request: PageRequest
    ) -> requests.Response:
        headers: dict[str, str | bytes] = {
            name: value
            for name, value in request.headers
            if name.lower() not in UNSENT and not name.lower().startswith("sec-")
        }
        headers["Host"] = HOST
        if request.token:
            headers["X-Werkbook-Exchange"] = request.token
        if request.page_url.startswith(VIRTUAL_ORIGIN):
            referer = request.page_url.replace(VIRTUAL_ORIGIN, f"http://{HOST}", 1)
            headers["Referer"] = referer.partition("#")[0]
        if request.method not in ("GET", "HEAD"):
            # The page's origin as the app knows it: frameworks compare it with Host.
            headers["Origin"] = f"http://{HOST}"
        sender = session if request.has_cookies else without_cookies(session)
        return sender.request(
            request.method,
            base.rstrip("/") + path,
            headers=headers,
            data=request.body,
            allow_redirects=False,
            stream=True,
            timeout=(CONNECT_TIMEOUT_S, None),
        )


def own_path(url: str, base: str) -> str:
    """Return path and query of an address of the app.

    Raises:
        ForeignOriginError: The address is not the app's.
    """
    parts = urlsplit(url)
    own = (VIRTUAL_ORIGIN, base.rstrip("/"), f"http://{HOST}")
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin.lower() not in own:
        raise ForeignOriginError(f"{url!r} is outside the app")
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def redirected(
    request: PageRequest, status: int, path: str, target: str
) -> PageRequest:
    """Return the request that follows a redirect (Fetch standard, 4.4)."""
    url = urljoin(VIRTUAL_ORIGIN + path, target)
    changes_method = (status in (301, 302) and request.method == "POST") or (
        status == 303 and request.method not in ("GET", "HEAD")
    )
    if not changes_method:
        return replace(request, url=url)
    kept = [h for h in request.headers if not h[0].lower().startswith("content-")]
    return replace(request, method="GET", url=url, headers=kept, body=None)


def read_response(
    response: requests.Response,
    session: requests.Session,
    path: str,
    request: PageRequest,
    hops: list[Redirect],
    started_at: float,
) -> PageResponse:
    """Return a response in the page's terms."""
    return PageResponse(
        status=response.status_code,
        reason=response.reason or "",
        url=VIRTUAL_ORIGIN + path,
        method=request.method,
        headers=list_headers(response),
        hops=hops,
        cookie=cookie_header(session.cookies, HOST, path),
        started_at=started_at,
        pieces=read_pieces(response),
        stop=lambda: stop(response),
        find_exchange=lambda: getattr(response, "exchange", None),
        exchange_so_far=lambda: getattr(response, "exchange_so_far", None),
    )


def read_pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield the decoded body as it arrives, not in blocks that fill up first."""
    source = getattr(response.raw, "_fp", None)
    read = getattr(response.raw, "read1", None)
    try:
        if read is None or not hasattr(source, "read1"):
            yield from response.iter_content(PIECE_BYTES)
            return
        while True:
            piece = read(PIECE_BYTES, decode_content=True)
            if piece:
                yield piece
            elif is_at_end(response.raw):
                return
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error
    finally:
        response.close()


def is_at_end(raw: Any) -> bool:
    # A decoder that waits for more input gives an empty piece, too.
    source = getattr(raw, "_fp", None)
    return source is None or getattr(source, "closed", True) or source.isclosed()


def stop(response: requests.Response) -> None:
    """End a response that another thread reads."""
    shut_down = getattr(response.raw, "shutdown", None)
    try:
        if shut_down is not None:
            shut_down()
    except (ValueError, OSError, AttributeError, RuntimeError):
        pass  # the response has ended already
    finally:
        with suppress(
            ValueError
        ):  # the app is called in this process, and runs until its next piece
            response.close()
