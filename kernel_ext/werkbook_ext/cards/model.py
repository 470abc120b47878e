"""The card of a response: pure data, made from the response and its exchange."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from itsdangerous import URLSafeTimedSerializer

from werkbook.serving import Exchange

from ..bodies.body import Body
from ..bodies.mixed import last_part
from ..transport.headers import list_headers
from ..transport.pending import PendingResponse
from ..transport.sessions import AppResponse, shorten_url
from .tracebacks import Frame, list_frames, summarize_error

MAX_CONTRADICTIONS = 5
"""How many fields of a response a card tells to be not as declared."""
Headers = tuple[tuple[str, str], ...]

# What a cookie holds is shown; whether its signature is right only its app can tell.
_UNCHECKED = URLSafeTimedSerializer("no key")


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One request and the status line of its response.

    Attributes:
        headers: What was sent, `Host` included.
        set_cookies: The `Set-Cookie` headers of the response.
        endpoint: The view that answered; None where that is not known.
        rule: The rule by which it was found.
    """

    method: str
    url: str
    status: int
    reason: str
    headers: Headers = ()
    set_cookies: tuple[str, ...] = ()
    endpoint: str | None = None
    rule: str | None = None

    def __str__(self) -> str:
        """Return the line that a card starts with."""
        return f"{self.method} {self.url} -> {self.status} {self.reason}".rstrip()


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie of the notebook's jar."""

    name: str
    value: str
    path: str
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One response as a card shows it.

    Attributes:
        hops: The redirects that led here; the last is the response itself.
        request: The body that was sent.
        body: The body that came back.
        duration_s: From the request to the whole body, redirects included.
        output: What the view printed, logged and warned of.
        error: The exception in the view as one line; empty when there was none.
        frames: The user's own frames of its traceback, the innermost last.
        is_error_page: The body is Werkbook's own page about the exception.
        session: What the signed session cookie holds; None without one.
        note: One line on what the card does not show, such as a redirect elsewhere.
    """

    hops: tuple[StatusLine, ...]
    request_headers: Headers
    request: Body
    headers: Headers
    body: Body
    duration_s: float = 0.0
    output: str = ""
    endpoint: str | None = None
    rule: str | None = None
    error: str = ""
    frames: tuple[Frame, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    session: Any = None
    note: str = ""
    is_error_page: bool = field(default=False)

    @property
    def status(self) -> int:
        """The status code of the response."""
        return self.hops[-1].status

    def header(self, name: str) -> str:
        """Return a header of the response; empty when there is none."""
        return _header(self.headers, name)


def make_card(
    response: requests.Response,
    exchange: Exchange | None = None,
    *,
    cookies: Iterable[Any] = (),
    note: str = "",
) -> Card:
    """Make the card of a response.

    Args:
        response: Whose body has been read.
        exchange: What the server saw of it; its own when it knows it.
        cookies: The cookies that the notebook holds after it.
        note: One line to show with it.
    """
    if exchange is None and isinstance(response, AppResponse):
        exchange = response.exchange
    headers = tuple(list_headers(response))
    # In a chain of redirects the first request is the one that was typed.
    request = (*response.history, response)[0].request
    sent_body = _sent(request)
    error = exchange.exception if exchange else None
    jar = tuple(_cookie(cookie) for cookie in cookies)
    return Card(
        hops=(
            *(_hop(one, _exchange_of(one)) for one in response.history),
            _hop(response, exchange),
        ),
        request_headers=_sent_headers(request),
        request=Body(sent_body, _text(request.headers.get("Content-Type", ""))),
        headers=headers,
        body=last_part(Body(response.content, _header(headers, "Content-Type"))),
        duration_s=sum(
            one.elapsed.total_seconds() for one in (*response.history, response)
        ),
        output=_outputs(response, exchange),
        endpoint=exchange.endpoint if exchange else None,
        rule=exchange.rule if exchange else None,
        error=summarize_error(error) if error else "",
        frames=list_frames(error) if error else (),
        cookies=jar,
        session=session_in(jar),
        note=" ".join(filter(None, [note, _contradictions(exchange)])),
        is_error_page=_is_error_page(response, error),
    )


def _contradictions(exchange: Exchange | None) -> str:
    """Say what in the response is not as its view function declares."""
    if exchange is None or not exchange.contradictions:
        return ""
    shown = "; ".join(exchange.contradictions[:MAX_CONTRADICTIONS])
    return f"Not as declared: {shown}."


def make_card_so_far(progress: PendingResponse) -> Card:
    """Make the card of a response whose body still comes."""
    response: Any = requests.Response()
    response.__dict__.update(progress.response.__dict__)
    response._content = b"".join(progress.pieces)
    response._content_consumed = True
    response.elapsed = getattr(progress.response, "elapsed", response.elapsed)
    exchange = None
    with suppress(AttributeError):
        exchange = progress.response.exchange_so_far  # type: ignore[union-attr]
    return make_card(response, exchange, note="The body still comes.")


def _is_error_page(response: requests.Response, error: BaseException | None) -> bool:
    """Tell whether the body says what the traceback says, as Werkbook's own page."""
    if error is None or response.status_code != 500:
        return False
    return type(error).__name__.encode() in response.content[:4096]


def _hop(response: requests.Response, exchange: Exchange | None) -> StatusLine:
    request = response.request
    url = request.url or "/"
    headers = _sent_headers(request)
    if not _header(headers, "Host"):  # the HTTP client writes it, from the URL
        headers = (("Host", urlsplit(url).netloc), *headers)
    cookies = (v for k, v in list_headers(response) if k.lower() == "set-cookie")
    return StatusLine(
        request.method or "GET",
        shorten_url(url),
        response.status_code,
        response.reason or "",
        headers=headers,
        set_cookies=tuple(cookies),
        endpoint=exchange.endpoint if exchange else None,
        rule=exchange.rule if exchange else None,
    )


def _sent_headers(request: requests.PreparedRequest) -> Headers:
    return tuple((str(k), _text(v)) for k, v in request.headers.items())


def _exchange_of(response: requests.Response) -> Exchange | None:
    return response.exchange if isinstance(response, AppResponse) else None


def _outputs(response: requests.Response, exchange: Exchange | None) -> str:
    """Join what the views of a chain of redirects printed."""
    earlier = map(_exchange_of, response.history)
    return "".join(one.output for one in (*earlier, exchange) if one is not None)


def _sent(request: requests.PreparedRequest) -> bytes:
    body = request.body
    if isinstance(body, str):
        return body.encode("utf-8")
    return bytes(body) if isinstance(body, (bytes, bytearray)) else b""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _header(headers: Headers, name: str) -> str:
    return next((v for k, v in headers if k.lower() == name.lower()), "")


def _cookie(cookie: Any) -> Cookie:
    rest = {str(key).lower(): value for key, value in cookie._rest.items()}
    attributes = ["Secure"] if cookie.secure else []
    attributes += ["HttpOnly"] if "httponly" in rest else []
    attributes += [f"SameSite={rest['samesite']}"] if rest.get("samesite") else []
    return Cookie(cookie.name, cookie.value or "", cookie.path, "; ".join(attributes))


def session_in(cookies: Iterable[Cookie]) -> Any:
    """Read what Flask's signed session cookie holds, without its key."""
    for cookie in cookies:
        if cookie.name == "session" and cookie.value.count(".") >= 2:
            return _UNCHECKED.loads_unsafe(cookie.value)[1]
    return None
