"""How requests of this notebook reach an app: over the socket, or by calling it here.

This is the one place that chooses. Either way the app is at `ORIGIN`, a name without a
port, so that links, redirects and bodies that hold full URLs are the same in each run.
"""

from __future__ import annotations

import re
import secrets
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import requests
from requests.cookies import RequestsCookieJar

from werkbook import serving
from werkbook.serving.applications import is_asgi
from werkbook.system import this_system

from .stoppable import StoppableAdapter, make_stoppable
from .wsgi_adapter import WSGIAdapter

ORIGIN = "http://localhost"
TOKEN_HEADER = "X-Werkbook-Exchange"
MAX_REDIRECTS = 20
MAX_REDIRECT_BYTES = 1_000_000
REDIRECT_TIMEOUT_S = 1.0
"""How long the body of a redirect is waited for."""

_HOST_AND_PORT = re.compile(r"([A-Za-z0-9.-]*):(\d{1,5})(?=[/?]|\Z)")

# Browsers send Secure cookies to localhost without TLS; so do these sessions.
COOKIE_POLICY = DefaultCookiePolicy(secure_protocols=("http", "https"))

# The headers that requests sends by default name versions, which differ.
DEFAULT_HEADERS = {
    "User-Agent": "werkbook",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
}


class AppResponse(requests.Response):
    """A response that knows what the server saw of its request."""

    _ring: serving.ExchangeRing | None = None
    _token: str = ""

    @property
    def token(self) -> str:
        """What the exchange is found by; empty for a server of someone else's."""
        return self._token

    @property
    def exchange(self) -> serving.Exchange | None:
        """The exchange as the server saw it; None for a server of someone else's."""
        return self._ring.by_token(self._token) if self._ring is not None else None

    @property
    def exchange_so_far(self) -> serving.Exchange | None:
        """The same without waiting for its end: it fills while the body comes."""
        ring = self._ring
        return ring.by_token(self._token, timeout_s=0) if ring is not None else None


class _Marking(StoppableAdapter):
    """An adapter whose responses find their exchange again."""

    def _marked(
        self, request: requests.PreparedRequest, token: str
    ) -> requests.PreparedRequest:
        """Return a copy to send, with the token; users see the request without it."""
        wire = request.copy()
        wire.headers[TOKEN_HEADER] = token
        return wire

    def _finish(
        self,
        response: requests.Response,
        request: requests.PreparedRequest,
        ring: serving.ExchangeRing,
        token: str,
    ) -> AppResponse:
        response.request = request
        found = adopt(response)
        found._ring, found._token = ring, token
        return found


class SocketAdapter(_Marking):
    """Sends what is for `ORIGIN` to the app's server, which it starts."""

    def __init__(self, app: WSGIApplication) -> None:
        """Keep the app, whose server may change its port meanwhile."""
        super().__init__()
        self.app = app

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> Any:
        """Connect to where the app's server listens now."""
        url = serving.serve(self.app).url
        return make_stoppable(self.poolmanager.connection_from_url(url))

    def close(self) -> None:
        """Close the connections, those too whose responses are still held."""
        for key in tuple(self.poolmanager.pools.keys()):
            self.poolmanager.pools[key].close()
        super().close()

    def send(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> AppResponse:
        """Send the request with the host name that the app is meant to see."""
        server = serving.serve(self.app)
        token = secrets.token_hex(16)
        wire = self._marked(request, token)
        # On a host shared with other users the server asks for a token of its own.
        wire.headers.update(server.internal_headers())
        wire.headers.setdefault("Host", urlsplit(request.url or ORIGIN).netloc)
        response = super().send(wire, *arguments, **options)
        return self._finish(response, request, server.exchanges, token)


class InProcessAdapter(_Marking):
    """Answers what is for `ORIGIN` by calling the app, and records the exchange."""

    def __init__(self, app: WSGIApplication) -> None:
        """Wrap the app in the middleware that a server has."""
        super().__init__()
        self.app = app
        if is_asgi(app):
            serving.serve(app)  # which says why it can't be called here
        self.ring = _ring_in_process(app)
        self._calling = WSGIAdapter(serving.recorded(app, self.ring))

    def send(
        self, request: requests.PreparedRequest, *arguments: Any, **options: Any
    ) -> AppResponse:
        """Call the app."""
        token = secrets.token_hex(16)
        wire = self._marked(request, token)
        response = self._calling.send(wire, *arguments, **options)
        return self._finish(response, request, self.ring, token)


class BoundedSession(requests.Session):
    """A session that can be stopped, and reads little of a redirect's body.

    requests reads all of it before anyone could stop that: it may have no end, or be
    gigabytes once it is unpacked.
    """

    def __init__(self) -> None:
        """Make a session with an empty cookie jar."""
        super().__init__()
        for scheme in ("http://", "https://"):
            self.mount(scheme, StoppableAdapter())

    def resolve_redirects(
        self, resp: requests.Response, *arguments: Any, **options: Any
    ) -> Iterator[requests.Response]:
        """Yield what follows a response."""
        if self.get_redirect_target(resp):
            _read_beginning(resp)
        yield from super().resolve_redirects(resp, *arguments, **options)


class AppSession(BoundedSession):
    """A session with one app: its cookies, and URLs that may be relative.

    Attributes:
        app: The app that answers.
        stores: What else is the visitor's; each is called when it is forgotten.
    """

    def __init__(self, app: WSGIApplication) -> None:
        """Make a session with an empty cookie jar."""
        super().__init__()
        self.app = app
        self.stores: list[Callable[[], object]] = []
        self.trust_env = False  # no proxy and no .netrc of the environment counts
        self.cookies = RequestsCookieJar(COOKIE_POLICY)
        self.headers.clear()
        self.headers.update(DEFAULT_HEADERS)
        adapter = _adapter_for(app)
        self.mount(f"{ORIGIN}/", adapter)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request with the session's cookies, by the policy of its jar."""
        prepared = super().prepare_request(request)
        given = {name.lower() for name in request.headers or ()}
        # requests copies the cookies into a jar of the default policy.
        jar = getattr(prepared, "_cookies", None)
        if "cookie" not in given and isinstance(jar, RequestsCookieJar):
            prepared.headers.pop("Cookie", None)
            jar.set_policy(COOKIE_POLICY)
            prepared.prepare_cookies(jar)
        return prepared

    def forget_visitor(self) -> None:
        """Clear what the app knows its visitor by: cookies, and what pages stored."""
        self.cookies.clear()
        for clear in self.stores:
            clear()

    @property
    def exchanges(self) -> serving.ExchangeRing:
        """The exchanges of the app."""
        adapter = self.get_adapter(f"{ORIGIN}/")
        if isinstance(adapter, InProcessAdapter):
            return adapter.ring
        return serving.serve(self.app).exchanges

    def request(  # type: ignore[override]  # all options are requests' own
        self, method: str, url: str, **options: Any
    ) -> AppResponse:
        """Send a request; a relative URL is one of the app's."""
        return adopt(super().request(method, absolute(url), **options))

    def follow(self, response: AppResponse, **options: Any) -> Iterator[AppResponse]:
        """Yield the responses of the redirects that lead to the app itself.

        At most 20 follow. What leads elsewhere is not asked: neither the notebook's
        cookies nor its requests go where a page sends them.
        """
        history: list[requests.Response] = []
        for _ in range(MAX_REDIRECTS):
            following = response.next
            if following is None or not is_app_url(following.url or ""):
                return
            history.append(response)
            response = adopt(self.send(following, allow_redirects=False, **options))
            response.history = list(history)
            yield response


class _Script:
    """Takes the place of the shell in a script or a test, where there is none."""


_SCRIPT = _Script()
_sessions: weakref.WeakKeyDictionary[Any, dict[int, AppSession]]
_sessions = weakref.WeakKeyDictionary()
_rings: dict[int, tuple[WSGIApplication, serving.ExchangeRing]] = {}
"""Those of apps that are called here; a server has its own."""
_elsewhere: weakref.WeakKeyDictionary[Any, requests.Session]
_elsewhere = weakref.WeakKeyDictionary()


def session_for(shell: Any, app: WSGIApplication) -> AppSession:
    """Return the session of an app in a notebook; the same one each time.

    Its cookies are kept as long as the notebook's kernel runs. Each app has a jar of
    its own: two apps whose session cookie has one name do not log each other out.

    Args:
        shell: The notebook's shell; None in a script.
        app: Any WSGI app.
    """
    by_id = _sessions.setdefault(shell or _SCRIPT, {})
    session = by_id.get(id(app))
    if session is None:
        session = by_id[id(app)] = AppSession(app)
    return session


def find_ring(app: WSGIApplication) -> serving.ExchangeRing | None:
    """Return what is remembered of an app's requests; None where no server runs."""
    server = serving.find_server(app)
    if server is not None:
        return server.exchanges
    return None if this_system().has_sockets else _ring_in_process(app)


def _ring_in_process(app: WSGIApplication) -> serving.ExchangeRing:
    """Return the ring of an app that is called here, one for all its sessions."""
    known = _rings.get(id(app))
    if known is None or known[0] is not app:
        known = _rings[id(app)] = app, serving.ExchangeRing()
    return known[1]


def session_elsewhere(shell: Any) -> requests.Session:
    """Return the notebook's session with servers that are none of its apps."""
    session = _elsewhere.get(shell or _SCRIPT)
    if session is None:
        session = _elsewhere[shell or _SCRIPT] = BoundedSession()
        session.headers.clear()
        session.headers.update(DEFAULT_HEADERS)
    return session


def close_sessions(shell: Any) -> None:
    """Close the connections of a notebook and forget its cookies."""
    for session in _sessions.pop(shell or _SCRIPT, {}).values():
        session.close()
    _rings.clear()
    other = _elsewhere.pop(shell or _SCRIPT, None)
    if other is not None:
        other.close()


def absolute(url: str) -> str:
    """Return the full URL of a URL that may be relative to the app.

    As in HTTPie `:5000/a` is of this machine, and `host:5000/a` needs no scheme.
    """
    if "://" in url.partition("?")[0]:
        return url
    if match := _HOST_AND_PORT.match(url):
        return f"http://{match[1] or 'localhost'}:{match[2]}{url[match.end() :]}"
    return ORIGIN + (url if url.startswith("/") else f"/{url}")


def is_app_url(url: str) -> bool:
    """Tell whether a full URL is one of the app's."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() == ORIGIN


def shorten_url(url: str) -> str:
    """Return a URL as it reads in a notebook: path and query for one of the app's."""
    if not is_app_url(url):
        return url
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def adopt(response: requests.Response) -> AppResponse:
    """Return the response as one that knows its exchange."""
    if isinstance(response, AppResponse):
        return response
    found = AppResponse()
    found.__dict__.update(response.__dict__)
    return found


def _read_beginning(response: requests.Response) -> None:
    """Read what comes soon of a body; what does not is as if it had not been sent."""
    if vars(response)["_content"] is not False:  # it has been read
        return
    pieces, size = [], 0
    with suppress(OSError):  # it broke off
        chunks = response.iter_content(65536)
        for piece in this_system().take_in_time(chunks, REDIRECT_TIMEOUT_S):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_REDIRECT_BYTES:
                break
    response._content = b"".join(pieces)
    response._content_consumed = True  # type: ignore[attr-defined]  # as `content` does
    # A thread may still wait for more of it; what has ended has no connection left.
    with suppress(AttributeError, ValueError, OSError, RuntimeError):
        response.raw.shutdown()


def _adapter_for(app: WSGIApplication) -> SocketAdapter | InProcessAdapter:
    return SocketAdapter(app) if this_system().has_sockets else InProcessAdapter(app)
