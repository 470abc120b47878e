"""Short texts under a cell: the same each run, so that saved notebooks compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from IPython.display import display
from markupsafe import escape

# Orange, as light or dark as the text around it, which no fixed colour is.
WARNING = "color-mix(in srgb, #b35900 70%, currentColor)"


@dataclass(frozen=True)
class Note:
    """Some lines of text, shown as text or as HTML."""

    lines: tuple[str, ...]
    is_warning: bool = False
    is_quiet: bool = False

    def __repr__(self) -> str:
        """Return the lines as a terminal shows them."""
        return "\n".join(self.lines)

    def _repr_html_(self) -> str:
        color = WARNING if self.is_warning else "inherit"
        if self.is_quiet:
            color = "var(--jp-ui-font-color2, #616161)"
        text = escape("\n".join(self.lines))
        return (
            '<pre class="werkbook-note" '
            f'style="margin:0;padding:0;color:{color}">{text}</pre>'
        )


def show(
    value: object, *, raw: bool = False, metadata: dict[str, Any] | None = None
) -> None:
    """Display a value, or with `raw` the data of a mimebundle, under the cell."""
    display(value, raw=raw, metadata=metadata)  # type: ignore[no-untyped-call]  # IPython's


def show_note(
    lines: Sequence[str], *, is_warning: bool = False, is_quiet: bool = False
) -> None:
    """Show lines under the running cell; nothing when there are none.

    Args:
        lines: Plain text, one item a line.
        is_warning: Whether the lines tell of something to look at.
        is_quiet: Whether they only confirm what the cell says itself.
    """
    if lines:
        show(Note(tuple(lines), is_warning, is_quiet))
