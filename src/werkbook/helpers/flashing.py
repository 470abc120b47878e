"""Messages that one request leaves for the next to show."""

from __future__ import annotations

from collections.abc import Iterable

from ..globals import current_app, request_ctx, session
from ..signals import message_flashed

_KEY = "_flashes"


def flash(message: str, category: str = "message") -> None:
    """Leave a message in the session for `get_flashed_messages` to show.

    Args:
        message: The message.
        category: Any text; often `message`, `info`, `warning` or `error`.

    Raises:
        RuntimeError: There is no request context, or no secret key.
    """
    # Assigned, not appended in place: a session may not see a change inside a value.
    session[_KEY] = [*session.get(_KEY, []), (category, message)]
    if message_flashed.receivers:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy's
        message_flashed.send(
            app, _async_wrapper=app.ensure_sync, message=message, category=category
        )


def get_flashed_messages(
    with_categories: bool = False, category_filter: Iterable[str] = ()
) -> list[str] | list[tuple[str, str]]:
    """Take the messages out of the session; again in this request: the same ones.

    Args:
        with_categories: Return tuples of category and message.
        category_filter: Only messages of these categories.

    Raises:
        RuntimeError: There is no request context.
    """
    flashes: list[tuple[str, str]] | None = request_ctx.flashes
    if flashes is None:
        flashes = session.pop(_KEY) if _KEY in session else []
        request_ctx.flashes = flashes
    if category_filter:
        flashes = [item for item in flashes if item[0] in category_filter]
    return flashes if with_categories else [message for _, message in flashes]
