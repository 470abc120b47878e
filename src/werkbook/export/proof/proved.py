"""Export, prove, and keep more of the notebook when the proof fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from werkbook.cells.cell import Cell
from werkbook.errors import WerkbookError
from werkbook.export.choosing import Options
from werkbook.export.exporter import Export, export
from werkbook.export.proof.answers import Proof
from werkbook.export.proof.folder import Layout
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

    When the file lacks something or answers otherwise, or a name of it holds something
    else than in the notebook, all statements are kept that do
    not only serve, show or ask, and the proof is tried once more; then those that seem
    to look only, too: a look may change what it looks at. Nothing is ever taken away:
    a statement that raises stays, and the file is not proved.
    """
    narrow = export(cells, options)
    best = Proved(narrow, prover.prove(narrow, layout))
    tried = {narrow.source}
    for is_whole in (False, True):
        proof = best.proof
        assert proof is not None
        has_more = proof.differences or proof.held_otherwise
        if not has_more or _is_of_the_machine(proof):
            break
        more = _wider(cells, replace(options, is_wide=True, is_whole=is_whole))
        if more is None or more.source in tried:
            continue
        if _may_help(more, best.export, proof):
            tried.add(more.source)
            found = prover.prove(more, layout)
            if found.is_better_than(proof):
                best = Proved(more, found, _more(narrow, more))
    _tell_state(best.proof)
    return best


def _wider(cells: Sequence[Cell], options: Options) -> Export | None:
    """A file with more of the notebook; None where what came with it can't be written.

    The cells of an app that was bound again come, too, with all that is wrong in them.
    """
    try:
        return export(cells, options)
    except WerkbookError:
        return None


def _tell_state(proof: Proof | None) -> None:
    """Say what the file's names hold otherwise, though no answer shows it."""
    names = [repr(name) for name in (proof.held_otherwise if proof else ())]
    if proof is not None and names and not proof.differences:
        shown = ", ".join(names[:_MAX_NAMED])
        more = f" and {len(names) - _MAX_NAMED} more" * (len(names) > _MAX_NAMED)
        proof.notes.append(
            f"Held otherwise than when the cells have run, though no answer shows it:"
            f" {shown}{more}."
        )


def _is_of_the_machine(proof: Proof) -> bool:
    """Something is missing here, or takes too long: no statement would help."""
    failure = proof.failure
    if failure is None or proof.is_settled:
        return proof.is_settled
    return bool(failure.module or failure.hosts) or failure.is_late


def _may_help(more: Export, best: Export, proof: Proof) -> bool:
    """Say whether more statements may give what a file lacks.

    Where all that it lacks are packages, templates, files and hosts, only a statement
    helps that names one of these, or that goes to another folder.
    """
    found = [one.file.failure for one in proof.exchanges if one.file is not None]
    failures = [one for one in (proof.failure, *found) if one is not None]
    lacking = [one for one in failures if one.missing]
    if not lacking or len(lacking) < len(proof.differences):
        return True
    known = {piece.text for piece in best.pieces}
    text = "\n".join(one.text for one in more.pieces if one.text not in known)
    names = {
        PurePath(one.file or one.template or one.variable or one.database).name
        for one in lacking
    } - {""}
    return "chdir(" in text or any(name in text for name in names)


def _more(narrow: Export, wide: Export) -> tuple[str, ...]:
    """The places of what the wide file has and the narrow one lacks."""
    known = {piece.place for piece in narrow.pieces}
    found = [piece.place for piece in wide.pieces if piece.place not in known]
    places = list(dict.fromkeys(one for one in found if one))
    if len(places) > _MAX_NAMED:
        return (*places[:_MAX_NAMED], f"{len(places) - _MAX_NAMED} more")
    return tuple(places)
