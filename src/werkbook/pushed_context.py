"""What both kinds of context have in common: they are pushed and popped."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self


class PushedContext:
    """A context for a `with` block."""

    def push(self) -> None:
        """Make this the current context."""
        raise NotImplementedError

    def pop(self, exc: BaseException | None = None) -> None:
        """Leave this context."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.push()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pop(exc_value)


def check_left(context: Any, current: Any) -> None:
    """Make sure that the context that was left was the current one.

    Raises:
        AssertionError: It was not; as Flask says it.
    """
    if current is not context:
        raise AssertionError(
            f"Popped wrong context. ({current!r} instead of {context!r})"
        )
