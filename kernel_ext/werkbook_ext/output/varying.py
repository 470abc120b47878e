"""Output whose varying part (ports, counts, times) is never saved with the notebook.

A notebook's front end shows a widget, whose state is not saved; beside it stand text
and HTML that are the same in each run. A terminal saves nothing and shows everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets  # type: ignore[import-untyped]  # it has no types
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import escape

from ..notebook.environment import has_front_end
from .notes import show


@dataclass(frozen=True)
class Varying:
    """A text for the saved notebook and one for the reader of this moment.

    Attributes:
        saved: Plain text, the same in each run.
        shown: Plain text with all that varies.
        html: HTML of the same, for the widget.
        saved_html: HTML for the saved notebook; made of `saved` when empty.
    """

    saved: str
    shown: str
    html: str
    saved_html: str = ""

    def show(self, shell: InteractiveShell) -> Any:
        """Display it; return the widget, or None in a terminal."""
        if not has_front_end(shell):
            print(self.shown)
            return None
        # JupyterLab's own class: a table looks as one that is no widget.
        html = f'<div class="jp-RenderedHTMLCommon">{self.html}</div>'
        widget = ipywidgets.HTML(html)
        bundle: dict[str, Any] = dict(_widget_bundle(widget))
        bundle["text/plain"] = self.saved
        bundle["text/html"] = self.saved_html or f"<pre>{escape(self.saved)}</pre>"
        show(bundle, raw=True)
        return widget


def _widget_bundle(widget: Any) -> Mapping[str, Any]:
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    return data if isinstance(data, Mapping) else {}
