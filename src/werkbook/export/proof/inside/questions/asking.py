"""Ask an app: one request after the other, with cookies, as long as each may take."""

from __future__ import annotations

import base64
import importlib
import io
import re
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from werkbook.cells.talks import METHOD as WEBSOCKET

from ..talks.client_line import ClientLine
from ..talks.opening import open_line_to
from ..talks.repeating import hold
from .asgi import AsgiAsWsgi, is_asgi
from .carrying import Carrier, answer_text
from .failing import Hosts, describe, describe_logged
from .server_thread import Limit, TookTooLongError, call_as_server, call_in_time

MAX_BODY_BYTES = 2_000_000
START_SHARE = 2 / 3
"""The part of the time of a start that an ASGI app's start-up may take."""
STREAM_S = 1.0
"""Seconds after which a response that is still sent, without a length, is let go."""
_STREAMS = ("multipart/x-mixed-replace", "text/event-stream")
_REDIRECTS = (301, 302, 303, 307, 308)
_MAX_REDIRECTS = 10
_LOG_CHARS = 4000
_HERE = {"REMOTE_ADDR": "127.0.0.1"}
"""Who asks, as a server tells it: a view may show it."""
_SIGNALS = ("flask.signals", "werkbook.signals")
_SIGNED = re.compile(
    r"(?P<packed>\.?)(?P<payload>[\w-]+)\.[\w-]{5,8}\.[\w-]{27,}", re.ASCII
)
"""A signed cookie: what it says, when it was written, the signature."""
_NOT_LISTED = frozenset(
    """content-type content-length location allow date server connection keep-alive
    transfer-encoding upgrade sec-websocket-accept""".split()  # noqa: SIM905  # a text
)
"""Headers that are told by themselves, and those of servers."""


class Asker:
    """Sends requests to an app in this process.

    Args:
        app: A WSGI or ASGI app.
        limit_s: Seconds that one request may take.
        start_s: Seconds that the start-up of an ASGI app may take.
        in_thread: A WSGI app is called in threads, as servers call it; not a notebook
            whose cells answer: they run where all cells do. An ASGI app has a loop.
        limit: Calls it in time where it is called in this thread.
    """

    def __init__(
        self,
        app: Any,
        limit_s: float,
        *,
        start_s: float = 10.0,
        in_thread: bool = True,
        limit: Limit = call_in_time,
    ) -> None:
        self._in_thread = in_thread and not is_asgi(app)
        self._app = AsgiAsWsgi(app, start_s=start_s) if is_asgi(app) else app
        self._limit_s = limit_s
        self._limit = limit
        self._raised: list[BaseException] = []
        self._listen()
        # Its import belongs to this process, not to the first request.
        self._client_class: Any = importlib.import_module("werkzeug.test").Client
        self._jars: list[Any] = []
        self._visitors: dict[str, Any] = {}
        self.carrier = Carrier()
        self.seconds = 0.0
        """How long the last answer took."""

    @property
    def failed_start(self) -> BaseException | None:
        """Why an ASGI app's start-up failed; None where it has not."""
        return self._app.failed_start if isinstance(self._app, AsgiAsWsgi) else None

    def _listen(self) -> None:
        """Learn of exceptions in views: an app of Flask's kind answers 500 for them."""
        for name in _SIGNALS:
            module = sys.modules.get(name)
            raised = getattr(module, "got_request_exception", None)
            if raised is not None:
                raised.connect(self._note)
        quart = getattr(sys.modules.get("quart.signals"), "got_request_exception", None)
        if quart is not None:
            quart.connect(self._note_later)

    def _note(self, sender: Any, exception: BaseException, **more: Any) -> None:
        self._raised.append(exception)

    async def _note_later(self, sender: Any, exception: BaseException) -> None:
        self._raised.append(exception)  # which Quart awaits

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Send one request; an exception is an answer, too.

        What it sends back of earlier answers is taken from the answers here.
        """
        began_s = time.monotonic()
        answer = self._ask(self.carrier.renew(question))
        self.seconds = time.monotonic() - began_s
        self.carrier.note(answer_text(answer))
        return answer

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self._raised.clear()
        errors = io.StringIO()
        hosts = Hosts.current
        hosts.names.clear()
        try:
            answer = self._send_in_time(partial(self._send, question, errors))
            self._note_behind(answer)
        except TookTooLongError:
            answer = _no_answer("late", f"no answer within {self._limit_s:g} s")
        except (Exception, SystemExit) as error:
            answer = _no_answer("raised", "")
            self._raised.append(error)
        log = errors.getvalue()[-_LOG_CHARS:]
        answer["error"] = describe(self._raised[-1]) if self._raised else None
        if answer["error"] is None and "Traceback (most recent call last)" in log:
            answer["error"] = describe_logged(log)
        answer["hosts"] = sorted(hosts.names)
        return answer

    def _note_behind(self, answer: dict[str, Any]) -> None:
        """Learn of the exception that an ASGI app raises behind its answer 500."""
        raised = self._app.raised if isinstance(self._app, AsgiAsWsgi) else None
        if raised is not None and not self._raised and answer["status"] >= 500:
            self._raised.append(raised)

    def _send_in_time(self, send: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if self._in_thread:
            return call_as_server(send, self._limit_s, self._limit)
        answer: dict[str, Any] = self._limit(send, self._limit_s)
        return answer

    def _send(self, question: dict[str, Any], errors: io.StringIO) -> dict[str, Any]:
        client = self._client_for(question.get("cookies"), question.get("visitor"))
        if question["method"] == WEBSOCKET:
            return self._talk(question, client, errors)
        method, url = question["method"], question["url"]
        headers = [tuple(pair) for pair in question.get("headers", ())]
        body = base64.b64decode(question.get("body", ""))
        for _ in range(_MAX_REDIRECTS):
            response = client.open(
                url,
                method=method,
                headers=headers,
                data=body,
                errors_stream=errors,
                environ_base=_HERE,
            )
            answer = _read(response)
            is_away = answer["status"] in _REDIRECTS and answer["location"]
            if not (question.get("follow") and is_away):
                break
            url = answer["location"]
            if answer["status"] not in (307, 308):
                method, headers, body = "GET", [], b""
        return answer

    def _talk(
        self, question: dict[str, Any], client: Any, errors: io.StringIO
    ) -> dict[str, Any]:
        """Hold a talk on WebSockets; its text is the answer's body."""
        utils = importlib.import_module("werkzeug.test")

        def open_line(asked: dict[str, Any]) -> ClientLine:
            builder = utils.EnvironBuilder(
                path=asked["url"],
                headers=[tuple(pair) for pair in asked["headers"]],
                errors_stream=errors,
                environ_base=_HERE,
            )
            environ = builder.get_environ()
            client._add_cookies_to_wsgi(environ)
            return open_line_to(self._app, environ, asked)

        held = hold(question, open_line)
        if held.error is not None:
            self._raised.append(held.error)
        return _no_answer("", "") | {
            "status": held.status,
            "headers": list(_other_headers(held.headers)),
            "body": base64.b64encode(held.text.encode()).decode(),
        }

    def _client_for(self, cookies: list[str] | None, visitor: str | None) -> Any:
        """Choose the jar that the asking cell had, by the names of what it sent."""
        if visitor:
            if visitor not in self._visitors:
                self._visitors[visitor] = self._client_class(self._app)
            return self._visitors[visitor]
        if not self._jars:
            self._jars.append(self._client_class(self._app))
        if cookies is None or cookies == _names(self._jars[-1]):
            return self._jars[-1]
        for jar in reversed(self._jars):
            if _names(jar) == cookies:
                return self._bring_to_the_end(jar)
        if not cookies:
            self._jars.append(self._client_class(self._app))
        return self._jars[-1]

    def _bring_to_the_end(self, jar: Any) -> Any:
        self._jars.remove(jar)
        self._jars.append(jar)
        return jar


def _names(client: Any) -> list[str]:
    return sorted(name for _, _, name in client._cookies or {})


def _read(response: Any) -> dict[str, Any]:
    """Read a response to its end, or as far as one reads one that has none."""
    kind = response.content_type or ""
    is_stream = kind.startswith(_STREAMS)
    body, is_cut = b"", False
    end_s = time.monotonic() + STREAM_S
    has_length = response.headers.get("Content-Length") is not None
    try:
        for part in response.response:
            body += part if isinstance(part, bytes) else str(part).encode()
            is_late = not has_length and time.monotonic() > end_s
            if is_late or len(body) > MAX_BODY_BYTES or (is_stream and body):
                is_cut = True
                break
    finally:
        response.close()
    return {
        "status": response.status_code,
        "type": kind,
        "location": _local(response.headers.get("Location", "")),
        "allow": sorted(_listed(response.headers.get("Allow", ""))),
        "cookies": sorted(
            one.partition("=")[0] for one in response.headers.getlist("Set-Cookie")
        ),
        "cookie_values": dict(_cookie_values(response.headers)),
        "headers": list(_other_headers(response.headers)),
        "body": base64.b64encode(body[:MAX_BODY_BYTES]).decode(),
        "cut": is_cut,
        "problem": "",
    }


def _no_answer(problem: str, why: str) -> dict[str, Any]:
    return {
        "status": 0,
        "type": "",
        "location": "",
        "allow": [],
        "cookies": [],
        "cookie_values": {},
        "headers": [],
        "body": "",
        "cut": False,
        "problem": problem,
        "why": why,
    }


def _other_headers(headers: Any) -> Iterator[list[str]]:
    """List the other headers; of a cookie its name and attributes, no value."""
    for name, value in headers:
        if name.lower() == "set-cookie":
            first, *attributes = (part.strip() for part in value.split(";"))
            shown = sorted(one.lower() for one in attributes)
            yield [name.lower(), "; ".join([first.partition("=")[0], *shown])]
        elif name.lower() not in _NOT_LISTED:
            yield [name.lower(), value]


def _cookie_values(headers: Any) -> Iterator[tuple[str, str]]:
    """Read what each cookie says; of a signed one what was signed."""
    for one in headers.getlist("Set-Cookie"):
        name, _, value = one.partition(";")[0].partition("=")
        yield name.strip(), read_signed(value.strip())


def read_signed(value: str) -> str:
    """Read what itsdangerous signed; its time and signature are new each time."""
    signed = _SIGNED.fullmatch(value)
    if signed is None:
        return value
    payload = signed["payload"]
    try:
        read = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return (zlib.decompress(read) if signed["packed"] else read).decode()
    except (ValueError, zlib.error):
        return payload


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _local(location: str) -> str:
    """Take the host off that is the asker's own."""
    parts = urlsplit(location)
    if parts.hostname in ("localhost", "127.0.0.1"):
        return location[len(f"{parts.scheme}://{parts.netloc}") :] or "/"
    return location
