"""What a notebook that is handed in says of its exercises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell

from ..front_end.link import Link
from .attempts import find_attempts

if TYPE_CHECKING:
    from .desk import Posted


def answer_pages(shell: InteractiveShell, link: Link) -> None:
    """Tell pages how far the exercises are, whenever one asks."""

    def tell(content: Mapping[str, Any]) -> None:
        link.send({"type": "exercises", "exercises": list_exercises(shell)})

    link.takers["exercises"] = tell


def list_exercises(shell: InteractiveShell) -> list[dict[str, Any]]:
    """Return each exercise that is shown, with its points and its checks."""
    attempts = find_attempts(shell)
    desk = attempts.desk if attempts is not None else None
    return [describe(one) for one in desk.posted.values()] if desk is not None else []


def describe(posted: Posted) -> dict[str, Any]:
    """Return how far an exercise is, and what of its help was uncovered."""
    progress, widget = posted.progress, posted.widget
    lines = progress.lines if progress is not None else ()
    return {
        "name": posted.exercise.name,
        "points": progress.points if progress is not None else 0,
        "of": posted.exercise.points,
        "checks": [
            {"check": line.check.source, "is_done": line.is_done} for line in lines
        ],
        "hints_shown": widget.count_uncovered("hints_shown")
        if widget is not None
        else 0,
        "steps_shown": widget.count_uncovered("steps_shown")
        if widget is not None
        else 0,
    }
