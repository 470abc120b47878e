"""The lane: a request's way from WSGI to a response without any detour.

It does what `pipeline.Pipeline` does through methods that a subclass may change, and
signals that something may listen to. Where a subclass or a listener could tell, or the
request needs what only the pipeline does, the lane is closed: `respond` returns None
before it has done anything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import ValidationError

from ..ctx.application import AppContext
from ..ctx.request import RequestContext
from ..globals import current_context
from ..routing.matcher import NoMatch, Target
from ..signals import AppSignal
from .responses import default_page, send
from .snapshot import Plan, Snapshot, convert, no_match

if TYPE_CHECKING:
    from ..app import App

_set, _reset, _get = current_context.set, current_context.reset, current_context.get
_new = RequestContext.__new__
_TEXT = ("Content-Type", "text/html; charset=utf-8")
_NOT_FOUND = default_page(NotFound())

CHANGEABLE = (
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
"""Methods that the lane does the work of: a change of one closes it."""


def respond(
    snapshot: Snapshot,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
) -> Iterable[bytes] | None:
    """Answer a request, or return None when the pipeline must.

    Args:
        snapshot: What the app is for this request.
        environ: The WSGI environ.
        start_response: As in PEP 3333.
    """
    if (
        not snapshot.is_open
        or AppSignal.has_connected
        or _get(None) is not None
        or "HTTP_UPGRADE" in environ
        or "werkzeug.debug.preserve_context" in environ
    ):
        return None
    path = environ.get("PATH_INFO", "")
    method = environ["REQUEST_METHOD"]
    if not path.isascii() or path[:1] != "/" or path[1:2] == "/":
        return None
    by_method = snapshot.exact.get(path)
    target: Target | None = None if by_method is None else by_method.get(method)
    error: HTTPException | None = None
    arguments: dict[str, Any] = {}
    if target is None:
        matcher = snapshot.matcher
        if not matcher.is_complete:
            return None
        found = matcher.straight(path, method)
        if found is None:
            if method != method.upper():
                return None
            try:
                found = matcher.search(path, method)
            except NoMatch as no_rule:
                error = no_match(no_rule)
            except Exception:
                return None
        if found is not None:
            target, texts = found
            plan = snapshot._plans.get(id(target)) or snapshot.plan_of(target)
            if texts:
                try:
                    arguments = convert(plan, texts)
                except ValidationError:
                    error, target = no_match(matcher.refused(path, method)), None
    if target is None:
        return _without_rule(snapshot, environ, start_response, error)
    plan = snapshot._plans.get(id(target)) or snapshot.plan_of(target)
    if plan.view is None or (plan.answers_options and method == "OPTIONS"):
        return None
    return _run(snapshot, environ, start_response, plan, target, arguments)


def _without_rule(
    snapshot: Snapshot,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
    error: HTTPException | None,
) -> Iterable[bytes] | None:
    hooks = snapshot.hooks_of(None)
    if (
        type(error) is not NotFound
        or not hooks.is_quiet
        or hooks.teardown
        or snapshot.appcontext_teardown
        or not snapshot.has_plain_response
        or not snapshot.has_plain_request
        or snapshot.app.config["TRAP_HTTP_EXCEPTIONS"]
        or snapshot.session_cookie_name in environ.get("HTTP_COOKIE", "")
        or snapshot.error_handler(NotFound, 404, (None,)) is not None
    ):
        return None
    snapshot.app.__dict__["_got_first_request"] = True
    status, headers, body = _NOT_FOUND
    start_response(status, list(headers))
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def _run(
    snapshot: Snapshot,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
    plan: Plan,
    target: Target,
    arguments: dict[str, Any],
) -> Iterable[bytes]:
    app = snapshot.app
    if not app._got_first_request:
        app.__dict__["_got_first_request"] = True
    context = _new(RequestContext)
    context.app = app
    context.environ = environ
    context._snapshot = snapshot
    context._match = (target, arguments)
    exchange = environ.get("werkbook.exchange")
    if exchange is not None:
        exchange.endpoint = plan.endpoint
        exchange.rule = target.rule.rule
    hooks = plan.hooks
    error: BaseException | None = None
    app_token = _push_app(context) if snapshot.appcontext_teardown else None
    token = _set(context)
    context._tokens = [(token, None)]
    try:
        try:
            try:
                value = _before(context, hooks, plan) if not hooks.is_quiet else None
                if value is None:
                    match = context._match
                    value = plan.view(**match[1])  # type: ignore[misc]  # there is one
            except Exception as raised:
                value = app.handle_user_exception(raised)
            if (
                type(value) is str
                and snapshot.has_plain_response
                and context._session is None
                and context._after_request_functions is None
                and not hooks.after
                and snapshot.session_cookie_name not in environ.get("HTTP_COOKIE", "")
            ):
                data = value.encode()
                start_response("200 OK", [_TEXT, ("Content-Length", str(len(data)))])
                return () if environ["REQUEST_METHOD"] == "HEAD" else (data,)
            response = _finalized(snapshot, context, hooks, value, environ)
        except Exception as raised:
            error = raised
            response = app.handle_exception(raised)
        return send(response, environ, start_response)
    except BaseException as raised:
        error = raised
        raise
    finally:
        if (
            error is not None
            or hooks.teardown
            or app_token is not None
            or context._request is not None
        ):
            _tear_down(snapshot, context, hooks, token, app_token, error)
        else:
            context._tokens.clear()  # a stream pushes the context again
            _reset(token)


def _before(context: Any, hooks: Any, plan: Plan) -> Any:
    if hooks.preprocessors:
        view_args = context.request.view_args
        for function in hooks.preprocessors:
            function(plan.endpoint, view_args)
    for function in hooks.before:
        value = function()
        if value is not None:
            return value
    return None


def _finalized(
    snapshot: Snapshot,
    context: RequestContext,
    hooks: Any,
    value: Any,
    environ: dict[str, Any],
) -> Any:
    app = snapshot.app
    response = app.make_response(value)
    if context._after_request_functions is not None:
        for function in context._after_request_functions:
            response = app.ensure_sync(function)(response)
    for function in hooks.after:
        response = function(response)
    session = context._session
    if session is None:
        if snapshot.session_cookie_name not in environ.get("HTTP_COOKIE", ""):
            return response
        session = context.open_session()
    interface = app.session_interface
    if not interface.is_null_session(session):
        interface.save_session(app, session, response)
    return response


def _push_app(context: RequestContext) -> Any:
    app_context = AppContext(context.app)
    context._app_context = app_context
    token = _set(app_context)
    app_context._tokens.append((token, None))
    return token


def _tear_down(
    snapshot: Snapshot,
    context: RequestContext,
    hooks: Any,
    token: Any,
    app_token: Any,
    error: BaseException | None,
) -> None:
    app: App = snapshot.app
    if error is not None and app.should_ignore_error(error):
        error = None
    try:
        try:
            for function in hooks.teardown:
                function(error)
            request = context._request
            if request is not None:
                request.close()
        finally:
            if context._request is not None:
                context.environ["werkzeug.request"] = None
            _leave(context, token)
    finally:
        if app_token is not None:
            _leave_app(snapshot, context.app_context, app_token, error)


def _leave_app(
    snapshot: Snapshot,
    app_context: AppContext,
    app_token: Any,
    error: BaseException | None,
) -> None:
    if len(app_context._tokens) > 1:
        app_context._tokens.pop(0)  # as in `_leave`
        return
    try:
        for function in snapshot.appcontext_teardown:
            function(error if error is not None else sys.exc_info()[1])
    finally:
        app_context._tokens.clear()
        _reset(app_token)


def _leave(context: RequestContext, token: Any) -> None:
    if len(context._tokens) == 1:
        context._tokens.clear()
        _reset(token)
        return
    # Somebody pushed the context again and still holds it, as a stream does.
    context._tokens.pop(0)
