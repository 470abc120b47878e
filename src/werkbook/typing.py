"""Types that are shared, and what a front end is to the framework."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response as WerkzeugResponse

if TYPE_CHECKING:
    from .wrappers import Response

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
ResponseClass = TypeVar("ResponseClass", bound="Response")
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


class FrontEnd(Protocol):
    """What a notebook's extension does for the framework."""

    def name_of(self, filename: str) -> str | None:
        """Return `Cell In[5]` for the file name of a cell's code, else None."""

    def run(
        self, app: Any, host: str | None, port: int | None, options: dict[str, Any]
    ) -> None:
        """Start the background server; what `app.run()` does in a notebook."""

    def failed(self, app: Any, exception: BaseException, environ: Any) -> None:
        """Note an exception that a view function raised."""
