"""Output whose varying part (ports, counts, times) is never saved with the notebook.

A notebook's front end shows a widget, whose state is not saved; beside it stand text
and HTML that are the same in each run. Where they say all but counts they are shown as
they are, and the widget only where it can take their place. A terminal saves nothing
and shows everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # it has no types
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import escape

from ..notebook.environment import has_front_end
from .notes import show
from .with_widget import (
    METADATA_KEY,
    WIDGET_TYPE,
    refer_to_widget,
    show_with_widget,
)


@dataclass(frozen=True)
class Varying:
    """A text for the saved notebook and one for the reader of this moment.

    Attributes:
        saved: Plain text, the same in each run.
        shown: Plain text with all that varies.
        html: HTML of the same, for the widget.
        saved_html: HTML for the saved notebook; made of `saved` when empty.
        is_complete: Whether what is saved can do without the widget.
        ends_with_kernel: Whether it is no longer true when the kernel has gone:
            JupyterLab's extension then shows what is saved.
    """

    saved: str
    shown: str
    html: str
    saved_html: str = ""
    is_complete: bool = False
    ends_with_kernel: bool = False

    def show(self, shell: InteractiveShell) -> Any:
        """Display it; return the widget, or None in a terminal."""
        if not has_front_end(shell):
            print(self.shown)
            return None
        # JupyterLab's own class: a table looks as one that is no widget.
        html = f'<div class="jp-RenderedHTMLCommon">{self.html}</div>'
        widget = ipywidgets.HTML(html)
        bundle: dict[str, Any] = {
            "text/plain": self.saved,
            "text/html": self.saved_html or f"<pre>{escape(self.saved)}</pre>",
        }
        if self.is_complete:
            show_with_widget(bundle, widget)
        else:
            bundle[WIDGET_TYPE] = refer_to_widget(widget)
            told = {METADATA_KEY: {"ends_with_kernel": True}}
            show(bundle, raw=True, metadata=told if self.ends_with_kernel else None)
        return widget
