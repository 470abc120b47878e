"""Export, prove, and widen the slice once when the proof fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from werkbook.export.asked import Asked
from werkbook.export.cells import Cell
from werkbook.export.exporter import Export, Options, export
from werkbook.export.proof import Proof, prove


@dataclass(frozen=True)
class Proved:
    """An export with its proof.

    Attributes:
        export: The file, wide when `is_widened`.
        proof: What the clean process found; None when none was asked for.
        is_widened: The first, smaller file failed; this one keeps more statements.
    """

    export: Export
    proof: Proof | None
    is_widened: bool = False


def export_and_prove(
    cells: Sequence[Cell],
    options: Options,
    *,
    folder: Path | None,
    requests: Sequence[Asked] = (),
    rules: Iterable[tuple[str, tuple[str, ...], str]] | None = None,
    env: Iterable[str] = (),
    timeout_s: float = 60.0,
) -> Proved:
    """Export a notebook's app and prove the file.

    When the file lacks a name or answers otherwise, all statements are kept that do
    not only serve, show or ask, and the proof is tried once more.
    """
    expected = None if rules is None else list(rules)

    def check(result: Export) -> Proof:
        return prove(
            result.source,
            app=result.app,
            folder=folder,
            files=result.files,
            requests=requests,
            rules=expected,
            env=env,
            timeout_s=timeout_s,
        )

    narrow = export(cells, options)
    proof = check(narrow)
    if proof.is_proved or not (proof.undefined or proof.is_imported):
        return Proved(narrow, proof)
    wide = export(cells, replace(options, is_wide=True))
    if wide.source == narrow.source:
        return Proved(narrow, proof)
    second = check(wide)
    if len(second.differences) < len(proof.differences):
        return Proved(wide, second, is_widened=True)
    return Proved(narrow, proof)
