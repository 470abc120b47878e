"""Output that reads whole without its widget: the widget only adds to it.

A front end takes a widget before HTML, and says "model not found" where its model has
gone. So the widget's model is named in the output's metadata, where JupyterLab's
extension finds it and puts it in the place of the HTML. Front ends that can't have the
extension (VS Code, Colab) show the HTML, live and saved.
"""

from __future__ import annotations

from typing import Any

from IPython.display import display

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"
METADATA_KEY = "werkbook"


def show_with_widget(bundle: dict[str, Any], widget: Any) -> None:
    """Display text and HTML that say all, and a widget where there is a place for it.

    Args:
        bundle: `text/plain` and `text/html`.
        widget: What shows the same, and what is only of this moment.
    """
    metadata = {METADATA_KEY: {"widget": widget.model_id}}
    display(bundle, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]  # IPython's


def refer_to_widget(widget: Any) -> dict[str, Any]:
    """Return what a front end finds a widget by."""
    return {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
