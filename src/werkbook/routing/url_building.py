"""Building URLs of endpoints: what `url_for` does."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import quote

from werkzeug.routing import BuildError

from ..errors import WerkbookError, close_matches, quoted_list
from ..globals import current_context
from ..typing import Application

_ANCHOR_SAFE = "%!#$&'()*+,/:;=?@"


class UrlBuildingError(WerkbookError, RuntimeError):
    """A URL was to be built and neither a request nor `SERVER_NAME` says where."""


def build_url(
    app: Application, endpoint: str, options: dict[str, Any], values: dict[str, Any]
) -> str:
    """Build the URL of an endpoint.

    Args:
        app: The application.
        endpoint: The endpoint; one that begins with a dot is of the same blueprint.
        options: `_anchor`, `_method`, `_scheme` and `_external` as `url_for`'s.
        values: Of the rule's variables; others go to the query.

    Raises:
        BuildError: No rule fits, and no URL build error handler knows what to do.
        UrlBuildingError: There is no request, and no `SERVER_NAME`.
        ValueError: A scheme was given for a URL without a host.
    """
    adapter, endpoint, is_in_request = _adapter_for(app, endpoint)
    scheme, is_external = options["_scheme"], options["_external"]
    if is_external is None:
        is_external = options["_external"] = not is_in_request or scheme is not None
    if scheme is not None and not is_external:
        raise ValueError("When specifying '_scheme', '_external' must be True.")
    app.inject_url_defaults(endpoint, values)
    try:
        url = adapter.build(
            endpoint,
            values,
            method=options["_method"],
            url_scheme=scheme,
            force_external=is_external,
        )
    except BuildError as error:
        values.update(options)
        return app.handle_url_build_error(error, endpoint, values)
    anchor = options["_anchor"]
    return str(url) if anchor is None else f"{url}#{quote(anchor, safe=_ANCHOR_SAFE)}"


def _way_out(endpoint: object, close: list[str]) -> str:
    if close:
        return f"write url_for({close[0]!r})."
    if isinstance(endpoint, str) and "." in endpoint:
        return f"register a blueprint with the view first; {endpoint!r} names both."
    return f'register one first: @app.get("/...", endpoint={endpoint!r}).'


class UnknownEndpointError(WerkbookError, BuildError):
    """No rule has the endpoint that a URL is to be built for."""

    def __init__(self, error: BuildError, known: list[str], close: list[str]) -> None:
        WerkbookError.__init__(
            self,
            f"Could not build url for endpoint {error.endpoint!r}.",
            why=f"no rule has it; the endpoints are {quoted_list(known)}.",
            fix=_way_out(error.endpoint, close),
        )
        self.endpoint, self.values = error.endpoint, error.values
        self.method, self.adapter = error.method, error.adapter


def _adapter_for(app: Application, endpoint: str) -> tuple[Any, str, bool]:
    context = current_context.get(None)
    in_request = None if context is None else context.request_context
    if in_request is not None:
        if endpoint[:1] == ".":
            blueprint = in_request.request.blueprint
            endpoint = endpoint[1:] if blueprint is None else blueprint + endpoint
        return in_request.url_adapter, endpoint, True
    if context is not None:
        adapter = context.url_adapter
    else:
        adapter = app.create_url_adapter(None)
    if adapter is None:
        raise UrlBuildingError(
            "Unable to build URLs outside an active request without 'SERVER_NAME'"
            " configured. Also configure 'APPLICATION_ROOT' and"
            " 'PREFERRED_URL_SCHEME' as needed.",
            why="there is no request that says where the app is.",
            fix='write app.config["SERVER_NAME"] = "localhost:5000", or use'
            " 'with app.test_request_context():'.",
        )
    return adapter, endpoint, False


def ask_error_handlers(
    app: Application, error: BuildError, endpoint: str, values: dict[str, Any]
) -> str:
    """Ask the URL build error handlers; the first that returns a URL has it.

    Raises:
        BuildError: None did.
    """
    for function in app.url_build_error_handlers:
        try:
            url = function(error, endpoint, values)
        except BuildError as other:
            error = other
        else:
            if url is not None:
                return url  # type: ignore[no-any-return]  # a handler's
    _refuse_unknown(app, error, endpoint)
    if error is sys.exc_info()[1]:
        raise
    raise error


def _refuse_unknown(app: Application, error: BuildError, endpoint: str) -> None:
    names = {rule.endpoint for rule in app.url_map.iter_rules()}
    if endpoint in names:
        return
    known = sorted(str(name) for name in names)
    close = close_matches(str(endpoint), known, count=3)
    raise UnknownEndpointError(error, known, close) from None
