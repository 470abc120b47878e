"""The middleware that notes each request and its response as an exchange."""

import sys
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

from werkbook.registrations.ledger import ledger
from werkbook.serving.exchanges import (
    MAX_BODY_BYTES,
    Exchange,
    ExchangeRing,
    Headers,
    Tally,
)
from werkbook.serving.http.upgraded_socket import taken_socket
from werkbook.serving.output import ErrorsStream, catch_output, current_exchange

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENVIRON_KEY = "werkbook.exchange"
Finish = Callable[[], None]


def recorded(app: "WSGIApplication", ring: ExchangeRing) -> "WSGIApplication":
    """Return an app that does what `app` does and is noted in `ring`.

    The app finds the exchange as ``environ["werkbook.exchange"]``. Bodies pass
    without being held up; their first 64 KiB are kept. What the view prints and logs
    goes to the exchange. An exception that escapes the app is noted and answered
    with status 500.
    """
    tally = ring.find_tally(app)

    def recording_app(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        started_s = perf_counter()
        catch_output()
        exchange = ring.begin(environ)
        environ[ENVIRON_KEY] = exchange
        environ["wsgi.errors"] = ErrorsStream(exchange)
        if environ.get("CONTENT_LENGTH", "0") not in ("", "0"):
            _keep_request_body(exchange, environ)
        response = _Response(exchange, start_response, ring, tally, started_s)
        return response.of(app, environ)

    return recording_app


def _keep_request_body(exchange: Exchange, environ: "WSGIEnvironment") -> None:
    """Keep the beginning of the body, where it can be read without taking it."""
    stream: Any = environ["wsgi.input"]
    try:
        exchange.request_size_bytes = int(environ["CONTENT_LENGTH"])
        position = stream.tell()
        exchange.request_body = stream.read(MAX_BODY_BYTES)
        stream.seek(position)
    except (AttributeError, OSError, ValueError):  # not a file, or not a number
        exchange.request_body = b""
    kept_bytes = len(exchange.request_body)
    exchange.is_request_cut = exchange.request_size_bytes > kept_bytes


def _ask_flask(exchange: Exchange, environ: "WSGIEnvironment") -> None:
    """Note the rule that the real Flask found for a request, while it knows it."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    if rule is not None:
        exchange.endpoint, exchange.rule = rule.endpoint, rule.rule


class NotedExchange:
    """An exchange that fills while its response is on its way to the client.

    Args:
        exchange: What is noted.
        ring: Who keeps it.
        tally: Where it is counted.
        started_s: When the request came, by `perf_counter`.
    """

    def __init__(
        self, exchange: Exchange, ring: ExchangeRing, tally: Tally, started_s: float
    ):
        self.exchange = exchange
        self._ring = ring
        self._tally = tally
        self._started_s = started_s
        self._pieces: list[bytes] | None = []

    def begin(self, status: int, reason: str, headers: Headers) -> None:
        """Note the head of the response."""
        self.exchange.status, self.exchange.reason = status, reason
        self.exchange.response_headers = list(headers)

    def note(self, chunk: bytes) -> None:
        """Note a piece of the body.

        Raises:
            TypeError: It is something else than bytes (PEP 3333).
        """
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            kind = type(chunk).__name__
            raise TypeError(f"the body of a response is bytes, and this has a {kind}")
        if isinstance(chunk, memoryview):
            chunk = chunk.tobytes()  # its own length need not count bytes
        exchange = self.exchange
        room = MAX_BODY_BYTES - exchange.response_size_bytes
        if room > 0 and self._pieces is not None:
            self._pieces.append(chunk[:room])
        exchange.response_size_bytes += len(chunk)

    def fail(self, app: object, error: BaseException, environ: Any) -> None:
        """Note what escaped the app."""
        note_error(self.exchange, app, error, environ)

    def keep(self) -> None:
        """Hand the exchange to the ring; once, at the end of the body."""
        if self._pieces is None:
            return
        exchange = self.exchange
        exchange.response_body = b"".join(self._pieces)
        exchange.is_response_cut = exchange.response_size_bytes > MAX_BODY_BYTES
        exchange.duration_s = perf_counter() - self._started_s
        self._pieces = None
        self._ring.keep(exchange, self._tally)

    def finish(self) -> None:
        """Close the exchange: the app has done all it does for it."""
        self.keep()
        if not self.exchange.is_finished:
            self._ring.finish(self.exchange)


def note_error(
    exchange: Exchange, app: object, error: BaseException, environ: Any
) -> None:
    """Note what escaped an app, for its card and for `%debug`."""
    exchange.exception = error
    if ledger.front_end is not None and isinstance(error, Exception):
        ledger.front_end.failed(app, error, environ)


def note_failure(app: object, error: BaseException) -> None:
    """Note an error of the request that runs here, which its framework answers."""
    exchange = current_exchange.get()
    if exchange is not None:
        note_error(exchange, app, error, {})


def failure_body(error: BaseException) -> bytes:
    """Return what is answered for an app that raised an error."""
    return f"Internal Server Error\n{type(error).__name__}: {error}\n".encode()


class _Response(NotedExchange):
    """One response on its way to the client; iterates over the body."""

    def __init__(
        self,
        exchange: Exchange,
        start_response: "StartResponse",
        ring: ExchangeRing,
        tally: Tally,
        started_s: float,
    ):
        super().__init__(exchange, ring, tally, started_s)
        self._start_response = start_response
        self._body: Iterable[bytes] = ()
        self._app: object = None
        self._environ: WSGIEnvironment = {}
        self._chunks: Iterator[bytes] = iter(())

    def of(self, app: "WSGIApplication", environ: "WSGIEnvironment") -> Iterable[bytes]:
        """Call the app, and return the body to send."""
        self._app, self._environ = app, environ
        token = current_exchange.set(self.exchange)
        try:
            body = app(environ, self.start)
            if type(body) in (list, tuple):
                return self._whole(body)
            self._body, self._chunks = body, iter(body)
            return self
        except BaseException as error:
            return self._whole([self._failed(error)])
        finally:
            current_exchange.reset(token)

    def start(
        self, status: str, headers: Headers, exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        """Be the app's ``start_response``."""
        exchange = self.exchange
        if exchange.rule is None:
            _ask_flask(exchange, self._environ)
        if exc_info is None:
            write = self._start_response(status, headers)
        else:
            write = self._start_response(status, headers, exc_info)
        # Only now: a status or a header that can't be sent raises an error.
        self.begin(int(status[:3]), status[4:], headers)

        def keeping_write(data: bytes) -> object:
            self.note(data)
            return write(data)

        return keeping_write

    def __iter__(self) -> "_Response":
        return self

    def __next__(self) -> bytes:
        catch_output()  # a cell may have begun since the piece before
        token = current_exchange.set(self.exchange)
        try:
            chunk = next(self._chunks)
            self.note(chunk)
        except StopIteration:
            self.keep()
            raise
        except BaseException as error:
            chunk = self._failed(error)
            self.note(chunk)
        finally:
            current_exchange.reset(token)
        return chunk

    def close(self) -> None:
        """End the response: the app's ``close`` runs, and the exchange is finished."""
        token = current_exchange.set(self.exchange)
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        except Exception as error:
            self.exchange.exception = error
        finally:
            current_exchange.reset(token)
            self.finish()

    def _whole(self, body: Iterable[bytes]) -> "_WholeBody":
        whole = _WholeBody(body, self.finish)
        for chunk in whole:
            self.note(chunk)
        self.keep()
        return whole

    def _failed(self, error: BaseException) -> bytes:
        """Note what escaped the app, and return the body that says so."""
        is_websocket = taken_socket(self._environ) is not None
        if is_websocket and isinstance(error, ConnectionError | StopIteration):
            return b""  # so libraries tell a server that HTTP is over
        self.fail(self._app, error, self._environ)
        if is_websocket:
            return b""
        if isinstance(error, KeyboardInterrupt) or self.exchange.response_size_bytes:
            self.finish()
            raise error
        body = failure_body(error)
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
        ]
        self.start("500 INTERNAL SERVER ERROR", headers, sys.exc_info())
        self._chunks = iter(())
        return body

    def keep(self) -> None:
        """Hand the exchange to the ring; one that has left HTTP has no body."""
        if self._pieces is not None and taken_socket(self._environ) is not None:
            self.begin(101, "Switching Protocols", [])  # whatever the app said then
            self._pieces, self.exchange.response_size_bytes = [], 0
        super().keep()


class _WholeBody(list[bytes]):
    """A body that was whole from the start: servers can send its length."""

    def __init__(self, chunks: Iterable[bytes], finish: Finish):
        super().__init__(chunks)
        self.close = finish
