"""A visitor of an app: asks it in this process, and keeps its cookies."""

from __future__ import annotations

import re
import traceback
from ast import literal_eval
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from time import perf_counter
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit
from wsgiref.types import WSGIApplication

from werkzeug.http import parse_cookie
from werkzeug.test import Client, EnvironBuilder, TestResponse

from werkbook import serving
from werkbook.cells.requests import Filler, OutgoingRequest, WrittenRequest, compose
from werkbook.dispatch.error_page import (
    find_user_frames,
    is_users_file,
    read_lines_around,
)

from .check_answers import (
    MAX_BODY_BYTES,
    MAX_OUTPUT_CHARS,
    Answer,
    Headers,
    Hop,
    Mishap,
)
from .time_limit import HangsError, LeftError, limited

Record = Callable[[Any, serving.ExchangeRing], WSGIApplication]
"""Returns how an app is called, whose exchanges a ring notes: `serving.recorded`."""

MAX_REDIRECTS = 10
MISHAP_S = 1.0
"""How long an exception may take to say what it is."""
MAX_HEADERS, MAX_HEADER_CHARS = 1000, 65_536
CONSTANTS = Filler(literal_eval)
_KEEPS_METHOD = (307, 308)
_LAST_ERROR = re.compile(
    r"^(?P<kind>[\w.]+(?:Error|Exception|Exit|Found|Undefined\w*))"
    r"(?::\s*(?P<message>.*))?$",
    re.MULTILINE,
)


@dataclass
class _Trip:
    """What is known of a request and its redirects so far."""

    answer: Answer
    output: str = ""
    duration_s: float = 0.0


class Visitor:
    """One browser: it has cookies of its own."""

    def __init__(self, app: Any, record: Record = serving.recorded) -> None:
        """Visit an app for the first time.

        Args:
            app: The app.
            record: How it is called, where it is none of WSGI.
        """
        self._ring = serving.ExchangeRing()
        self._client = Client(record(app, self._ring))

    def ask(
        self, command: WrittenRequest, *, follows: bool, timeout_s: float
    ) -> Answer:
        """Send a request and wait for the whole answer.

        Args:
            command: The request.
            follows: Whether redirects are followed.
            timeout_s: Seconds that all of it may take.

        Raises:
            RequestSyntaxError: The request cannot be sent as it is written.
            FillError: It has an expression that is no constant.
        """
        request = compose(command, CONSTANTS)
        return self.send(request, follows=follows, timeout_s=timeout_s)

    def send(
        self, request: OutgoingRequest, *, follows: bool, timeout_s: float
    ) -> Answer:
        """Send a request that is composed already, and wait for the whole answer.

        Args:
            request: The request; a header `Cookie` is added to the visitor's cookies.
            follows: Whether redirects are followed.
            timeout_s: Seconds that all of it may take.
        """
        self._take_cookies(request)
        trip = _Trip(_asked(request))
        began_s = perf_counter()
        try:
            limited(lambda: self._travel(trip, request, follows), timeout_s)
        except HangsError:
            trip.answer = replace(trip.answer, hangs=True)
        except Exception as error:  # what no server would get as an answer either
            trip.answer = _broken(trip.answer, error)
        else:  # what an app does after its answer takes nobody's time
            return replace(trip.answer, duration_s=trip.duration_s)
        return replace(trip.answer, duration_s=perf_counter() - began_s)

    def _take_cookies(self, request: OutgoingRequest) -> None:
        """Keep what a request's own header says: the client drops such a header."""
        header = dict(request.headers).get("Cookie") or ""
        for name, value in parse_cookie(header).items():
            self._client.set_cookie(name, value)

    def _travel(self, trip: _Trip, request: OutgoingRequest, follows: bool) -> None:
        for _ in range(MAX_REDIRECTS):
            status, location = self._send(trip, request)
            target = _on_this_site(request.url, location)
            if not (follows and 300 <= status < 400 and target):
                return
            is_kept = status in _KEEPS_METHOD
            request = replace(
                request,
                url=target,
                method=request.method if is_kept else "GET",
                body=request.body if is_kept else None,
                headers=request.headers if is_kept else (),
            )

    def _send(self, trip: _Trip, request: OutgoingRequest) -> tuple[int, str]:
        builder = EnvironBuilder(
            path=request.url,
            method=request.method,
            data=request.body,
            headers=[(name, value) for name, value in request.headers if value],
        )
        try:
            response = self._client.open(builder, buffered=False)
        finally:
            builder.close()
        body = _first_bytes(response)
        exchange = self._ring.last()
        trip.output += exchange.output if exchange else ""
        trip.duration_s += exchange.duration_s if exchange else 0.0
        trip.answer = replace(
            trip.answer,
            hops=(
                *_sent_hops(trip),
                Hop(request.method, request.url, response.status_code),
            ),
            headers=_first_headers(response),
            body=body,
            output=trip.output[:MAX_OUTPUT_CHARS],
            mishap=_mishap(exchange, trip.output),
            cookies=self._cookies(),
            endpoint=(exchange.endpoint if exchange else None) or "",
            rule=(exchange.rule if exchange else None) or "",
        )
        return response.status_code, response.headers.get("Location", "")

    def _cookies(self) -> tuple[tuple[str, str], ...]:
        jar = self._client._cookies or {}  # no public name gives all of them
        return tuple((cookie.key, cookie.value) for cookie in jar.values())


def _asked(request: OutgoingRequest) -> Answer:
    return Answer(
        hops=(Hop(request.method, request.url, 0),),
        request_headers=tuple((k, v) for k, v in request.headers if v is not None),
        request_body=request.body or b"",
    )


def _broken(answer: Answer, error: BaseException) -> Answer:
    """Return what is known of a request whose answer cannot be read."""
    hop = replace(answer.hops[-1], status=500)
    hops = (*answer.hops[:-1], hop)
    return replace(answer, hops=hops, mishap=describe_mishap(error))


def _sent_hops(trip: _Trip) -> tuple[Hop, ...]:
    """Return the hops that have been answered."""
    return tuple(hop for hop in trip.answer.hops if hop.status)


def _first_bytes(response: TestResponse) -> bytes:
    """Read no more of a body than is kept, and close it."""
    found, size = [], 0
    chunks: Iterable[bytes] = response.iter_encoded()
    try:
        for chunk in chunks:
            found.append(chunk[: MAX_BODY_BYTES - size])
            size += len(found[-1])
            if size >= MAX_BODY_BYTES:
                break
    finally:
        response.close()
    return b"".join(found)


def _first_headers(response: TestResponse) -> Headers:
    """Return no more headers, and no more of each, than any client would take."""
    pairs = islice(response.headers.items(), MAX_HEADERS)
    return tuple((name, value[:MAX_HEADER_CHARS]) for name, value in pairs)


def _on_this_site(url: str, location: str) -> str:
    """Return the URL to go to; empty for none and for another site's."""
    if not location:
        return ""
    parts = urlsplit(urljoin(f"http://localhost{url}", location))
    if parts.hostname != "localhost":
        return ""
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _mishap(exchange: Any, output: str) -> Mishap | None:
    if exchange is not None and exchange.exception is not None:
        return describe_mishap(exchange.exception)
    return _logged(output)


def describe_mishap(error: BaseException) -> Mishap:
    """Return what is to be said of an exception, whose own methods may do anything."""
    if isinstance(error, LeftError):
        error = error.raised
    try:
        return limited(partial(_described, error), MISHAP_S)
    except Exception:
        return Mishap(type(error).__name__, "what it says cannot be read")


def _described(error: BaseException) -> Mishap:
    frames = list(islice(find_user_frames(error), 100))
    frames = [frame for frame in frames if is_users_file(frame[0])]
    code, function, line = "", "", 0
    if frames:
        filename, line, function = frames[-1]
        around = dict(read_lines_around(filename, line))
        code = around.get(line, "").strip()
    return Mishap(
        type(error).__name__,
        (getattr(error, "problem", None) or str(error))[:MAX_OUTPUT_CHARS],
        code,
        function,
        line,
        "".join(traceback.format_exception(error))[-MAX_OUTPUT_CHARS:],
    )


def _logged(output: str) -> Mishap | None:
    """Read the exception that a framework logged and kept to itself."""
    if "Traceback (most recent call last)" not in output:
        return None
    found = list(_LAST_ERROR.finditer(output))
    if not found:
        return None
    kind = found[-1]["kind"].rpartition(".")[2]
    return Mishap(kind, found[-1]["message"] or "", text=output)
