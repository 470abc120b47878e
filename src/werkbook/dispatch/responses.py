"""From what a view function returns to a response, and from that to WSGI."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from ..errors import WerkbookError
from ..globals import current_app, request
from ..json.provider import NotSerializableError, to_json_type
from ..json.tabular import is_tabular
from ..routing.view_functions import Place, locate_view
from ..typed.encoded import EncodedJson
from ..typing import Application
from ..wrappers import Response

_TAKEN = (
    "a string, bytes, dict, list, generator, Response instance, WSGI callable, or a"
    " tuple (body, status), (body, headers), (body, status, headers)"
)


class ResponseError(WerkbookError, TypeError):
    """A view function returned something that no response can be made of.

    Attributes:
        view_place: Where the view function stands.
    """

    def __init__(self, problem: str, *, why: str = "", fix: str = "") -> None:
        WerkbookError.__init__(self, problem, why=why, fix=fix)
        self.view_place = _view_place()


def _view_place() -> Place | None:
    endpoint = request.endpoint if request else None
    view = current_app.view_functions.get(endpoint) if endpoint else None
    return locate_view(view, request.method) if view else None


def make_response(app: Application, value: Any) -> Any:
    """Make a response of what a view function returned.

    Args:
        app: The application, whose `response_class` and `json` are used.
        value: What was returned; see Flask's `make_response` for the forms. Dataclasses
            and what has rows in NumPy and pandas are JSON too, as dicts and lists are.

    Raises:
        ResponseError: It is None, a bad tuple, or of a type that can't be sent.
    """
    status = headers = None
    if isinstance(value, tuple):
        value, status, headers = _unpack(value)
    if value is None:
        raise _make_none_error()
    if not isinstance(value, app.response_class):
        if isinstance(value, str | bytes | bytearray | Iterator):
            body: Any = value
            return app.response_class(body, status=status, headers=headers)
        value = _coerce(app, value)
    if status is not None:
        if isinstance(status, str | bytes | bytearray):
            value.status = status
        else:
            value.status_code = status
    if headers:
        value.headers.update(headers)
    return value


def _unpack(value: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    if len(value) == 3:
        return value
    if len(value) == 2:
        if isinstance(value[1], Headers | dict | tuple | list):
            return value[0], None, value[1]
        return value[0], value[1], None
    raise ResponseError(
        f"The view function{_endpoint()} did not return a valid response tuple.",
        why="The tuple must have the form (body, status, headers), (body, status), or"
        f" (body, headers), not {len(value)} items.",
        fix="return body, 200",
    )


def _coerce(app: Application, value: Any) -> Any:
    if isinstance(value, dict | list):
        return _json_response(app, value)
    if type(value) is EncodedJson:
        return app.response_class(value.data, mimetype="application/json")
    if isinstance(value, WerkzeugResponse) or callable(value):
        try:
            return app.response_class.force_type(value, request.environ)
        except TypeError as error:
            raise _make_type_error(value, str(error)).with_traceback(
                sys.exc_info()[2]
            ) from None
    if _is_record(value) or is_tabular(value):
        return _json_response(app, value)
    raise _make_type_error(value)


def _json_response(app: Application, value: Any) -> Any:
    try:
        return app.json.response(value)
    except NotSerializableError as error:
        error.view_place = _view_place()
        raise


def _is_record(value: Any) -> bool:
    """Say whether a value is a dataclass's: a dict in JSON."""
    return is_dataclass(value) and not isinstance(value, type)


def _make_type_error(value: Any, problem: str = "") -> ResponseError:
    name = type(value).__name__
    return ResponseError(
        f"{problem}\n".lstrip() + f"The view function{_endpoint()} did not return a"
        " valid response. The return type must be a string, dict, list, tuple with"
        " headers or status, Response instance, or WSGI callable, but it was a"
        f" {name}.",
        why=f"a view returns {_TAKEN}.",
        fix=_type_fix(value) if not problem else "",
    )


def _type_fix(value: Any) -> str:
    """Say what to return instead: a figure's picture, plain values as JSON, or text."""
    if hasattr(value, "savefig"):
        return (
            "image = io.BytesIO(); figure.savefig(image); return"
            ' Response(image.getvalue(), mimetype="image/png")'
        )
    try:
        to_json_type(value)
    except (TypeError, ValueError):
        return "return str(value)"
    return "return jsonify(value)"


def _make_none_error() -> ResponseError:
    return ResponseError(
        f"The view function{_endpoint()} did not return a valid response. The function"
        " either returned None or ended without a return statement.",
        why=f"a view returns {_TAKEN}.",
        fix='return something, or return "", 204 for an empty response.',
    )


def _endpoint() -> str:
    return f" for {request.endpoint!r}" if request and request.endpoint else ""


def send(
    response: Any,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
) -> Iterable[bytes]:
    """Answer a WSGI request with a response.

    A whole response of the framework's own class is given to the server directly,
    which does what `werkzeug.wrappers.Response.__call__` does for it.
    """
    if type(response) is Response and not response._on_close:
        body = response.response
        code = response._status_code
        headers = response.headers
        if (
            type(body) is list
            and type(headers) is Headers
            and len(body) == 1
            and 200 <= code < 600
            and code not in _BARE
        ):
            data = body[0]
            if isinstance(data, str):
                data = data.encode()
            names = {name.lower() for name, _ in headers._list}
            if "location" not in names and "content-location" not in names:
                wsgi_headers = [*headers._list]
                if "content-length" not in names:
                    wsgi_headers.append(("Content-Length", str(len(data))))
                start_response(response._status, wsgi_headers)
                return () if environ["REQUEST_METHOD"] == "HEAD" else (data,)
    return response(environ, start_response)  # type: ignore[no-any-return]  # any WSGI response


_BARE = frozenset({204, 304})


def make_default_page(error: HTTPException) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return status, headers and body of Werkzeug's own page for an HTTP error."""
    body = error.get_body().encode()
    status = f"{error.code} {error.name.upper()}"
    headers = [*error.get_headers(), ("Content-Length", str(len(body)))]
    return status, headers, body
