"""Whether a page of another origin may change something: the Origin check, an option.

Any page on the web can send a form to a local server. Browsers say in ``Origin`` which
page it was.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkbook.errors import WerkbookError
from werkbook.serving.access.proxied import browser_host
from werkbook.serving.access.refusals import refuse
from werkbook.serving.log import ServerLog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110 9.2.1


class ForeignPageError(WerkbookError):
    """A page of another origin sent a request that can change something."""


class TooManySocketsError(WerkbookError):
    """One WebSocket more was asked for than may be open."""


class OriginGate:
    """An app that passes on what no foreign page sends with an unsafe method.

    Programs send no ``Origin`` and pass.

    Args:
        app: Who answers.
        log: Where it is noted that a request was refused.
    """

    def __init__(self, app: "WSGIApplication", log: ServerLog):
        self._app = app
        self._log = log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the app, or say why not."""
        page = foreign_page(environ)
        if environ["REQUEST_METHOD"] in SAFE_METHODS or page is None:
            return self._app(environ, start_response)
        return refuse(start_response, 403, from_foreign_page(page), self._log)


class UpgradeGate:
    """An app that no foreign page speaks to on a socket.

    Browsers let any page open a WebSocket to any host, with the cookies of that host
    and without asking it first (RFC 6455, 10.2): unlike a request of `fetch`, the page
    could read all that the app answers. So this check is always on.

    Args:
        app: Who answers.
        log: Where it is noted that a request was refused.
        origins: Those that may, beside the app's own: ``http://localhost:5173``.
        has_room: Tells whether one more may be open.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        log: ServerLog,
        origins: Collection[str],
        has_room: Callable[[], bool],
    ):
        self._app = app
        self._log = log
        self._origins = origins
        self._has_room = has_room

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the app, or say why not."""
        if "HTTP_UPGRADE" not in environ:
            return self._app(environ, start_response)
        page = foreign_page(environ)
        if page is not None and page.lower() not in self._origins:
            return refuse(start_response, 403, socket_of_foreign_page(page), self._log)
        if not self._has_room():
            return refuse(start_response, 503, too_many_sockets(), self._log)
        return self._app(environ, start_response)


def foreign_page(environ: "WSGIEnvironment") -> str | None:
    """Return the origin of the page that sends a request, if that is another one."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        is_foreign = environ.get("HTTP_SEC_FETCH_SITE") == "cross-site"
        return "another site" if is_foreign else None
    hosts = {environ.get("HTTP_HOST", "").lower(), browser_host(environ).lower()}
    return None if urlsplit(origin.lower()).netloc in hosts - {""} else str(origin)


def from_foreign_page(page: str) -> ForeignPageError:
    """Return the error for a request that a foreign page sends."""
    return ForeignPageError(
        f"A page of {page!r} sent a request that can change something.",
        why="the Origin check is on, and the page is none of this app's.",
        fix="if the page is yours, run in the notebook: "
        "%config Werkbook.check_origin = False, and start the server anew.",
    )


def socket_of_foreign_page(page: str) -> ForeignPageError:
    """Return the error for a WebSocket that a foreign page opens."""
    return ForeignPageError(
        f"A page of {page!r} wanted to open a WebSocket.",
        why="it could use the app in the name of whoever looks at that page, and "
        "read what it answers; the page is none of this app's.",
        fix=f"if the page is yours, run in the notebook: "
        f"serve(app).allow_origin({page!r}).",
    )


def too_many_sockets() -> TooManySocketsError:
    """Return the error for one WebSocket more than may be open."""
    return TooManySocketsError(
        "As many WebSockets are open as may be.",
        why="each has a thread of the server for as long as it is open.",
        fix="close some, or allow more: %config Werkbook.limits = "
        "{'websockets': 500}, and start the server anew.",
    )
