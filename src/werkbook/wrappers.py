"""The request and the response as view functions see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import (
    EnvironHeaders,
    Headers,
    MultiDict,
)
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.utils import cached_property, get_content_type
from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response as WerkzeugResponse

from . import json
from .debughelpers import attach_enctype_error_multidict
from .globals import current_app
from .routing.endpoints import name_blueprint, split_blueprint_path
from .wsgi_environ import read_server, read_text, read_unescaped

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.routing import Rule


class Request(WerkzeugRequest):
    """A request, with the rule that it matched; `request` stands for it.

    An application uses another class by `App.request_class`.

    Args:
        environ: The WSGI environ (PEP 3333).
        populate_request: Put the request into the environ, as `werkzeug.request`.
        shallow: Refuse to read the body.

    Raises:
        BadRequest: The path in the environ is not what PEP 3333 says it is.
    """

    json_module: Any = json
    """What reads JSON bodies; the application's `json` in its requests."""

    url_rule: Rule | None = None
    """The rule that the URL matched; None if none did."""

    view_args: dict[str, Any] | None = None
    """The values of the rule's variables; None if no rule matched."""

    routing_exception: HTTPException | None = None
    """Why the URL matched no rule: mostly NotFound or MethodNotAllowed."""

    _max_content_length: int | None = None
    _max_form_memory_size: int | None = None
    _max_form_parts: int | None = None

    def __init__(
        self,
        environ: WSGIEnvironment,
        populate_request: bool = True,
        shallow: bool = False,
    ) -> None:
        # What Werkzeug's three constructors do, in a third of the time.
        get = environ.get
        self.environ = environ
        self.shallow = shallow
        self.method = get("REQUEST_METHOD", "GET").upper()
        self.scheme = get("wsgi.url_scheme", "http")
        self.server = read_server(environ)
        try:
            self.root_path = read_text(get("SCRIPT_NAME") or "").rstrip("/")
            self.path = "/" + read_text(get("PATH_INFO") or "").lstrip("/")
            self.query_string = get("QUERY_STRING", "").encode("latin1")
        except UnicodeEncodeError:
            raise BadRequest("The WSGI environ is not Latin-1 (PEP 3333).") from None
        self.headers = EnvironHeaders(environ)
        self.remote_addr = get("REMOTE_ADDR")
        if populate_request and not shallow:
            environ["werkzeug.request"] = self

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The values of the query string.

        Raises:
            BadRequest: The query string is not UTF-8.
        """
        query = self.query_string
        if b"%" not in query and b"+" not in query and query.isascii():
            return read_unescaped(query.decode("ascii"), self.parameter_storage_class)
        try:
            return super().args
        except UnicodeDecodeError:
            raise BadRequest("The query string is not UTF-8.") from None

    @cached_property
    def full_path(self) -> str:
        """The path, a question mark and the query string.

        Raises:
            BadRequest: The query string is not UTF-8.
        """
        try:
            return super().full_path
        except UnicodeDecodeError:
            raise BadRequest("The query string is not UTF-8.") from None

    @cached_property
    def url(self) -> str:
        """The whole URL.

        Raises:
            BadRequest: The host is malformed.
        """
        try:
            return super().url
        except ValueError:
            raise BadRequest("The host is malformed.") from None

    @cached_property
    def base_url(self) -> str:
        """The URL without its query string.

        Raises:
            BadRequest: The host is malformed.
        """
        try:
            return super().base_url
        except ValueError:
            raise BadRequest("The host is malformed.") from None

    @cached_property
    def root_url(self) -> str:
        """The URL that the application is at.

        Raises:
            BadRequest: The host is malformed.
        """
        try:
            return super().root_url
        except ValueError:
            raise BadRequest("The host is malformed.") from None

    url_root = root_url

    def close(self) -> None:
        """Close the files that were uploaded."""
        if self.__dict__.get("files"):
            super().close()

    def get_json(
        self, force: bool = False, silent: bool = False, cache: bool = True
    ) -> Any:
        """Return what the body says in JSON.

        Args:
            force: Whatever the mimetype is.
            silent: Return None where the body is not JSON.
            cache: Keep the value for the next call.

        Raises:
            BadRequest: The body is not JSON, or nested too deep.
            UnsupportedMediaType: The mimetype is not one of JSON.
        """
        try:
            return super().get_json(force=force, silent=silent, cache=cache)
        except RecursionError:
            if silent:
                return None
            return self.on_json_loading_failed(ValueError("nested too deep"))

    @property
    def max_content_length(self) -> int | None:
        """The most bytes that a body may have; a longer one is a 413 error.

        `MAX_CONTENT_LENGTH` unless it was set on this request. None: no limit; a body
        without a length that the server does not end is then not read.
        """
        if self._max_content_length is not None:
            return self._max_content_length
        if not current_app:
            return super().max_content_length
        return current_app.config["MAX_CONTENT_LENGTH"]  # type: ignore[no-any-return]  # config

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    @property
    def max_form_memory_size(self) -> int | None:
        """The most bytes of a form field that is no file; more is a 413 error.

        `MAX_FORM_MEMORY_SIZE` (500,000) unless it was set on this request.
        """
        if self._max_form_memory_size is not None:
            return self._max_form_memory_size
        if not current_app:
            return super().max_form_memory_size
        return current_app.config["MAX_FORM_MEMORY_SIZE"]  # type: ignore[no-any-return]  # config

    @max_form_memory_size.setter
    def max_form_memory_size(self, value: int | None) -> None:
        self._max_form_memory_size = value

    @property  # type: ignore[override]  # None: no limit, as in Flask
    def max_form_parts(self) -> int | None:
        """The most fields of a multipart form; more is a 413 error.

        `MAX_FORM_PARTS` (1,000) unless it was set on this request.
        """
        if self._max_form_parts is not None:
            return self._max_form_parts
        if not current_app:
            return super().max_form_parts
        return current_app.config["MAX_FORM_PARTS"]  # type: ignore[no-any-return]  # config

    @max_form_parts.setter
    def max_form_parts(self, value: int | None) -> None:
        self._max_form_parts = value

    @property
    def endpoint(self) -> str | None:
        """The endpoint that the URL matched; None if none did."""
        rule = self.url_rule
        return None if rule is None else rule.endpoint

    @property
    def blueprint(self) -> str | None:
        """The name under which the endpoint's blueprint is registered, if it has one.

        It has dots where blueprints are nested, and need not be the blueprint's own
        name.
        """
        return name_blueprint(self.endpoint)

    @property
    def blueprints(self) -> list[str]:
        """The names of `blueprint` and of those that it is nested in, inner first."""
        name = self.blueprint
        return [] if name is None else split_blueprint_path(name)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if (
            current_app
            and current_app.debug
            and self.mimetype != "multipart/form-data"
            and not self.files
        ):
            attach_enctype_error_multidict(self)

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        """Answer a body that is not JSON with a 400; details only in debug mode."""
        try:
            return super().on_json_loading_failed(e)
        except BadRequest as error:
            if current_app and current_app.debug:
                raise
            raise BadRequest() from error


class Response(WerkzeugResponse):
    """A response, by default HTML.

    An application uses another class by `App.response_class`. A view function rarely
    makes one itself: `make_response` does, of whatever it returns.

    Args:
        response: The body: text (sent as UTF-8), bytes, or an iterable of either.
        status: A code or a status line; 200 by default.
        headers: The headers; a `Headers` object is used itself.
        mimetype: The type, to which a charset is added where text needs one.
        content_type: The whole `Content-Type`, in place of `mimetype`.
        direct_passthrough: Give the iterable to the server untouched.
    """

    default_mimetype: str | None = "text/html"
    """The mimetype of a response that names none."""

    json_module: Any = json
    """What reads the body in `get_json`."""

    autocorrect_location_header = False

    _is_lean = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._is_lean = all(
            getattr(cls, name) is getattr(WerkzeugResponse, name) for name in _LEAN
        )

    def __init__(
        self,
        response: Iterable[bytes] | bytes | Iterable[str] | str | None = None,
        status: int | str | HTTPStatus | None = None,
        headers: Mapping[str, str | Iterable[str]]
        | Iterable[tuple[str, str]]
        | None = None,
        mimetype: str | None = None,
        content_type: str | None = None,
        direct_passthrough: bool = False,
    ) -> None:
        if mimetype is None and headers is None:
            mimetype = self.default_mimetype
        if (
            self._is_lean
            and self.default_status == 200  # it may be set on the class itself
            and status is None
            and headers is None
            and content_type is None
            and mimetype
            and (type(response) is str or type(response) is bytes)
        ):
            self._init_lean(response, mimetype, direct_passthrough)
        else:
            super().__init__(
                response, status, headers, mimetype, content_type, direct_passthrough
            )

    def _init_lean(
        self, response: str | bytes, mimetype: str, direct_passthrough: bool
    ) -> None:
        """Do what Werkzeug's constructors do for a whole body and no headers."""
        data = response.encode() if isinstance(response, str) else response
        self.headers = Headers()
        self.headers._list = [
            ("Content-Type", _content_type(mimetype)),
            ("Content-Length", str(len(data))),
        ]
        self._status, self._status_code = "200 OK", 200
        self.direct_passthrough = direct_passthrough
        self._on_close = []
        self.response = [data]

    @property
    def max_cookie_size(self) -> int:  # type: ignore[override]  # read only, as in Flask
        """The size in bytes beyond which a cookie gives a warning: `MAX_COOKIE_SIZE`.

        Read only.
        """
        if current_app:
            return current_app.config["MAX_COOKIE_SIZE"]  # type: ignore[no-any-return]  # config
        return super().max_cookie_size


# What `Response._init_lean` does the work of: a subclass that changes one of these
# gets Werkzeug's constructors.
_LEAN = (
    "_clean_status",
    "automatically_set_content_length",
    "default_status",
    "set_data",
    "status",
    "status_code",
)


@lru_cache(maxsize=128)
def _content_type(mimetype: str) -> str:
    # By way of Headers, which refuse a value with a line break in it.
    return Headers({"Content-Type": get_content_type(mimetype, "utf-8")})[
        "Content-Type"
    ]
