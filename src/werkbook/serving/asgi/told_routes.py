"""What the frameworks of ASGI tell of a request: its route, and the view's error.

None of them is imported here: what a scope holds tells.
"""

import sys
from typing import Any

from werkbook.serving.asgi.asgi_scopes import Scope
from werkbook.serving.output import current_exchange
from werkbook.serving.recording import note_failure

SERVER_ERROR = 500


def find_rule(scope: Scope) -> tuple[str | None, str | None]:
    """Return the path of the route that was found for a request, and its name."""
    handler = scope.get("route_handler")  # Litestar's
    if handler is not None:
        name = getattr(handler, "handler_name", None) or str(handler)
        return scope.get("path_template"), name
    route: Any = scope.get("route")  # Starlette's and FastAPI's
    path = getattr(route, "path", None)
    if path is None:
        return None, None
    begun = len(scope.get("app_root_path", scope.get("root_path", "")))
    return scope.get("root_path", "")[begun:] + path, getattr(route, "name", None)


def watch_requests(app: Any) -> None:
    """Note what a framework tells of its requests by signals and hooks alone.

    Starlette's and FastAPI's apps raise the errors of views that they answer with a
    500 themselves; Quart's and Litestar's do not. Quart's leave no route in the scope.
    """
    quart: Any = sys.modules.get("quart")
    if quart is not None and isinstance(app, quart.Quart):
        quart.request_started.connect(_note_rule_of_quart, app)
        quart.got_request_exception.connect(_note_of_quart, app)
    litestar: Any = sys.modules.get("litestar")
    if litestar is not None and isinstance(app, litestar.Litestar):
        hooks = app.after_exception
        if _note_of_litestar not in hooks:
            app.after_exception = [*hooks, _note_of_litestar]


async def _note_rule_of_quart(app: Any, **_: Any) -> None:
    rule = sys.modules["quart"].request.url_rule
    exchange = current_exchange.get()
    if exchange is not None and rule is not None:
        exchange.rule, exchange.endpoint = rule.rule, rule.endpoint


async def _note_of_quart(app: Any, exception: Exception, **_: Any) -> None:
    note_failure(app, exception)


async def _note_of_litestar(exception: Exception, scope: Scope) -> None:
    if getattr(exception, "status_code", SERVER_ERROR) >= SERVER_ERROR:
        note_failure(scope.get("app"), exception)
