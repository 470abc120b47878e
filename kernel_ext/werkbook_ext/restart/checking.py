"""Would Restart and Run All give the app that is live now? Each difference is named.

The exporter makes a file of the notebook's cells, a new process describes the
app of that file, and the description is compared with that of the live app.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from werkbook import live
from werkbook.app import App
from werkbook.errors import WerkbookError
from werkbook.export import Cell, Export, export
from werkbook.export.interpreter import SeparateState
from werkbook.export.notebook_folder import options_for
from werkbook.frameworks.descriptions import name_registration
from werkbook.registrations.ledger import ledger, outside_run
from werkbook.system import this_system

from ..magic_cells.shadowing import assigned_names
from ..notebook.apps import list_rules, name_app, named_apps
from ..notebook.cells import first_line
from ..notebook.documents.restart_order import (
    DocumentCell,
    headline,
    is_of_the_moment,
    lasting_error,
    read_document,
)
from ..notebook.live_cells import LiveCells, find_live_cells
from . import descriptions
from .descriptions import (
    Description,
    describe,
    describe_file,
    modules_in_notebook,
)

TIMEOUT_S = 60
WARNING = re.compile(r"\S+:\d+: \w*Warning: ")
HOOK_PLACE = re.compile(r" \d+(?: of \S+)?:")
"""What `before_request 2 of admin: hook` says beside the hook's kind and name."""
FRAME = re.compile(r'File "([^"]+)", line (\d+)')
RUN = f"import runpy; runpy.run_path({descriptions.__file__!r}, run_name='__main__')"


class CheckError(WerkbookError, RuntimeError):
    """The notebook's registrations cannot be replayed."""


@dataclass(frozen=True)
class AppDifference:
    """One thing that the live app and a fresh one do not share.

    Attributes:
        thing: What it is: `GET /hello -> hello`.
        problem: How the two differ.
        cell: Words that name the cell that is why; empty when it is not known.
        cell_id: Its id, where it has one.
    """

    thing: str
    problem: str
    cell: str = ""
    cell_id: str = ""

    def __str__(self) -> str:
        because = f" ({self.cell})" if self.cell else ""
        return f"{self.thing}: {self.problem}{because}"


def compare_with_restart(
    shell: InteractiveShell, app: Any, name: str | None = None
) -> list[AppDifference]:
    """Compare the live app with one that the notebook's cells make afresh.

    Args:
        shell: The shell with the notebook's cells.
        app: A live app of its namespace.
        name: What the notebook calls it; None for whichever of its names a cell binds.

    Raises:
        CheckError: The cells do not make an app at all.
    """
    cells = find_live_cells(shell)
    if cells is None:
        raise UsageError("%check: %load_ext werkbook first")
    document = read_document(cells)
    made = _exported(document, name or _bound_name(shell, app, document), cells)
    static_paths = sorted(live.notebook.static)
    fresh = _describe_fresh(made, static_paths, cells.notebook.path)
    with outside_run():  # an app is made to compare with, which the cell must not own
        now = describe(app, static_paths)
    finder = CauseFinder(cells, app, document)
    found = _differences(now, fresh, finder)
    if found:
        # A random key or a time differs between any two runs: that is no difference.
        again = _describe_fresh(made, static_paths, cells.notebook.path)
        found = [one for one in found if fresh.get(one.thing) == again.get(one.thing)]
    return sorted(found, key=str)


def unplaced_lines(shell: InteractiveShell) -> list[str]:
    """Say which cells ran without an id and are in no save yet; [] where all are known.

    Front ends and agents that send no ids leave it open whether such a run is a new
    cell, or an edited one whose earlier run is still there. The next save tells. In a
    terminal there is no notebook that could.
    """
    cells = find_live_cells(shell)
    if cells is None:
        return []
    cells.follow_save()
    if not cells.documents and cells.notebook.path is None:
        return []
    return [
        f"Can't know whether the notebook has {cells.name_cell(owner_id)}: it ran "
        "without an id, and the newest save does not hold it. Save the notebook."
        for owner_id, known in cells.known.items()
        if known.cell.owner.is_approximate and not known.is_forgotten
        if live.list_registrations(owner_id) or assigned_names(known.cell.source)
    ]


def deleted_lines(shell: InteractiveShell) -> list[str]:
    """Say which cells count as deleted: for the kernel cut and paste looks the same."""
    cells = find_live_cells(shell)
    if cells is None:
        return []
    return [
        f"Left out, as deleted since the notebook was saved: {cells.name_cell(one)}."
        " If it is there again, save the notebook."
        for one in cells.deleted_since_save()
        if (known := cells.find_known(one)) is not None
        if ledger.parked.get(known.cell.owner.id) or assigned_names(known.cell.source)
    ]


def failed_lines(shell: InteractiveShell) -> list[str]:
    """Say which cells failed when they last ran, as they stand: Run All stops there."""
    cells = find_live_cells(shell)
    if cells is None:
        return []
    return [
        f"Run All stops where a cell fails, as {cells.name_cell(cell.id)} did when it"
        f" last ran: {headline(cell.error)}"
        for cell in read_document(cells)
        if cell.error and not is_of_the_moment(cell.error)
    ]


def _bound_name(shell: InteractiveShell, app: Any, document: list[DocumentCell]) -> str:
    """Choose a name of the app that one of the notebook's cells still binds."""
    names = [name for name, value in named_apps(shell) if value is app]
    bound = [
        name
        for name in names
        if any(name in assigned_names(cell.source) for cell in document)
    ]
    return (bound or names or [name_app(shell, app)])[0]


def _exported(document: list[DocumentCell], name: str, cells: LiveCells) -> Export:
    made = [
        Cell(cell.id, cell.source, "code", cell.execution_count, lasting_error(cell))
        for cell in document
    ]
    path = cells.notebook.path
    folder = path.parent if path is not None else Path.cwd()
    title = path.name if path is not None else "notebook.ipynb"
    options = options_for(folder, title, target="werkbook", app=name)
    try:
        return export(made, options)
    except WerkbookError as error:
        raise CheckError(
            "The notebook's cells do not make an app.",
            why=str(error).replace("\n", "\n       "),
            fix="add a cell with app = App(), and run %check again.",
        ) from error


def _describe_fresh(
    made: Export, static_paths: list[str], notebook: Path | None
) -> Description:
    if not this_system().has_processes:
        return _describe_here(made, static_paths, notebook)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "app.py")
        path.write_text(made.source, "utf-8")
        told = [str(path), made.app, modules_in_notebook(), *static_paths]
        done = subprocess.run(
            [sys.executable, "-c", RUN, *told],
            capture_output=True,
            check=False,
            cwd=notebook.parent if notebook is not None else None,
            encoding="utf-8",
            # The other process can import what this one can.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            timeout=TIMEOUT_S,
        )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise _failing(done.stderr, made, path)
    description: Description = json.loads(lines[-1])
    return description


def _describe_here(
    made: Export, static_paths: list[str], notebook: Path | None
) -> Description:
    """Describe the fresh app in a state of its own: where no process can start."""
    folder = notebook.parent if notebook is not None else Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "app.py")
        path.write_text(made.source, "utf-8")
        try:
            with SeparateState(folder).turn():
                return describe_file(str(path), made.app, static_paths)
        except Exception as error:
            text = "".join(traceback.format_exception(error))
            raise _failing(text, made, path) from error


def _failing(text: str, made: Export, path: Path) -> CheckError:
    """Make the error of a fresh app that fails, which names the cell where it can.

    Args:
        text: The traceback.
        made: The file of the notebook's cells.
        path: Where that file stands.
    """
    called = FRAME.findall(text)
    lines = [int(line) for name, line in reversed(called) if name == str(path)]
    place = next(filter(None, map(made.find_place, lines)), "")
    if place.startswith("In["):  # as tracebacks name it
        place = f"Cell {place}"
    return CheckError(
        f"The notebook's cells fail when they run from the top{place and ': '}{place}.",
        why=_last_error(text),
        fix="mend that cell, or delete it."
        if place
        else "Restart and Run All shows which cell it is.",
    )


def _last_error(text: str) -> str:
    """Return the first line of the exception that a traceback ends with."""
    lines = [
        line
        for line in text.splitlines()
        if line.strip() and line[0] != " " and not WARNING.match(line)
    ]
    if not lines:
        return "it ended without a word"
    return re.sub(r"^(?:\w+\.)+(?=\w+(?:: |$))", "", lines[-1])  # the error's module


def _differences(
    now: Description, fresh: Description, finder: CauseFinder
) -> list[AppDifference]:
    found = []
    for thing in now.keys() | fresh.keys():
        if now.get(thing) == fresh.get(thing):
            continue
        if thing not in fresh:
            problem = "only the live app has it"
        elif thing not in now:
            problem = "the live app lacks it"
        else:
            problem = "it is another one in the live app"
        cell, cell_id = finder.explain(thing), finder.find_id(thing)
        found.append(AppDifference(thing, problem, cell, cell_id))
    return found


class CauseFinder:
    """Finds the cell that is why something differs."""

    def __init__(
        self, cells: LiveCells, app: Any, document: list[DocumentCell]
    ) -> None:
        self.cells = cells
        self.document = {cell.id: cell.source for cell in document}
        self.owners = dict(_owners(app))

    def explain(self, thing: str) -> str:
        """Name the cell behind a thing, and what is the matter with the cell."""
        owner_id = self._find_owner(thing)
        if owner_id is None:
            skipped = self._find_skipped(thing)
            return self._explain_skipped(skipped) if skipped else ""
        known = self.cells.known.get(owner_id)
        if known is None:
            return self.cells.name_cell(owner_id)
        name = self.cells.name_cell(owner_id)
        if owner_id not in self.document:
            return f"{name} is no longer in the notebook"
        if self.document[owner_id].strip() != known.cell.source.strip():
            return f"{name} was edited since it ran"
        return f"{name} failed: {headline(known.error)}" if known.error else name

    def find_id(self, thing: str) -> str:
        """Return the id of the cell behind a thing; "" where it has none."""
        owner_id = self._find_owner(thing) or self._find_skipped(thing)
        known = self.cells.known.get(owner_id)
        is_named = known is None or not known.cell.owner.is_approximate
        return owner_id if is_named else ""

    def _find_owner(self, thing: str) -> str | None:
        # Of two rules in an order it is the first one's.
        plain = HOOK_PLACE.sub(":", thing.partition(" before ")[0])
        return self.owners.get(plain) or self._find_definer(thing)

    def _find_definer(self, thing: str) -> str | None:
        """Find the cell that ran last of those that bind a global name."""
        kind, _, name = thing.rpartition(" ")
        if kind != "name":
            return None
        definers = [
            (known.cell.execution_count, owner_id)
            for owner_id, known in self.cells.known.items()
            if name in assigned_names(known.cell.source)
        ]
        return max(definers)[1] if definers else None

    def _find_skipped(self, thing: str) -> str:
        """Return the id of the cell that says a thing and did not run to its end."""
        words = [word for word in thing.replace(",", " ").split() if len(word) > 2]
        for cell_id, source in self.document.items():
            known = self.cells.known.get(cell_id)
            is_skipped = known is None or known.error
            if words and words[-1] in source and is_skipped:
                return cell_id
        return ""

    def _explain_skipped(self, cell_id: str) -> str:
        line = first_line(self.document[cell_id])
        known = self.cells.known.get(cell_id)
        if known is None:
            return f"the cell {line!r} did not run"
        return f"the cell {line!r} failed: {headline(known.error)}"


def _owners(app: Any) -> list[tuple[str, str]]:
    """Return what live registrations describe, each with the id of its owner."""
    found: list[tuple[str, Any]] = []
    for info in list_rules(app):
        methods = sorted(set(info.methods) - {"HEAD", "OPTIONS"})
        line = f"{', '.join(methods)} {info.rule} -> {info.endpoint}"
        found.append((line, info.owner))
    for owner in live.owners():
        for item in live.list_registrations(owner.id):
            if item.kind in ("template", "config", "template_filter"):
                found.append((f"{item.kind.replace('_', ' ')} {item.key}", owner))
            if not isinstance(item.key, str):
                name = getattr(item.value, "__name__", "")
                found.append((f"{item.kind}: {name}", owner))
            if item.kind == "static":
                found.append((f"static file {item.key}", owner))
            if not isinstance(app, App):
                name = name_registration(item.kind, item.key, item.value)
                found.append((name, owner))
    return [(thing, owner.id) for thing, owner in found if owner is not None]
