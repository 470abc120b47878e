"""Each call of an ASGI app, noted as an exchange as a WSGI app's are."""

from time import perf_counter
from typing import TYPE_CHECKING

from werkbook.serving.asgi.asgi_scopes import (
    AsgiApplication,
    MakeScope,
    Message,
    Receive,
    Scope,
    Send,
)
from werkbook.serving.asgi.passages import Headers, status_line
from werkbook.serving.asgi.told_routes import find_rule, watch_requests
from werkbook.serving.exchanges import MAX_BODY_BYTES, ExchangeRing
from werkbook.serving.output import catch_output, current_exchange
from werkbook.serving.recording import (
    ENVIRON_KEY,
    NotedExchange,
    failure_body,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class NotedCalls:
    """Calls an ASGI app and notes each request in a ring.

    Args:
        app: Who answers.
        ring: What remembers.
    """

    def __init__(self, app: AsgiApplication, ring: ExchangeRing):
        self._app = app
        self._ring = ring
        self._tally = ring.find_tally(app)
        watch_requests(app)

    async def answer(
        self,
        environ: "WSGIEnvironment",
        make_scope: MakeScope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer a request of HTTP.

        Args:
            environ: The request, as the gates let it in.
            make_scope: Makes of it the scope that the app gets.
            receive: Gives the messages of the body.
            send: Takes the response.
        """
        started_s = perf_counter()
        catch_output()
        exchange = self._ring.begin(environ)
        length = environ.get("CONTENT_LENGTH", "")
        exchange.request_size_bytes = int(length) if length.isdecimal() else 0
        noted = NotedExchange(exchange, self._ring, self._tally, started_s)
        scope = make_scope(environ)
        scope.setdefault("state", {})[ENVIRON_KEY] = exchange
        token = current_exchange.set(exchange)
        try:
            await _NotedCall(noted, receive, send).run(self._app, scope, environ)
        finally:
            current_exchange.reset(token)
            noted.finish()


class _NotedCall:
    """One call: its messages pass, and are noted."""

    def __init__(self, noted: NotedExchange, receive: Receive, send: Send):
        self._noted = noted
        self._receive = receive
        self._send = send
        self._scope: Scope = {}
        self._length: int | None = None
        self._has_begun = self._has_ended = False

    async def run(
        self, app: AsgiApplication, scope: Scope, environ: "WSGIEnvironment"
    ) -> None:
        """Call the app; what escapes it is noted, and answered where that can be.

        Raises:
            Exception: What escaped the app in the middle of its body.
        """
        self._scope = scope
        try:
            await app(scope, self.receive, self.send)
        except Exception as error:
            self._noted.fail(app, error, environ)
            if self._has_begun and not self._has_ended:
                raise
            if not self._has_begun:
                await self._answer_failure(error)

    async def receive(self) -> Message:
        """Hand on a message of the request."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._note_request(message.get("body", b""))
        return message

    def _note_request(self, chunk: bytes) -> None:
        exchange = self._noted.exchange
        room = MAX_BODY_BYTES - len(exchange.request_body)
        exchange.request_body += chunk[:room]
        if len(chunk) > room:
            exchange.is_request_cut = True
        size_bytes = len(exchange.request_body)
        exchange.request_size_bytes = max(exchange.request_size_bytes, size_bytes)

    async def send(self, message: Message) -> None:
        """Hand on a message of the response."""
        catch_output()  # a cell may have begun since the one before
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body":
            self._noted.note(message.get("body", b""))
            self._has_ended = not message.get("more_body", False)
        # Who has the response finds the exchange.
        if self._has_ended or self._is_whole():
            self._noted.keep()
        await self._send(message)

    def _is_whole(self) -> bool:
        """Say whether the client has the response, though the app sends no end yet."""
        exchange = self._noted.exchange
        if exchange.method == "HEAD" or exchange.status in (204, 304):
            return True
        return self._length is not None and exchange.response_size_bytes >= self._length

    def _begin(self, message: Message) -> None:
        exchange = self._noted.exchange
        if exchange.rule is None:
            exchange.rule, exchange.endpoint = find_rule(self._scope)
        self._has_begun = True
        reason = status_line(message["status"]).partition(" ")[2]
        self._noted.begin(message["status"], reason, _headers(message))
        lengths = dict(message.get("headers", ())).get(b"content-length", b"")
        self._length = int(lengths) if lengths.isdigit() else None

    async def _answer_failure(self, error: Exception) -> None:
        body = failure_body(error)
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        start = {"type": "http.response.start", "status": 500, "headers": headers}
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def _headers(message: Message) -> Headers:
    """Return a response's headers, spelled as is usual: ``Content-Type``."""
    return [
        (name.decode("latin-1").title(), value.decode("latin-1"))
        for name, value in message.get("headers", ())
    ]
