"""A server: an app on a port of this process."""

import socket
from collections.abc import Callable, Collection, Coroutine, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode, urlsplit

from werkbook.serving.access.gate import (
    TOKEN_HEADER,
    TOKEN_PARAMETER,
    HostGate,
    TokenGate,
    new_token,
)
from werkbook.serving.access.hosts import AllowedHosts
from werkbook.serving.access.jupyter import strip_credentials
from werkbook.serving.access.origins import OriginGate, UpgradeGate
from werkbook.serving.access.proxied import proxied
from werkbook.serving.access.sharing import is_token_due, is_token_usual, judges_peers
from werkbook.serving.applications import is_asgi
from werkbook.serving.asgi.door import Door
from werkbook.serving.asgi.passages import pass_on
from werkbook.serving.asgi.uvicorn_engine import UvicornEngine
from werkbook.serving.beside import Beside
from werkbook.serving.exchanges import Exchange, ExchangeRing
from werkbook.serving.http.engine import Engine
from werkbook.serving.http.limits import Limits
from werkbook.serving.log import ServerLog
from werkbook.serving.output import catch_output
from werkbook.serving.ports import listen
from werkbook.serving.recording import ENVIRON_KEY, recorded
from werkbook.serving.serving_errors import NoServerError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Token = bool | Literal["auto"]
STOP_TIMEOUT_S = 5.0
_ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


class Server:
    """Serves one app from background threads; made by `serve`.

    Attributes:
        app: The application, of WSGI or ASGI.
        exchanges: Its last requests and responses.
        is_asgi: It is an ASGI application, and uvicorn serves it.
        log: What belongs to no request: refused ones, the output of threads that a
            view started.
        limits: What a client may ask for, and how long it may take.
    """

    def __init__(
        self,
        app: Any,
        host: str,
        port: int,
        token: Token,
        limits: Limits | None = None,
        check_origin: bool = False,
    ):
        self.app = app
        self._checks_origin = check_origin
        self.limits = limits or Limits()
        self.log = ServerLog()
        self.exchanges = ExchangeRing(log=self.log)
        self._asks_for_token = token
        self._token = new_token()
        self.is_asgi = is_asgi(app)
        noted = pass_on if self.is_asgi else recorded(app, self.exchanges)
        self._beside = Beside(noted, app)
        self._allowed: set[str] = set()
        self._origins: set[str] = set()
        catch_output()
        self._listen(host, port)

    def __repr__(self) -> str:
        state = "" if self.is_running else " (stopped)"
        return f"<Server of {type(self.app).__name__}: {self.url}{state}>"

    @property
    def url(self) -> str:
        """The address, without a path: ``http://127.0.0.1:8000``."""
        host = _ANY.get(self.host) or self.host
        is_bare_ipv6 = ":" in host and not host.startswith("[")
        return (
            f"http://[{host}]:{self.port}"
            if is_bare_ipv6
            else (f"http://{host}:{self.port}")
        )

    @property
    def is_running(self) -> bool:
        """Whether it accepts requests; false in a forked child."""
        return not self._engine.is_stopping

    @property
    def token(self) -> str | None:
        """What other people's requests have to bring; None where they need nothing.

        Decided anew each time it is asked for: people log in.
        """
        is_due = self._asks_for_token
        return self._token if is_due is True or (is_due and is_token_usual()) else None

    def link(self, path: str = "/") -> str:
        """Return the address of a page for a browser, with the token if one is due."""
        return self.url + self.entry(path)

    def entry(self, path: str = "/") -> str:
        """Return a path as a link has to name it: with the token if one is due.

        Where each connection is judged by its user, one's own browser needs none.
        """
        is_judged = self._asks_for_token == "auto" and judges_peers()
        if self.token is None or is_judged:
            return path
        joint = "&" if urlsplit(path).query else "?"
        return f"{path}{joint}{urlencode({TOKEN_PARAMETER: self._token})}"

    def internal_headers(self) -> dict[str, str]:
        """Return the headers that let the notebook's own requests in."""
        return {} if self.token is None else {TOKEN_HEADER: self._token}

    def allow_host(self, name: str) -> None:
        """Answer requests for this host name, too."""
        self._allowed.add(name)
        self._hosts.allow(name)

    def allow_origin(self, origin: str) -> None:
        """Let pages of another origin open WebSockets: ``http://localhost:5173``."""
        self._origins.add(origin.rstrip("/").lower())

    def end_websockets(
        self, is_meant: Callable[[Exchange], bool], code: int, reason: str
    ) -> int:
        """Close WebSockets: their clients are told why, their views find them ended.

        Args:
            is_meant: Tells by the exchange that began it which ones.
            code: Why, in the numbers of RFC 6455, 7.4.
            reason: The same in words.

        Returns:
            How many were closed.
        """

        def is_of_meant(websocket: Any) -> bool:
            exchange = websocket.environ.get(ENVIRON_KEY)
            return exchange is not None and is_meant(exchange)

        return self._end_all(is_of_meant, code, reason)

    def end_websockets_of(
        self, views: Collection[object], code: int, reason: str
    ) -> int:
        """Close the WebSockets on which some views of an ASGI app speak.

        Args:
            views: The functions or classes that the app's routes lead to.
            code: Why, in the numbers of RFC 6455, 7.4.
            reason: The same in words.

        Returns:
            How many were closed.
        """
        return self._end_all(
            lambda one: any(getattr(one, "view", None) is view for view in views),
            code,
            reason,
        )

    def _end_all(self, is_meant: Callable[[Any], bool], code: int, reason: str) -> int:
        meant = [one for one in self._engine.websockets() if is_meant(one)]
        for one in meant:
            one.end(code, reason)
        return len(meant)

    def _has_room(self) -> bool:
        return len(self._engine.websockets()) < self.limits.websockets

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Close the port and every connection, and end the threads.

        A request that runs may finish, for a second; a view that does not end by
        itself is ended. Stopping again does nothing.

        Args:
            timeout_s: How long this may take. What then still runs is noted in
                `log`; it does not keep the process from exiting.
        """
        self._beside.close()
        for request_line in self._engine.stop(timeout_s):
            self.log.write(f"still running after stop(): {request_line}\n")

    def move(self, host: str, port: int, *, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Listen elsewhere instead; the old address is left once that worked.

        Args:
            host: The address to listen on.
            port: TCP port; 0 keeps the number.
            timeout_s: How long closing the old connections may take.
        """
        old, old_host = self._engine, self.host
        if port not in (0, self.port):
            self._listen(host, port)
            old.stop(timeout_s)
            return
        old.stop(timeout_s)  # the same port can't be taken twice
        try:
            self._listen(host, self.port)
        except OSError:
            self._listen(old_host, self.port)
            raise

    def _listen(self, host: str, port: int) -> None:
        listener = listen(host, port)
        self.host = host
        self.port: int = listener.getsockname()[1]
        self._hosts = AllowedHosts(host)
        for name in self._allowed:
            self._hosts.allow(name)
        self._engine = self._make_engine(listener)
        try:
            self._engine.start()
        except NoServerError:
            self._engine.stop(0.0)
            raise

    def _make_engine(self, listener: socket.socket) -> Engine | UvicornEngine:
        if not self.is_asgi:
            return Engine(listener, self._guarded(self._beside), self.log, self.limits)
        gates = self._guarded(pass_on)
        door = Door(self.app, gates, self._beside, self.exchanges, self.limits)
        return UvicornEngine(listener, self.app, door, self.log, self.limits)

    def _guarded(self, app: "WSGIApplication") -> "WSGIApplication":
        """Return an app behind the gates of this server."""
        cookie = f"{TOKEN_PARAMETER}_{self.port}"
        app = UpgradeGate(app, self.log, self._origins, self._has_room)
        if self._checks_origin:
            app = OriginGate(app, self.log)
        if self._asks_for_token:
            is_due = is_token_due if self._asks_for_token == "auto" else _always
            app = TokenGate(app, self._token, cookie, self.log, is_due)
        return HostGate(proxied(_stripped(app)), self._hosts, self.log)

    def run_asgi(self, coroutine: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Run a coroutine in the event loop that serves an ASGI app, from any thread.

        Raises:
            RuntimeError: The app is one of WSGI, which has no event loop.
        """
        if not isinstance(self._engine, UvicornEngine):
            raise RuntimeError("a WSGI app has no event loop")
        return self._engine.run(coroutine)

    @property
    def lifespan_state(self) -> dict[str, Any]:
        """What an ASGI app's start-up put there for its requests."""
        engine = self._engine
        return dict(engine.state) if isinstance(engine, UvicornEngine) else {}

    @property
    def lifespan_scope(self) -> dict[str, Any]:
        """What an ASGI app was told of its lifespan, and has noted there."""
        engine = self._engine
        return dict(engine.lifespan_scope) if isinstance(engine, UvicornEngine) else {}

    def renew_lifespan(self) -> None:
        """End the lifespan of an ASGI app and begin it anew."""
        if isinstance(self._engine, UvicornEngine):
            self._engine.renew_lifespan()


def _always(environ: "WSGIEnvironment") -> bool:
    return True


def _stripped(app: "WSGIApplication") -> "WSGIApplication":
    """Return an app that gets none of Jupyter's cookies and tokens."""

    def stripped_app(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        strip_credentials(environ)
        return app(environ, start_response)

    return stripped_app
