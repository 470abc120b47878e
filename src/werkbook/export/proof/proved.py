"""Export, prove, and keep more of the notebook when the proof fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from werkbook.cells.cell import Cell
from werkbook.export.choosing import Options
from werkbook.export.exporter import Export, export
from werkbook.export.proof.answers import Proof
from werkbook.export.proof.layout import Layout
from werkbook.export.proof.proof import Prover

_MAX_NAMED = 8


@dataclass(frozen=True)
class Proved:
    """An export with its proof.

    Attributes:
        export: The file.
        proof: What the clean processes found; None when none was asked for.
        taken_back: The places of statements that the first, smaller file lacked.
    """

    export: Export
    proof: Proof | None
    taken_back: tuple[str, ...] = ()


def export_and_prove(
    cells: Sequence[Cell],
    options: Options,
    prover: Prover,
    layout: Layout | None = None,
) -> Proved:
    """Export a notebook's app and prove the file.

    When the file lacks something or answers otherwise, all statements are kept that do
    not only serve, show or ask, and the proof is tried once more. Nothing is ever
    taken away: a statement that raises stays, and the file is not proved.
    """
    narrow = export(cells, options)
    proof = prover.prove(narrow, layout)
    if not proof.differences or _is_of_the_machine(proof):
        return Proved(narrow, proof)
    wide = export(cells, replace(options, is_wide=True))
    if wide.source == narrow.source:
        return Proved(narrow, proof)
    second = prover.prove(wide, layout)
    if not second.is_better_than(proof):
        return Proved(narrow, proof)
    return Proved(wide, second, _more(narrow, wide))


def _is_of_the_machine(proof: Proof) -> bool:
    """Something is missing here, or takes too long: no statement would help."""
    failure = proof.failure
    if failure is None:
        return False
    return bool(failure.module or failure.hosts) or failure.is_late


def _more(narrow: Export, wide: Export) -> tuple[str, ...]:
    """The places of what the wide file has and the narrow one lacks."""
    known = {piece.place for piece in narrow.pieces}
    found = [piece.place for piece in wide.pieces if piece.place not in known]
    places = list(dict.fromkeys(one for one in found if one))
    if len(places) > _MAX_NAMED:
        return (*places[:_MAX_NAMED], f"{len(places) - _MAX_NAMED} more")
    return tuple(places)
