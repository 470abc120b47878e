"""`%docs` where a rule of the user's own answers /docs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.exceptions import HTTPException

from werkbook.app import App
from werkbook.live.kit_pages import KIT_PATHS, kit_pages


def show_docs_first(app: App) -> Any:
    """Return the app, or one in which the kit's pages come before its own rules."""
    is_own = any(_has_rule(app, path) for path in KIT_PATHS)
    return DocsFirst(app) if is_own else app


def _has_rule(app: App, path: str) -> bool:
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET"}
    try:
        return app.snapshot().match_path(environ) is not None
    except HTTPException:
        return False


class DocsFirst:
    """A WSGI app that answers the kit's paths itself, and all others by another one.

    Args:
        app: The other one.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        path = environ.get("PATH_INFO", "")
        if kit_pages.answer is None or path not in KIT_PATHS:
            return self.app(environ, start_response)
        response: Any = kit_pages.answer(self.app, path)
        return response(environ, start_response)  # type: ignore[no-any-return]  # WSGI
