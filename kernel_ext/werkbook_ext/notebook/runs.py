"""What is remembered of a cell's run: while it lasts, when it ends, and afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from IPython.core.interactiveshell import ExecutionInfo

from werkbook import live

from .cells import CellRun


@dataclass
class KnownCell:
    """What is remembered of a cell's last run."""

    cell: CellRun
    save_at_run: tuple[int, int] | None
    is_forgotten: bool = False


@dataclass(slots=True)
class RunEnd:
    """The end of a cell's run, as those who listen are told of it.

    Attributes:
        run: The run, with the cell that owns it.
        changes: What it registered; of a run that failed, what it would have.
        has_failed: Whether the app is as it was before the run.
        is_interrupted: Whether another cell runs already, because IPython told of no
            end of this one.
        announced: Lines about its rules that a magic has shown already.
    """

    run: live.Run
    changes: live.Changes
    has_failed: bool
    is_interrupted: bool
    announced: set[str]


@dataclass
class Execution:
    """The outermost run of a thread, with the nested ones inside it."""

    run: live.Run
    infos: list[ExecutionInfo]
    request: str | None
    has_failed: bool = False
    has_ended: bool = False
    announced: set[str] = field(default_factory=set)
