"""The notebook as Restart and Run All would run it: its code cells, in order."""

from __future__ import annotations

from dataclasses import dataclass

from ..live_cells import LiveCells


@dataclass(frozen=True)
class DocumentCell:
    """One code cell of the notebook.

    Attributes:
        id: Its lasting identity.
        source: What would run: the newer of the last save and the last run.
        execution_count: The number of its last run, None when it did not run.
        error: How its last run failed, or "".
    """

    id: str
    source: str
    execution_count: int | None
    error: str = ""


def read_document(cells: LiveCells) -> list[DocumentCell]:
    """Return the notebook's code cells, as far as the kernel can know them.

    What pages show is the notebook. Where none tells, the newest save gives the order;
    a cell that ran since has the source that ran, a cell that the save does not have
    yet stands at the end, one that was deleted since is left out. Where no file is
    known, the order is that of first runs.

    Args:
        cells: What the shell's listener remembers.
    """
    cells.follow_save()
    deleted = cells.deleted_since_save()
    made: dict[str, DocumentCell] = {}
    for saved in cells.cells_now():
        if saved.id and saved.id not in deleted:
            owner_id = cells.identities.owner_id(saved.id)
            made[owner_id] = _document_cell(cells, owner_id, saved.source)
    for owner_id, known in cells.known.items():
        if owner_id not in made and not known.is_forgotten:
            made[owner_id] = _document_cell(cells, owner_id, known.cell.source)
    return list(made.values())


def lasting_error(cell: DocumentCell) -> str:
    """Say how a cell failed that would fail again: by its own text, or its endpoint.

    What else failed may well pass after Restart and Run All.
    """
    if is_of_the_moment(cell.error):
        return ""
    is_of_text = cell.source.lstrip().startswith(("%%template", "%%static"))
    is_lasting = is_of_text or cell.error.startswith("EndpointTakenError")
    return cell.error if is_lasting else ""


def headline(error: str) -> str:
    """Return the first line of an error's text: what happened."""
    return error.partition("\n")[0]


def is_of_the_moment(error: str) -> bool:
    """Say whether a person or the kernel ended a run, and not the cell."""
    return error.startswith(("KeyboardInterrupt", "SystemExit"))


def _document_cell(cells: LiveCells, cell_id: str, saved: str) -> DocumentCell:
    known = cells.known.get(cell_id)
    if known is None:
        return DocumentCell(cell_id, saved, None)
    is_shown = bool(cells.documents)  # then what is shown is newer than any run
    ran_since = not is_shown and known.save_at_run == cells.notebook.signature
    source = known.cell.source if ran_since else saved
    has_run = source.strip() == known.cell.source.strip()
    error = known.error if has_run else ""
    return DocumentCell(cell_id, source, known.cell.execution_count, error)
