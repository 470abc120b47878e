"""Whether a page of another origin may change something: the Origin check, an option.

Any page on the web can send a form to a local server. Browsers say in ``Origin`` which
page it was.
"""

from collections.abc import Iterable
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
