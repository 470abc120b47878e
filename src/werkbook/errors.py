"""The form that every error of Werkbook's has: what happened, why, and what to type."""

from __future__ import annotations

from collections.abc import Iterable


class WerkbookError(Exception):
    """An error that says what happened, what was expected, and what to type.

    Subclass it together with the closest builtin, so that code which expects the
    builtin (or what Flask raises) keeps working.

    Args:
        problem: One sentence with the value (`!r`) and its place.
        why: What was expected, or what there is instead.
        fix: Text to type.
    """

    def __init__(self, problem: str, *, why: str = "", fix: str = "") -> None:
        self.problem = problem
        self.why = why
        self.fix = fix
        Exception.__init__(self, problem)

    def __str__(self) -> str:
        lines = [self.problem]
        if self.why:
            lines.append(f"  Why: {self.why}")
        if self.fix:
            lines.append(f"  Fix: {self.fix}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.problem, self.why, self.fix, self.__dict__))


def _rebuild(
    error_class: type[WerkbookError],
    problem: str,
    why: str,
    fix: str,
    attributes: dict[str, object],
) -> WerkbookError:
    error = error_class.__new__(error_class)
    WerkbookError.__init__(error, problem, why=why, fix=fix)
    error.__dict__.update(attributes)
    return error


def quoted_list(names: object, *, limit: int = 12) -> str:
    """Name things in one line: `a, b, c and 5 more`.

    Args:
        names: Any iterable; each item is shown by `str`.
        limit: How many are named before the rest is counted.
    """
    items = [str(name) for name in names]  # type: ignore[attr-defined]  # any iterable
    if not items:
        return "none"
    if len(items) <= limit:
        return ", ".join(items)
    return f"{', '.join(items[:limit])} and {len(items) - limit} more"


def close_matches(name: str, known: Iterable[str], *, count: int = 1) -> list[str]:
    """Return the names that one was probably meant to be, the closest first."""
    from difflib import get_close_matches  # start-up time: only errors need it

    return get_close_matches(name, list(known), count)
