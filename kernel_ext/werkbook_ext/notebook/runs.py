"""A cell's run: while it lasts, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

from werkbook import live


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

    def leave(self, result: ExecutionResult | None) -> bool:
        """Drop what has ended from the stack; say whether nothing is left."""
        infos = self.infos
        info = getattr(result, "info", None)
        if info in infos:
            del infos[infos.index(info) :]
        elif info is None or (info.raw_cell or "").strip():
            infos.pop()
        return not infos


def error_text(result: ExecutionResult) -> str:
    """Name the exception that ended a run, with its text, as a saved output does."""
    error = result.error_before_exec or result.error_in_exec
    return f"{type(error).__name__}: {error}" if error is not None else ""


def executed_code(info: ExecutionInfo) -> str:
    """Return the Python that runs; the core reads what it assigns."""
    transformed = getattr(info, "transformed_cell", None)
    return transformed if isinstance(transformed, str) else info.raw_cell or ""
