"""Which cell runs: its lasting identity, and what the front end says of others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

from werkbook.registrations.owners import Owner


@dataclass(frozen=True)
class CellRun:
    """One run of a cell, as the front end asked for it.

    Attributes:
        session: Which view of which document asked; consoles and further notebooks
            on the same kernel have others. Empty in a terminal.
    """

    owner: Owner
    source: str
    execution_count: int
    deleted_ids: tuple[str, ...] = ()
    session: str = ""


def identify_run(info: ExecutionInfo, shell: InteractiveShell) -> CellRun:
    """Identify the cell that is about to run.

    A notebook's front end names its cells; a terminal, nbclient and nbval don't, and
    there the source stands for the cell, which is approximate: an edited cell is
    another cell.

    Args:
        info: What IPython passes to `pre_run_cell`.
        shell: The shell that runs it.
    """
    metadata = _request_metadata(info, shell)
    count = shell.execution_count - bool(info.store_history)
    source = info.raw_cell or ""
    cell_id = getattr(info, "cell_id", None) or metadata.get("cellId")
    return CellRun(
        owner=_owner(cell_id, source, count),
        source=source,
        execution_count=count,
        deleted_ids=_deleted_ids(metadata),
        session=_header_text(shell, "session") or "",
    )


def first_line(source: str) -> str:
    """Return a cell's first line that says something, to name the cell by.

    Execution counts change with every run; what is saved must not.
    """
    lines = (line.strip() for line in source.splitlines())
    line = next((line for line in lines if line and not line.startswith("#")), "")
    return line if len(line) <= 60 else f"{line[:57]}..."


def _owner(cell_id: Any, source: str, count: int) -> Owner:
    label = f"In[{count}]"
    if isinstance(cell_id, str) and cell_id:
        return Owner(cell_id, label)
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return Owner(f"source-{digest[:20]}", label, is_approximate=True)


def _request_metadata(
    info: ExecutionInfo, shell: InteractiveShell
) -> Mapping[str, Any]:
    metadata = getattr(info, "cell_meta", None)
    if metadata is None:
        # Older IPython drops the metadata; ipykernel's shell still has the message.
        metadata = _parent(shell).get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def request_id(shell: InteractiveShell) -> str | None:
    """Return the id of the front end's request that is served; None in a terminal."""
    return _header_text(shell, "msg_id")


def _header_text(shell: InteractiveShell, name: str) -> str | None:
    header = _parent(shell).get("header")
    found = header.get(name) if isinstance(header, Mapping) else None
    return found if isinstance(found, str) else None


def current_run(shell: InteractiveShell) -> Any:
    """Return what differs for each run of a cell: the request's id, or the count."""
    return request_id(shell) or shell.execution_count


def _parent(shell: InteractiveShell) -> Mapping[str, Any]:
    # ipykernel's shell has the message that is served; Pyodide's kernel has it itself.
    for one in (shell, getattr(shell, "kernel", None)):
        get_parent = getattr(one, "get_parent", None)
        parent = get_parent() if get_parent is not None else None
        if isinstance(parent, Mapping) and parent:
            return parent
    return {}


def _deleted_ids(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    deleted = metadata.get("deletedCells")
    if not isinstance(deleted, list | tuple):
        return ()
    return tuple(cell_id for cell_id in deleted if isinstance(cell_id, str))
