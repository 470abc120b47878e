"""What a server remembers of its last requests and their responses."""

import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from types import MethodType
from typing import TYPE_CHECKING, Any

from werkbook.serving.applications import is_same_app
from werkbook.serving.log import ServerLog
from werkbook.system import this_system

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MAX_BODY_BYTES = 64 * 1024
"""How much of a request's and of a response's body is kept."""

MAX_OUTPUT_CHARS = 64 * 1024
"""How much of what a view prints and logs is kept."""

RING_SIZE = 200
KEPT_FRAMES = 20
"""Of how many failed exchanges the local variables are kept (for ``%debug``)."""

Headers = list[tuple[str, str]]
Tally = dict[str, tuple[int, int]]
Callback = Callable[["Exchange"], object]
_UNPREFIXED = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}


class Exchange:
    """One request and its response, as seen by the server.

    It fills while the request runs: what the framework knows (`endpoint`, `rule`,
    `exception`, `contradictions`) is set by it, the rest by the recording middleware.
    Once `is_finished` is true nothing changes any more. Before the response has begun
    `status` is 0.
    """

    __slots__ = (
        "_finished",
        "_output",
        "_output_chars",
        "_raw_headers",
        "_token",
        "began_s",
        "contradictions",
        "duration_s",
        "endpoint",
        "exception",
        "is_finished",
        "is_request_cut",
        "is_response_cut",
        "log",
        "method",
        "number",
        "reason",
        "request_body",
        "request_size_bytes",
        "response_body",
        "response_headers",
        "response_size_bytes",
        "rule",
        "status",
        "url",
    )

    def __init__(
        self,
        number: int,
        environ: "WSGIEnvironment",
        log: ServerLog,
        token: str | None = None,
    ):
        self.number = number
        self.began_s = time.monotonic()
        self.method: str = environ["REQUEST_METHOD"]
        self.url = _url(environ)
        self.endpoint: str | None = None
        self.rule: str | None = None
        self.exception: BaseException | None = None
        self.contradictions: tuple[str, ...] = ()
        self.request_body = b""
        self.request_size_bytes = 0
        self.is_request_cut = False
        self.status = 0
        self.reason = ""
        self.response_headers: Headers = []
        self.response_body = b""
        self.response_size_bytes = 0
        self.is_response_cut = False
        self.duration_s = 0.0
        self.is_finished = False
        self._raw_headers = [
            item
            for item in environ.items()
            if item[0].startswith("HTTP_") or item[0] in _UNPREFIXED
        ]
        self._output: list[str] = []
        self._output_chars = 0
        self._token = token
        self._finished = threading.Event() if token else None
        self.log = log

    def __repr__(self) -> str:
        return f"<Exchange {self.number}: {self.method} {self.url} {self.status}>"

    @property
    def request_headers(self) -> Headers:
        """The request's headers, spelled as is usual: ``Content-Type``."""
        return [(_spelled(name), value) for name, value in self._raw_headers if value]

    @property
    def output(self) -> str:
        """What the view printed, logged and warned of."""
        cut = "\n[output cut]" if self._output_chars > MAX_OUTPUT_CHARS else ""
        return "".join(self._output) + cut

    @property
    def token(self) -> str | None:
        """What the client marked the request with, see `ExchangeRing.by_token`."""
        return self._token

    def write_output(self, text: str) -> None:
        """Add to `output`; what passes 64 KiB is left out and said so.

        What comes once the exchange is finished (a thread that still runs) goes to
        the server's log.
        """
        if self.is_finished:
            self.log.write(text)
            return
        room = MAX_OUTPUT_CHARS - self._output_chars
        self._output_chars += len(text)
        if room > 0:
            self._output.append(text[:room])


def _url(environ: "WSGIEnvironment") -> str:
    path: str = environ.get("REQUEST_URI") or ""
    if not path.startswith("/"):
        path = environ.get("PATH_INFO", "") or "/"
        query = environ.get("QUERY_STRING")
        path = f"{path}?{query}" if query else path
    return path


def _spelled(name: str) -> str:
    return _UNPREFIXED.get(name) or name[5:].replace("_", "-").title()


class ExchangeRing:
    """The last exchanges of a server, oldest first; safe to use from any thread.

    Args:
        size: How many exchanges are kept.
        log: Where an error in a subscriber goes.
    """

    def __init__(self, size: int = RING_SIZE, log: ServerLog | None = None):
        self._kept: deque[Exchange] = deque()
        self._size = size
        self.log = log or ServerLog()
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._failed: deque[Exchange] = deque()
        self._by_token: dict[str, Exchange] = {}
        self._subscribers: tuple[Callback, ...] = ()
        self._tallies: list[tuple[Callable[[], object], Tally]] = []

    def __iter__(self) -> Iterator[Exchange]:
        """Iterate over the exchanges, in the order their responses were known."""
        with self._lock:
            return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def last(self) -> Exchange | None:
        """Return the newest exchange."""
        with self._lock:
            return self._kept[-1] if self._kept else None

    def by_token(self, token: str, *, timeout_s: float = 2.0) -> Exchange | None:
        """Return the exchange whose request carried ``X-Werkbook-Exchange: token``.

        A client may have read the last byte before the server has noted it, so this
        waits up to `timeout_s` seconds for it to be finished.
        """
        exchange = self._by_token.get(token)
        if exchange is not None and exchange._finished is not None:
            this_system().wait(exchange._finished, timeout_s)
        return exchange

    def counts(self, app: "WSGIApplication") -> dict[str, tuple[int, int]]:
        """Return how often each rule and each endpoint was asked for.

        Args:
            app: Of which app; a ring can record several.

        Returns:
            (requests, last status) by rule, and by endpoint too: a rule begins with
            a slash, an endpoint does not.
        """
        return self.find_tally(app).copy()

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call `callback` with each exchange once it is whole.

        It runs in the request's thread, after the response was sent.

        Returns:
            What ends the subscription.
        """
        with self._lock:
            self._subscribers = (*self._subscribers, callback)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(
                    one for one in self._subscribers if one is not callback
                )

        return unsubscribe

    def begin(self, environ: "WSGIEnvironment") -> Exchange:
        """Return a new exchange for a request that an app is about to get."""
        token = environ.pop("HTTP_X_WERKBOOK_EXCHANGE", None)
        environ.pop("HTTP_X_WERKBOOK_TOKEN", None)  # no app's business either
        exchange = Exchange(next(self._numbers), environ, self.log, token)
        if token:
            self._by_token[token] = exchange
        return exchange

    def keep(self, exchange: Exchange, tally: Tally) -> None:
        """Take up an exchange whose response is known, before its end is sent.

        So who has the response finds the exchange.

        Args:
            exchange: What to keep.
            tally: Where to count it: `find_tally` its app.
        """
        with self._lock:
            _count(exchange, tally)
            self._kept.append(exchange)
            if len(self._kept) > self._size:
                old = self._kept.popleft()
                if old._token:
                    self._by_token.pop(old._token, None)

    def finish(self, exchange: Exchange) -> None:
        """Close an exchange: the app has done all it does for it."""
        exchange.is_finished = True
        if exchange._finished is not None:
            exchange._finished.set()
        if exchange.exception is not None:
            with self._lock:
                self._failed.append(exchange)
                if len(self._failed) > KEPT_FRAMES:
                    _clear_frames(self._failed.popleft().exception)
        for callback in self._subscribers:
            try:
                callback(exchange)
            except Exception:
                self.log.write(traceback.format_exc())

    def find_tally(self, app: object) -> Tally:
        """Return the counts of an app: (requests, last status) by name."""
        with self._lock:
            for reference, tally in self._tallies:
                if is_same_app(reference(), app):
                    return tally
            self._tallies = [pair for pair in self._tallies if pair[0]() is not None]
            tally = {}
            self._tallies.append((_reference(app), tally))
            return tally


def _count(exchange: Exchange, tally: Tally) -> None:
    for name in {exchange.rule, exchange.endpoint}:
        if name is not None:
            requests = tally[name][0] if name in tally else 0
            tally[name] = (requests + 1, exchange.status)


def _reference(thing: Any) -> Callable[[], object]:
    try:
        is_method = isinstance(thing, MethodType)
        return weakref.WeakMethod(thing) if is_method else weakref.ref(thing)
    except TypeError:  # an app of a class with __slots__
        return lambda: thing


def _clear_frames(error: BaseException | None) -> None:
    """Let go of the local variables of an old failure: a data frame can be big."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
