"""May the lane answer? Everything that decides so, in one place.

The lane does the work of `pipeline.Pipeline` in one piece. It may, where nobody could
tell the difference. `Conditions` holds what the registrations decide, once for each
snapshot; the functions decide for one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import NotFound

from ..ctx.request import RequestContext
from ..globals import current_context
from ..live.kit_pages import KIT_PATHS, kit_pages
from ..registrations.divided import find_whole_class
from ..routing.url_map import UrlMap
from ..sessions import SecureCookieSessionInterface
from ..signals import AppSignal
from ..typing import Application
from ..wrappers import Request, Response

LANE_METHODS = (
    "__call__",
    "app_context",
    "async_to_sync",
    "create_url_adapter",
    "dispatch_request",
    "do_teardown_appcontext",
    "do_teardown_request",
    "finalize_request",
    "full_dispatch_request",
    "make_default_options_response",
    "preprocess_request",
    "process_response",
    "raise_routing_exception",
    "request_context",
)
"""Methods whose work the lane does: a subclass that changes one closes it."""

ERROR_METHODS = (
    "_find_error_handler",
    "handle_http_exception",
    "handle_user_exception",
    "trap_http_exception",
)
"""Methods that have their say when no rule matches."""

SESSION_METHODS = (
    "open_session",
    "save_session",
    "make_null_session",
    "is_null_session",
    "should_set_cookie",
    "get_cookie_name",
    "get_signing_serializer",
    "session_class",
    "null_session_class",
)
"""What a session interface could miss when a session is opened late, or never."""

_MATCH_REQUEST = RequestContext.match_request
_get = current_context.get


class Conditions:
    """What the registrations of an app say about the lane.

    Args:
        app: The application.
        standard: The class whose methods the lane does the work of.

    Attributes:
        is_open: Whether the lane may answer requests at all.
        is_url_lazy: Whether a request's URL adapter may be made when it is needed.
        is_session_lazy: Whether a session may be opened when it is needed.
        has_simple_hosts: Whether neither hosts nor subdomains play a part in matching.
        has_plain_body: Whether a body may be read without a request: nothing limits it.
        has_plain_errors: Whether no subclass handles errors in its own way.
        is_debug: Whether the app is in debug mode.
        has_plain_response: Whether the response class is the framework's own, and what
            makes responses of values.
        has_plain_request: Whether the request class is the framework's own.
        session_cookie_name: The cookie without which there is no session to open.
    """

    __slots__ = (
        "has_plain_body",
        "has_plain_errors",
        "has_plain_request",
        "has_plain_response",
        "has_simple_hosts",
        "is_debug",
        "is_open",
        "is_session_lazy",
        "is_url_lazy",
        "session_cookie_name",
    )

    def __init__(self, app: Application, standard: type) -> None:
        config = app.config
        self.has_simple_hosts = _has_simple_hosts(app)
        self.is_url_lazy = (
            config["TRUSTED_HOSTS"] is None
            and self.has_simple_hosts
            and _keeps(app, standard, ("create_url_adapter", "request_context"))
            and RequestContext.match_request is _MATCH_REQUEST
        )
        self.is_session_lazy = _keeps(
            app.session_interface, SecureCookieSessionInterface, SESSION_METHODS
        )
        self.has_plain_request = app.request_class is Request and _is_as_made(Request)
        self.is_open = (
            self.is_url_lazy
            # Another class may count its requests, or refuse to be made.
            and self.has_plain_request
            and self.is_session_lazy
            and _keeps(app, standard, LANE_METHODS)
        )
        self.has_plain_response = (
            app.response_class is Response
            and _is_as_made(Response)
            and _keeps(app, standard, ("make_response",))
        )
        self.has_plain_errors = _keeps(app, standard, ERROR_METHODS)
        self.has_plain_body = (
            self.has_plain_request and config["MAX_CONTENT_LENGTH"] is None
        )
        self.is_debug = bool(config["DEBUG"])
        self.session_cookie_name: str = config["SESSION_COOKIE_NAME"]


_AS_MADE: dict[type, dict[str, Any]] = {
    one: dict(vars(one)) for cls in (Request, Response) for one in cls.__mro__[:-1]
}


def _is_as_made(cls: type) -> bool:
    """Tell whether nobody changed a class in place: `Response.default_mimetype = ...`.

    That is no registration: it is seen when the next snapshot is compiled.
    """
    return all(
        vars(one) == _AS_MADE[one] or _own(vars(one)) == _own(_AS_MADE[one])
        for one in cls.__mro__[:-1]
    )


def _own(names: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what Python notes in a class by itself, such as `__annotations__`."""
    return {
        name: value
        for name, value in names.items()
        if not name.startswith("__") or name in ("__init__", "__call__")
    }


def _keeps(target: Any, standard: type, names: tuple[str, ...]) -> bool:
    """Tell whether an object's methods are those of the framework's own class."""
    cls = find_whole_class(target)
    return all(
        getattr(cls, name, None) is getattr(standard, name) and name not in vars(target)
        for name in names
    )


def _has_simple_hosts(app: Application) -> bool:
    url_map = app.url_map
    return not (
        url_map.host_matching
        or app.subdomain_matching
        or url_map.default_subdomain
        or not isinstance(url_map, UrlMap)
    )


def may_answer(conditions: Conditions, environ: dict[str, Any]) -> bool:
    """Tell whether the lane may answer a request, whatever its rule is."""
    return not (
        not conditions.is_open
        or AppSignal.has_connected
        or _get(None) is not None
        or "HTTP_UPGRADE" in environ
        or "werkzeug.debug.preserve_context" in environ
    )


def may_match(path: str, method: str) -> bool:
    """Tell whether path and method can be matched as they stand in the WSGI environ.

    A path that is the text of a rule can: see `Matcher.exact`.
    """
    return path.isascii() and method.isupper()


def is_for_kit(request: Any) -> bool:
    """Tell whether a request that no rule matches is one for a page of the kit."""
    is_unknown = isinstance(request.routing_exception, NotFound)
    return is_unknown and kit_pages.may_answer(request.path, request.method)


def may_answer_not_found(snapshot: Any, environ: dict[str, Any]) -> bool:
    """Tell whether the lane may answer a request that no rule matches."""
    conditions: Conditions = snapshot.conditions
    hooks = snapshot.find_hooks(None)
    return not (
        (snapshot.is_live and environ.get("PATH_INFO") in KIT_PATHS)
        or not hooks.is_quiet
        or hooks.teardown
        or snapshot.appcontext_teardown
        or not conditions.has_plain_response
        or not conditions.has_plain_errors
        or snapshot.app.config["TRAP_HTTP_EXCEPTIONS"]
        or not has_no_session(conditions, environ)
        or snapshot.error_handler(NotFound, 404, (None,)) is not None
    )


def may_send_text(
    conditions: Conditions, context: RequestContext, hooks: Any, value: Any
) -> bool:
    """Tell whether a view function's value is sent as it is, without a response."""
    return (
        type(value) is str
        and conditions.has_plain_response
        and context._session is None
        and context._after_request_functions is None
        and not hooks.after
        # As `has_no_session`, whose call would cost more than it does.
        and conditions.session_cookie_name not in context.environ.get("HTTP_COOKIE", "")
    )


def may_send_json(conditions: Conditions, context: RequestContext, hooks: Any) -> bool:
    """Tell whether a typed view's JSON is sent as it is, without a response."""
    return (
        conditions.has_plain_response
        and context._session is None
        and context._after_request_functions is None
        and not hooks.after
        and conditions.session_cookie_name not in context.environ.get("HTTP_COOKIE", "")
    )


def has_no_session(conditions: Conditions, environ: dict[str, Any]) -> bool:
    """Tell whether a request comes without a session that would have to be opened."""
    return conditions.session_cookie_name not in environ.get("HTTP_COOKIE", "")
