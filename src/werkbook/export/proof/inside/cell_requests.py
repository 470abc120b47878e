"""What cells ask of apps while a notebook runs, and the same answered from memory."""

from __future__ import annotations

import base64
import io
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from werkbook.cells.talks import METHOD

from .hooks import Change
from .talks import memory as talk_memory
from .talks.talk import RecordedTalk
from .talks.talk_recorder import TalkRecorder, is_upgrade, offered, own_headers

MAX_RECORDED = 300
"""How many requests of cells count; a load test makes more of the same."""
MAX_BODY_BYTES = 2_000_000
_OWN_HEADERS = frozenset(
    (
        "HOST",
        "CONNECTION",
        "USER_AGENT",
        "ACCEPT_ENCODING",
        "COOKIE",
        "CONTENT_LENGTH",
        "X_WERKBOOK_EXCHANGE",
    )
)

Key = tuple[str, str, str]


@dataclass
class Recorded:
    """One request that a cell made, with its answer."""

    app: Any
    cell: int
    method: str
    url: str
    headers: list[list[str]]
    cookies: list[str]
    body: str
    status: str = ""
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """What tells one request from another."""
        return self.method, self.url, self.body

    def as_question(self) -> dict[str, Any]:
        """The request as it is asked again."""
        return {
            "cell": self.cell,
            "method": self.method,
            "url": self.url,
            "headers": self.headers,
            "cookies": self.cookies,
            "body": self.body,
        }

    @property
    def text(self) -> str:
        """What of the answer a later request may send back."""
        locations = [
            value for name, value in self.response_headers if name.lower() == "location"
        ]
        body = b"".join(self.parts).decode("utf-8", "replace")
        return f"{''.join(locations)}\n{body}"

    def remember(self, known: dict[str, Any]) -> None:
        """Take the answer from memory."""
        self.response_headers = [(name, value) for name, value in known["headers"]]
        self.parts = [base64.b64decode(known["body"])]

    def as_memory(self) -> dict[str, Any]:
        """What is needed to answer the request without the app."""
        return {
            "key": list(self.key),
            "status": self.status,
            "headers": [list(one) for one in self.response_headers],
            "body": base64.b64encode(b"".join(self.parts)).decode(),
        }


class Watching(Protocol):
    """What notes what requests leave behind."""

    def look(self) -> dict[str, str] | None:
        """Write down what is held now."""

    def note(
        self, request: Recorded | RecordedTalk, before: dict[str, str] | None
    ) -> None:
        """Take what a request has changed since a look."""


class Recorder:
    """Stands between apps and those who call them.

    Args:
        memory: Answers of an earlier run; requests that are among them reach no app,
            so that the state of the notebook is that of its cells alone.
        watch: Notes what the other requests leave behind.
    """

    def __init__(
        self, memory: Iterable[dict[str, Any]] = (), watch: Watching | None = None
    ) -> None:
        self.found: list[Recorded | RecordedTalk] = []
        self._talks = TalkRecorder()
        self._watch = watch
        self.cell = 0
        self.is_on = True
        self._memory: dict[Key, deque[dict[str, Any]]] = defaultdict(deque)
        for one in memory:
            method, url, body = one["key"]
            self._memory[method, url, body].append(one)
        self._inside = threading.local()
        self._lock = threading.Lock()

    def changes(self) -> dict[str, Change]:
        """What is done to the modules of frameworks."""
        return {
            "flask.app": lambda module: self._wrap(module.Flask),
            "werkbook.app": lambda module: self._wrap(module.App),
            "bottle": lambda module: self._wrap(module.Bottle),
            "falcon.app": lambda module: self._wrap(module.App),
            "django.core.handlers.wsgi": lambda module: self._wrap(module.WSGIHandler),
            "starlette.applications": lambda module: self._wrap_asgi(module.Starlette),
            "litestar.app": lambda module: self._wrap_asgi(module.Litestar),
            "quart.app": lambda module: self._wrap_asgi(module.Quart),
            # What exercises ask is asked once, after the cells, not after each of them.
            "werkbook_ext.exercises.desk": _check_nothing,
            **self._talks.changes(),
        }

    def _wrap(self, cls: Any) -> None:
        call = cls.__call__

        def recorded_call(
            app: Any, environ: dict[str, Any], start_response: Callable[..., Any]
        ) -> Any:
            if not self.is_on or getattr(self._inside, "is_app", False):
                return call(app, environ, start_response)
            answer = self._talk if is_upgrade(environ) else self._answer
            return answer(app, call, environ, start_response)

        cls.__call__ = recorded_call

    def _answer(
        self,
        app: Any,
        call: Callable[..., Any],
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Any:
        one = self._request(app, environ)
        known = self._known(one)
        if known is not None:
            start_response(known["status"], [tuple(pair) for pair in known["headers"]])
            return [base64.b64decode(known["body"])]

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            one.status, one.response_headers = status, list(headers)
            return start_response(status, headers, *more)

        note = self._watched(one)
        self._inside.is_app = True
        try:
            body = call(app, environ, start)
        finally:
            self._inside.is_app = False
        note()  # not when the body is read or closed: cells may go on before that
        return _Followed(body, one)

    def _talk(
        self,
        app: Any,
        call: Callable[..., Any],
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Any:
        """Let a WSGI app talk on a WebSocket, and hear what is said."""
        one = self._opened(app, environ, offered(environ))
        known = self._known(one)
        if known is not None:
            return talk_memory.speak_by_socket(known, environ, start_response)
        note = self._watched(one)
        self._inside.is_app = True
        try:
            return self._talks.talk(one, call, environ, start_response)
        finally:
            self._inside.is_app = False
            note()

    def _opened(
        self, app: Any, environ: dict[str, Any], protocols: list[str]
    ) -> RecordedTalk:
        one = self._request(app, environ)
        headers = own_headers(one.headers, environ.get("HTTP_HOST", ""))
        return RecordedTalk(app, self.cell, one.url, headers, one.cookies, protocols)

    def _watched(self, one: Recorded | RecordedTalk) -> Callable[[], None]:
        """Look at what is held; give what notes the request's changes at its end."""
        if self._watch is None:
            return lambda: None
        return partial(self._watch.note, one, self._watch.look())

    def _known(self, one: Recorded | RecordedTalk) -> dict[str, Any] | None:
        with self._lock:
            if len(self.found) < MAX_RECORDED:
                self.found.append(one)
            waiting = self._memory.get(one.key)
            known = waiting.popleft() if waiting else None
        if known is not None:
            one.remember(known)
        return known

    def _request(self, app: Any, environ: dict[str, Any]) -> Recorded:
        body = _read_body(environ)
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        url = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~-._") or "/"
        if environ.get("QUERY_STRING"):
            url += f"?{environ['QUERY_STRING']}"
        return Recorded(
            app,
            self.cell,
            environ["REQUEST_METHOD"],
            url,
            _headers(environ),
            _cookie_names(environ.get("HTTP_COOKIE", "")),
            base64.b64encode(body).decode(),
        )

    def _wrap_asgi(self, cls: Any) -> None:
        call = cls.__call__
        recorder = self

        async def recorded_call(app: Any, scope: Any, receive: Any, send: Any) -> None:
            if scope.get("type") == "websocket" and recorder.is_on:
                await recorder._talk_asgi(app, call, scope, receive, send)
                return
            if scope.get("type") != "http" or not recorder.is_on:
                await call(app, scope, receive, send)
                return
            body, received = await _received(receive)
            one = recorder._request(app, _environ(scope, body))
            known = recorder._known(one)
            if known is not None:
                await _send_known(known, send)
            else:
                note = recorder._watched(one)
                await call(app, scope, received, _followed_send(one, send))
                note()

        cls.__call__ = recorded_call

    async def _talk_asgi(
        self, app: Any, call: Any, scope: Any, receive: Any, send: Any
    ) -> None:
        """Let an ASGI app talk on a WebSocket, and hear what is said."""
        one = self._opened(
            app, _environ(scope, b""), list(scope.get("subprotocols", ()))
        )
        known = self._known(one)
        if known is not None:
            await talk_memory.speak(known, receive, send)
            return
        note = self._watched(one)
        try:
            await self._talks.talk_asgi(one, call, scope, receive, send)
        finally:
            note()


def _check_nothing(module: Any) -> None:
    """Let the exercises of a notebook stand unchecked while its cells run."""
    module.Desk.check = lambda desk, posted, wait_s: None


class _Followed:
    """A response's body that is noted as it is read."""

    def __init__(self, body: Iterable[bytes], one: Recorded) -> None:
        self._body = body
        self._one = one

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._body:
            size += len(part)
            if size <= MAX_BODY_BYTES:
                self._one.parts.append(part)
            yield part

    def close(self) -> None:
        """Close the app's own body (PEP 3333)."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


def _read_body(environ: dict[str, Any]) -> bytes:
    """Read a request's body, and put it back."""
    stream = environ.get("wsgi.input")
    if stream is None:
        return b""
    if environ.get("wsgi.input_terminated"):
        body = stream.read()
    else:
        length = environ.get("CONTENT_LENGTH") or "0"
        body = stream.read(int(length)) if length.isdigit() and int(length) else b""
    environ["wsgi.input"] = io.BytesIO(body)
    environ.setdefault("CONTENT_LENGTH", str(len(body)))
    return bytes(body)


def _headers(environ: dict[str, Any]) -> list[list[str]]:
    found = []
    if environ.get("CONTENT_TYPE"):
        found.append(["Content-Type", environ["CONTENT_TYPE"]])
    for name, value in environ.items():
        key = name.removeprefix("HTTP_")
        is_sent = name.startswith("HTTP_") and key not in _OWN_HEADERS
        if is_sent and (key, value) != ("ACCEPT", "*/*"):
            found.append([key.replace("_", "-").title(), str(value)])
    return found


def _cookie_names(header: str) -> list[str]:
    names = (one.partition("=")[0].strip() for one in header.split(";"))
    return sorted({name for name in names if name})


def _environ(scope: Any, body: bytes) -> dict[str, Any]:
    """The parts of a WSGI environ that are noted."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.get("method", METHOD),
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope.get("query_string", b"").decode("latin-1"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in scope.get("headers", ()):
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        if key != "HTTP_CONTENT_LENGTH":
            environ[key] = value.decode("latin-1")
    return environ


async def _received(receive: Any) -> tuple[bytes, Any]:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Any:
        return messages.pop() if messages else await receive()

    return body, again


def _followed_send(one: Recorded, send: Any) -> Any:
    async def followed(message: Any) -> None:
        if message["type"] == "http.response.start":
            one.status = f"{message['status']} -"
            one.response_headers = [
                (key.decode("latin-1"), value.decode("latin-1"))
                for key, value in message.get("headers", ())
            ]
        elif message["type"] == "http.response.body":
            one.parts.append(message.get("body", b""))
        await send(message)

    return followed


async def _send_known(known: dict[str, Any], send: Any) -> None:
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in known["headers"]]
    status = int(known["status"].split()[0])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = base64.b64decode(known["body"])
    await send({"type": "http.response.body", "body": body})
