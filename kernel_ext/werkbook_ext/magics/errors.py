"""How the errors of magics are shown: what, why and what to type, no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.error import UsageError

from werkbook.errors import WerkbookError


@contextmanager
def shown_briefly() -> Iterator[None]:
    """Let IPython show an error of a magic, or its interruption, without frames.

    The frames of a magic are IPython's and Werkbook's own; none is the user's.
    """
    try:
        yield
    except (WerkbookError, KeyboardInterrupt) as error:
        lines = f"{type(error).__name__}: {error}".removesuffix(": ").splitlines()
        error._render_traceback_ = lambda: lines  # type: ignore[union-attr]
        raise


def as_usage_error(magic: str, error: WerkbookError, usage: str) -> UsageError:
    """Turn an error about a magic's first line into its lines and the usage."""
    told = str(error).removesuffix(f"\n  Fix: write {usage}")  # it is said below
    if not told.startswith(magic):
        told = f"{magic}: {told}"
    return UsageError(f"{told}\nUsage: {usage}")
