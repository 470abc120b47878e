"""Functions that a view function answers with: responses, redirects, URLs, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from werkzeug.exceptions import abort as werkzeug_abort
from werkzeug.utils import redirect as werkzeug_redirect

from ..globals import current_app

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as WerkzeugResponse

    from ..wrappers import Response


def make_response(*args: Any) -> Response:
    """Make a response object of what a view function could return.

    Use it to set headers or cookies on a response. No argument makes an empty
    response, several arguments stand for a tuple of them.

    Raises:
        TypeError: A view function could not return this.
        RuntimeError: There is no application context.
    """
    if not args:
        return current_app.response_class()  # type: ignore[no-any-return]  # of any class
    value = args[0] if len(args) == 1 else args
    return current_app.make_response(value)  # type: ignore[no-any-return]  # of any class


def url_for(
    endpoint: str,
    *,
    _anchor: str | None = None,
    _method: str | None = None,
    _scheme: str | None = None,
    _external: bool | None = None,
    **values: Any,
) -> str:
    """Build the URL of an endpoint: `app.url_for` of the current application.

    Args:
        endpoint: The endpoint; one that starts with a dot is of the current blueprint.
        _anchor: Added as `#anchor`.
        _method: Which method's rule to take where an endpoint has several.
        _scheme: The scheme of an external URL.
        _external: With scheme and domain; by default outside a request only.
        values: The rule's variables; others become the query string.

    Raises:
        BuildError: No rule of the endpoint takes these values.
        RuntimeError: There is no application context, or no request and no
            `SERVER_NAME`.
    """
    return current_app.url_for(
        endpoint,
        _anchor=_anchor,
        _method=_method,
        _scheme=_scheme,
        _external=_external,
        **values,
    )


def redirect(
    location: str, code: int = 302, Response: type[WerkzeugResponse] | None = None
) -> WerkzeugResponse:
    """Make a response that sends the browser elsewhere.

    Args:
        location: The URL.
        code: 301, 302, 303, 305, 307 or 308.
        Response: Its class where there is no application context; in one it is the
            application's.
    """
    if current_app:
        return current_app.redirect(location, code=code)
    return werkzeug_redirect(location, code=code, Response=Response)


def abort(code: int | WerkzeugResponse, *args: Any, **kwargs: Any) -> NoReturn:
    """Answer the request with an HTTP error, or with a response, at once.

    Args:
        code: A status code, or a response.
        args: Go to the exception, the description first.
        kwargs: The same.

    Raises:
        HTTPException: Always.
        LookupError: There is no exception for the code.
    """
    if current_app:
        current_app.aborter(code, *args, **kwargs)
    werkzeug_abort(code, *args, **kwargs)


def get_template_attribute(template_name: str, attribute: str) -> Any:
    """Return a macro or variable that a template defines at its top level.

    Raises:
        TemplateNotFound: There is no such template.
        AttributeError: The template has no such name.
    """
    template = current_app.jinja_env.get_template(template_name)
    return getattr(template.module, attribute)
