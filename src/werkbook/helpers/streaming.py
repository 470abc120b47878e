"""Keep the request's context while its response is streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import update_wrapper
from typing import Any, AnyStr, overload

from ..errors import WerkbookError
from ..globals import current_request_context, request_ctx


class NoRequestToStreamError(WerkbookError, RuntimeError):
    """A stream was to keep the request's context, but there is no request."""


@overload
def stream_with_context(
    generator_or_function: Iterator[AnyStr],
) -> Iterator[AnyStr]: ...


@overload
def stream_with_context(
    generator_or_function: Callable[..., Iterator[AnyStr]],
) -> Callable[..., Iterator[AnyStr]]: ...


def stream_with_context(generator_or_function: Any) -> Any:
    """Let a generator use `request`, `session` and `g` though the view has returned.

    Around a generator, or as the decorator of a generator function:

    ```python
    @app.get("/stream")
    def stream():
        @stream_with_context
        def generate():
            yield "Hello "
            yield request.args["name"]

        return generate()
    ```

    Raises:
        NoRequestToStreamError: There is no request context.
    """
    try:
        items = iter(generator_or_function)
    except TypeError:

        def decorated(*args: Any, **kwargs: Any) -> Iterator[Any]:
            made: Iterator[Any] = generator_or_function(*args, **kwargs)
            return stream_with_context(made)

        return update_wrapper(decorated, generator_or_function)
    stream = _in_context(items)
    # To its first yield, so that it holds the context of now.
    next(stream)
    return stream


def _in_context(items: Iterator[Any]) -> Iterator[Any]:
    if not request_ctx:
        raise NoRequestToStreamError(
            "'stream_with_context' can only be used when a request context is active.",
            why="there is no request whose context it could keep.",
            fix="call it in a view function.",
        )
    context = current_request_context()
    # Not pushed before this: an async view's context variables are those of its loop.
    yield None
    with context.app_context, context:
        try:
            yield from items
        finally:
            if hasattr(items, "close"):
                items.close()
