"""Types that are shared, and what modules read of what stands above them."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as WerkzeugResponse

# Real types, not their names: extensions write `RouteCallable | None` in signatures.
WSGICallable: TypeAlias = Callable[
    [dict[str, Any], Callable[..., Any]], Iterable[bytes]
]
ResponseValue: TypeAlias = (
    WerkzeugResponse
    | str
    | bytes
    | list[Any]
    | Mapping[str, Any]
    | Iterable[str]
    | Iterable[bytes]
)
HeaderValue: TypeAlias = str | list[str] | tuple[str, ...]
HeadersValue: TypeAlias = (
    Headers | Mapping[str, HeaderValue] | Iterable[tuple[str, HeaderValue]]
)
ResponseReturnValue: TypeAlias = (
    ResponseValue
    | tuple[ResponseValue, HeadersValue]
    | tuple[ResponseValue, int]
    | tuple[ResponseValue, int, HeadersValue]
    | WSGICallable
)
ResponseClass = TypeVar("ResponseClass", bound=WerkzeugResponse)
AppOrBlueprintKey: TypeAlias = str | None
RouteCallable: TypeAlias = (
    Callable[..., ResponseReturnValue] | Callable[..., Awaitable[ResponseReturnValue]]
)
BeforeRequestCallable: TypeAlias = (
    Callable[[], ResponseReturnValue | None]
    | Callable[[], Awaitable[ResponseReturnValue | None]]
)
BeforeFirstRequestCallable: TypeAlias = (
    Callable[[], None] | Callable[[], Awaitable[None]]
)
AfterRequestCallable: TypeAlias = (
    Callable[[ResponseClass], ResponseClass]
    | Callable[[ResponseClass], Awaitable[ResponseClass]]
)
ShellContextProcessorCallable: TypeAlias = Callable[[], dict[str, Any]]
TeardownCallable: TypeAlias = (
    Callable[[BaseException | None], None]
    | Callable[[BaseException | None], Awaitable[None]]
)
TemplateContextProcessorCallable: TypeAlias = (
    Callable[[], dict[str, Any]] | Callable[[], Awaitable[dict[str, Any]]]
)
TemplateFilterCallable: TypeAlias = Callable[..., Any]
TemplateGlobalCallable: TypeAlias = Callable[..., Any]
TemplateTestCallable: TypeAlias = Callable[..., bool]
URLDefaultCallable: TypeAlias = Callable[[str, dict[str, Any]], None]
URLValuePreprocessorCallable: TypeAlias = Callable[
    [str | None, dict[str, Any] | None], None
]
ErrorHandlerCallable: TypeAlias = (
    Callable[[Any], ResponseReturnValue]
    | Callable[[Any], Awaitable[ResponseReturnValue]]
)
StatusCode = int
StreamValue: TypeAlias = AsyncIterable[bytes] | Iterable[bytes]


class Application(Protocol):
    """What the modules below `app` read of an application.

    A value is `Any` where its class stands above its readers. What users read or
    override is typed `Any` in place of this Protocol, so that they may write `App`.
    """

    name: str
    import_name: str
    root_path: str
    instance_path: str
    debug: Any
    testing: Any
    config: Any
    json: Any
    aborter: Any
    cli: Any
    jinja_options: dict[str, Any]
    jinja_environment: Any
    url_map: Any
    blueprints: Any
    view_functions: Any
    before_request_funcs: Any
    error_handler_spec: Any
    teardown_appcontext_funcs: Any
    url_build_error_handlers: Any
    subdomain_matching: bool
    response_class: Any
    request_class: Any
    session_interface: Any

    @property
    def logger(self) -> Any:
        """The logger of the app's name."""

    @property
    def jinja_env(self) -> Any:
        """The Jinja2 environment."""

    @property
    def jinja_loader(self) -> Any:
        """Loads the app's own templates."""

    def snapshot(self) -> Any:
        """Return the compiled registrations."""

    def wsgi_app(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a WSGI request."""

    def app_context(self) -> Any:
        """Make an application context."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that can be called without `await`."""

    def make_response(self, rv: Any) -> Any:
        """Make a response of what a view function returned."""

    def redirect(self, location: str, code: int = 302) -> WerkzeugResponse:
        """Make a redirect."""

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Build the URL of an endpoint."""

    def create_url_adapter(self, request: Any) -> Any:
        """Return what matches and builds URLs."""

    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        """Let the URL default functions fill in values."""

    def handle_url_build_error(
        self, error: Any, endpoint: str, values: dict[str, Any]
    ) -> str:
        """Ask the URL build error handlers."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Return how many seconds a browser may cache a file."""

    def iter_blueprints(self) -> Any:
        """Return the blueprints in the order in which they were registered."""

    def create_global_jinja_loader(self) -> Any:
        """Make what loads templates."""

    def select_jinja_autoescape(self, filename: str | None) -> bool:
        """Tell whether a template is escaped."""

    def update_template_context(self, context: dict[str, Any]) -> None:
        """Add the variables of the context processors."""

    def template_hint(self, name: str) -> str:
        """Say how to make a template that does not exist."""

    def make_shell_context(self) -> dict[str, Any]:
        """Return the variables of the interactive shell."""

    def is_claimed_elsewhere(self, kind: str, key: Any) -> bool:
        """Tell whether another cell claims a key."""


class FrontEnd(Protocol):
    """What a notebook's extension does for the framework."""

    def name_cell(self, filename: str) -> str | None:
        """Return `Cell In[5]` for the file name of a cell's code, else None."""

    def run(
        self, app: Any, host: str | None, port: int | None, options: dict[str, Any]
    ) -> None:
        """Start the background server; what `app.run()` does in a notebook."""

    def failed(self, app: Any, exception: BaseException, environ: Any) -> None:
        """Note an exception that a view function raised."""
