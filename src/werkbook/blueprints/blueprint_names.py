"""The names of blueprints and of what is in them."""

from __future__ import annotations

from ..errors import WerkbookError


class BlueprintNameError(WerkbookError, ValueError):
    """A blueprint's name, or that of something in it, can't be used."""


def refuse_dot(what: str, name: str) -> None:
    """Refuse a name with a dot.

    Raises:
        BlueprintNameError: It has one.
    """
    if "." in name:
        raise BlueprintNameError(
            f"{what} may not contain a dot '.' character.",
            why="a dot separates a blueprint's name from its endpoints.",
            fix=f"write {name.replace('.', '_')!r}.",
        )
