"""A WSGI app that answers a request of an ASGI server, in a thread of its own."""

import asyncio
import io
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkbook.serving.asgi.asgi_scopes import Receive, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
_END: Any = object()


async def answer_by_wsgi(
    app: "WSGIApplication", environ: "WSGIEnvironment", receive: Receive, send: Send
) -> None:
    """Answer a request by a WSGI app, which may take its time.

    Args:
        app: Who answers.
        environ: The request, without its body.
        receive: Gives the messages of the body.
        send: Takes the response.
    """
    environ["wsgi.input"] = io.BytesIO(await _read_body(receive))
    environ["wsgi.input_terminated"] = True
    call = _ThreadedCall(app, environ)
    threading.Thread(target=call.run, name="werkbook-beside", daemon=True).start()
    try:
        while (message := await call.sent.get()) is not _END:
            await send(message)
    finally:
        call.is_given_up = True


async def _read_body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


class _ThreadedCall:
    """One call of a WSGI app, whose messages an event loop takes."""

    def __init__(self, app: "WSGIApplication", environ: "WSGIEnvironment"):
        self._app = app
        self._environ = environ
        self._loop = asyncio.get_running_loop()
        self._head: tuple[str, Headers] | None = None
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.is_given_up = False

    def run(self) -> None:
        """Call the app and hand over what it answers."""
        body: Iterable[bytes] = ()
        try:
            body = self._app(self._environ, self._start)
            for chunk in body:
                self._send_head()
                self._put({"body": chunk, "more_body": True})
                if self.is_given_up:
                    break
            self._send_head()
            self._put({"body": b""})
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
            self._put_last()

    def _start(
        self, status: str, headers: Headers, exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        self._head = status, headers

        def write(data: bytes) -> None:
            self._send_head()
            self._put({"body": data, "more_body": True})

        return write

    def _send_head(self) -> None:
        if self._head is None:
            return
        (status, headers), self._head = self._head, None
        raw = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
        start = {"type": "http.response.start", "headers": raw}
        self._post({**start, "status": int(status[:3])})

    def _put(self, message: dict[str, Any]) -> None:
        self._post({"type": "http.response.body", **message})

    def _put_last(self) -> None:
        self._post(_END)

    def _post(self, message: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody wants it
            self._loop.call_soon_threadsafe(self.sent.put_nowait, message)
