"""Who may come in: the Host check and the token."""

import hmac
import os
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkbook.errors import WerkbookError
from werkbook.serving.access.hosts import AllowedHosts
from werkbook.serving.access.peers import find_peer, find_user_id, is_of_process
from werkbook.serving.access.proxied import browser_host
from werkbook.serving.access.queries import parameter_in, without_parameter
from werkbook.serving.access.refusals import refuse, say
from werkbook.serving.log import ServerLog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN_PARAMETER = "werkbook_token"
"""The parameter of a link's query, and the beginning of the cookie's name."""

TOKEN_HEADER = "X-Werkbook-Token"
"""The header in which the notebook's own requests bring it."""

_CHALLENGE = [("WWW-Authenticate", 'Werkbook realm="notebook"')]  # RFC 9110 15.5.2
_TOKEN_KEY = "HTTP_X_WERKBOOK_TOKEN"
_SAFE = frozenset({"GET", "HEAD"})
_URL_KEYS = ("REQUEST_URI", "RAW_URI")


def new_token() -> str:
    """Return a token that can't be guessed."""
    return secrets.token_urlsafe(24)


class ForeignHostError(WerkbookError):
    """A request named a host that is not this server's."""


class TokenError(WerkbookError):
    """A request came without the token of a server on a shared host."""


class HostGate:
    """An app that passes on what names one of the server's hosts.

    It looks at what the browser sent before any header of a proxy's is believed: by
    DNS rebinding, a foreign page can send those as well.

    Args:
        app: Who answers.
        hosts: The names that a request may address.
        log: Where it is noted that a request was refused.
    """

    def __init__(self, app: "WSGIApplication", hosts: AllowedHosts, log: ServerLog):
        self._app = app
        self._hosts = hosts
        self._log = log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the app, or say why not."""
        host = environ.get("HTTP_HOST")
        if host is None:
            if environ["SERVER_PROTOCOL"] == "HTTP/1.0":
                return self._app(environ, start_response)
            return say(start_response, 400, "Host header missing.\n")  # RFC 9112 3.2
        if self._hosts.is_allowed(host) or self._is_jupyters(environ, host):
            return self._app(environ, start_response)
        return refuse(start_response, 421, foreign_host(host), self._log)

    def _is_jupyters(self, environ: "WSGIEnvironment", host: str) -> bool:
        """Allow a host under which the Jupyter server itself was asked.

        It has looked at the host by its own rules, and nobody else holds its sockets.
        """
        server_id = os.environ.get("JPY_PARENT_PID", "")
        if not server_id.isdecimal():
            return False
        peer = find_peer(environ)
        if peer is None or not is_of_process(peer, int(server_id)):
            return False
        self._hosts.allow(host)
        return True


class TokenGate:
    """An app that passes on what brings the token, or need not bring it.

    Args:
        app: Who answers.
        token: What a request has to bring.
        cookie: The name of the cookie that keeps the token.
        log: Where it is noted that a request was refused.
        is_due: Tells of a request whether it has to bring the token.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        token: str,
        cookie: str,
        log: ServerLog,
        is_due: Callable[["WSGIEnvironment"], bool],
    ):
        self._app = app
        self._is_due = is_due
        self._token = token
        self._cookie = cookie
        self._log = log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let in who has the token; give who comes by the link a cookie with it."""
        header = environ.pop(_TOKEN_KEY, None)
        cookies, kept = _without_cookie(environ.get("HTTP_COOKIE", ""), self._cookie)
        if kept is not None:
            environ["HTTP_COOKIE"] = cookies
        given = parameter_in(environ.get("QUERY_STRING", ""), TOKEN_PARAMETER)
        if given is not None:
            _leave_out_token(environ)
        if self._is_token(given) and environ["REQUEST_METHOD"] in _SAFE:
            return self._welcome(environ, start_response)
        is_let_in = self._is_token(header) or self._is_token(given)
        if is_let_in or self._is_own_cookie(environ, kept) or not self._is_due(environ):
            return self._app(environ, start_response)
        return refuse(start_response, 401, no_token(), self._log, _CHALLENGE)

    def _is_token(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(
            given.encode("latin-1", "replace"), self._token.encode()
        )

    def _is_own_cookie(self, environ: "WSGIEnvironment", kept: str | None) -> bool:
        return kept is not None and hmac.compare_digest(
            kept.encode("latin-1", "replace"), self._cookie_value(environ).encode()
        )

    def _cookie_value(self, environ: "WSGIEnvironment") -> str:
        """Return what lets a browser in whose connections are this user's.

        Browsers send cookies to each port of a host. Another user's server that gets
        this one can't use it: its connections are of another user id.
        """
        user = f"{self._cookie} {find_user_id(environ)}"
        return hmac.new(self._token.encode(), user.encode(), "sha256").hexdigest()

    def _welcome(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        """Put the token from the link into a cookie and out of sight."""
        folder, query = environ.get("SCRIPT_NAME", ""), environ["QUERY_STRING"]
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~")
        target = f"//{browser_host(environ)}{folder}{path}" + (query and f"?{query}")
        headers = [
            ("Location", target),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            (
                "Set-Cookie",
                f"{self._cookie}={self._cookie_value(environ)}; Path={folder}/; "
                "HttpOnly; SameSite=Lax",
            ),
        ]
        return say(start_response, 303, "", headers)


def foreign_host(host: str) -> ForeignHostError:
    """Return the error for a request to a host that is not this server's."""
    return ForeignHostError(
        f"Host {host!r} is not a name of this server.",
        why="a foreign page could reach it by DNS rebinding; it answers to "
        "localhost, 127.0.0.1 and the names it was told.",
        fix="if the name is yours, run in the notebook: "
        f"serve(app).allow_host({host!r}).",
    )


def no_token() -> TokenError:
    """Return the error for a request without the token."""
    return TokenError(
        "This server asks for a token.",
        why="other users of this machine can reach its port.",
        fix="open the link that %serve shows in the notebook; a cookie keeps it.",
    )


def _leave_out_token(environ: "WSGIEnvironment") -> None:
    """Take the token out of a request's URL, so that nobody sees it there."""
    query = environ["QUERY_STRING"]
    environ["QUERY_STRING"] = without_parameter(query, TOKEN_PARAMETER)
    for key in _URL_KEYS:
        path, mark, query = environ.get(key, "").partition("?")
        if mark:
            left = without_parameter(query, TOKEN_PARAMETER)
            environ[key] = f"{path}?{left}" if left else path


def _without_cookie(header: str, name: str) -> tuple[str, str | None]:
    """Take a cookie out of a ``Cookie`` header; return the rest and its value."""
    pairs = [pair.strip() for pair in header.split(";") if pair.strip()]
    found = [pair for pair in pairs if pair.startswith(name + "=")]
    rest = [pair for pair in pairs if pair not in found]
    return "; ".join(rest), found[0].partition("=")[2] if found else None
