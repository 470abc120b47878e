"""The widget of an exercise: a thin model; what is shown is made in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from werkbook.exercises.checking import Progress

from ..widgets.esm import join_modules, style_source
from .shown import card_content, widget_state

HERE = Path(__file__).parent / "js"
CARDS = Path(__file__).parents[1] / "cards" / "js"


class ExerciseWidget(anywidget.AnyWidget):
    """The card of an exercise; how many hints are shown is kept for its next run."""

    _esm = join_modules(HERE / "exercise_view.js")
    _css = style_source(HERE / "exercise.css") + (CARDS / "card.css").read_text("utf-8")

    state = traitlets.Dict().tag(sync=True)
    contents: Any = traitlets.List().tag(sync=True)
    is_checking = traitlets.Bool(False).tag(sync=True)
    hints_shown = traitlets.Int(0).tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    """What its views in the browser find each other by."""
    steps_shown = traitlets.Int(0).tag(sync=True)

    def __init__(self, progress: Progress) -> None:
        """Make the widget of an exercise."""
        super().__init__(key=uuid4().hex, **_shown(progress))

    def show(self, progress: Progress) -> None:
        """Show how far the exercise is now."""
        with self.hold_sync():
            for name, value in _shown(progress).items():
                setattr(self, name, value)


def _shown(progress: Progress) -> dict[str, Any]:
    return {
        "contents": [card_content(line) for line in progress.lines],
        "state": widget_state(progress),
        "is_checking": False,
    }
