"""The widget of an exercise: a thin model; what is shown is made in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from werkbook.exercises.checking import Progress

from ..widgets import busy_comm as fast_lane
from ..widgets.esm import TRACE_CSS, join_modules, style_source
from ..widgets.message_fields import read_message
from .shown import card_content, widget_state

HERE = Path(__file__).parent / "js"
CARDS = Path(__file__).parents[1] / "cards" / "js"


class ExerciseWidget(anywidget.AnyWidget):
    """The card of an exercise; how many hints are shown is kept for its next run."""

    _esm = join_modules(HERE / "exercise_view.js")
    _css = style_source(HERE / "exercise.css", CARDS / "card.css", TRACE_CSS)

    state = traitlets.Dict().tag(sync=True)
    contents: Any = traitlets.List().tag(sync=True)
    is_checking = traitlets.Bool(False).tag(sync=True)
    hints_shown = traitlets.Int(0).tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    """What its views in the browser find each other by."""
    steps_shown = traitlets.Int(0).tag(sync=True)

    def __init__(self, progress: Progress, kernel: Any = None) -> None:
        """Make the widget of an exercise.

        Args:
            progress: How far it is.
            kernel: The kernel; what is uncovered is then known while a cell runs.
        """
        self._uncovered: dict[str, int] = {}
        super().__init__(key=uuid4().hex, **_shown(progress))
        self.on_msg(lambda _, content, buffers: self._take(content, buffers))
        if self.comm is not None:
            fast_lane.join(kernel, self.comm.comm_id, self._take)

    def count_uncovered(self, trait: str) -> int:
        """Return how many hints or steps were shown, as far as is known by now."""
        synced: int = getattr(self, trait)
        return max(synced, self._uncovered.get(trait, 0))

    def close(self) -> None:
        """Close the model."""
        if self.comm is not None:
            fast_lane.leave(self.comm.comm_id)
        super().close()

    def _take(self, content: Any, _buffers: Any) -> None:
        """Note what a page has uncovered; what is none of ours is ignored."""
        message = read_message(content)
        if not isinstance(message, dict) or message.get("type") != "uncovered":
            return
        trait, count = message.get("trait"), message.get("count")
        if trait in ("hints_shown", "steps_shown") and isinstance(count, int):
            self._uncovered[trait] = max(count, self._uncovered.get(trait, 0))

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
