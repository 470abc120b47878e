"""How many workers a project's files ask for, and why."""

from __future__ import annotations

from dataclasses import dataclass

from werkbook.export.flow.shared_data import changed_globals
from werkbook.export.proof.answers import OneProcess
from werkbook.export.proof.proved import Proved

_THREADS = 8
_MAX_NAMED = 5


@dataclass(frozen=True)
class Workers:
    """What gunicorn is told.

    Attributes:
        count: Processes.
        threads: Threads in each.
        why: Lines that say why, each short enough for a comment.
    """

    count: int
    threads: int
    why: tuple[str, ...]


def workers_for(result: Proved) -> Workers:
    """Decide by what the proof saw under two workers; without it by the text alone."""
    tried = result.proof.one_process if result.proof is not None else None
    lives = _by_text(result) if tried is None else tried
    if not lives:
        said = "Two workers gave the same answers as one." if tried is not None else ""
        return Workers(2, 2, tuple(filter(None, [said])))
    named = [f"- {one}" for one in lives[:_MAX_NAMED]]
    if len(lives) > _MAX_NAMED:
        named.append(f"- {len(lives) - _MAX_NAMED} more")
    why = "One process, as something of the app lives in it and no other would see it:"
    return Workers(1, _THREADS, (why, *named))


def _by_text(result: Proved) -> list[OneProcess]:
    export = result.export
    found = changed_globals(export.program, export.slice.kept)
    return [
        OneProcess(
            f"the view {one.view_name!r} changes the global {one.name!r}", one.place
        )
        for one in found
    ]
