"""Ties the runs of cells to the live app: begin, commit, roll back, forget, recall."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from IPython.core.interactiveshell import (
    ExecutionInfo,
    ExecutionResult,
    InteractiveShell,
)

from werkbook import live

from ..config import Werkbook, get_options
from . import autoreload
from .cells import CellRun, identify_run, request_id
from .documents.open_documents import Documents
from .documents.saved import SavedCell, SavedNotebook, find_notebook
from .failures import FailureWatch
from .identities import Identities, find_holder
from .known_cells import KnownCell, KnownCells
from .runs import Execution, RunEnd, error_text, executed_code


class LiveCells:
    """Listens to IPython's events for one shell.

    A thread runs one cell at a time; the kernel's subshells run theirs beside it.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        """Prepare; `install` begins to listen."""
        self.shell = shell
        self.options: Werkbook = get_options(shell)
        self.notebook = SavedNotebook(find_notebook(shell))
        self.documents = Documents()
        self.identities = Identities()
        self.known = KnownCells()
        self.last_cell: CellRun | None = None
        self.last_edit_s = -math.inf
        """When a cell last ran with another source than before (`time.monotonic`)."""
        self._were_saved: set[str] = set()
        self._sessions: set[str] = set()
        self._hinted: set[str] = set()
        """Cells that are gone by the front end's hint alone; a save may correct it."""
        self._has_unfollowed_save = False
        self._looking = threading.Lock()
        self._following = threading.RLock()
        self._running: set[str] = set()
        self._local = threading.local()
        self._failures = FailureWatch(shell, self._note_failure)
        self._listeners: list[Callable[[RunEnd], None]] = []

    def subscribe(self, listener: Callable[[RunEnd], None]) -> None:
        """Tell a listener when a cell's run has ended, while it is still that cell's.

        Args:
            listener: Called in the thread that ran the cell.
        """
        self._listeners.append(listener)

    def install(self) -> None:
        """Listen, and adopt the cell that is running: the one that loads us."""
        # Each hook is there twice: IPython goes on with the next one where an interrupt
        # ends one, and the second does what the first did not.
        self.shell.events.register("pre_run_cell", self.pre_run_cell)
        self.shell.events.register("pre_run_cell", self.make_sure_of_run)
        self.shell.events.register("post_run_cell", self.post_run_cell)
        self.shell.events.register("post_run_cell", self.make_sure_of_end)
        self._failures.install()
        autoreload.watch()
        self.notebook.refresh()
        running = getattr(self.shell.displayhook, "exec_result", None)
        if running is not None and running.info is not None:
            self.pre_run_cell(running.info)

    def uninstall(self) -> None:
        """Stop listening; the run that is open ends here."""
        self.shell.events.unregister("pre_run_cell", self.pre_run_cell)
        self.shell.events.unregister("pre_run_cell", self.make_sure_of_run)
        self.shell.events.unregister("post_run_cell", self.post_run_cell)
        self.shell.events.unregister("post_run_cell", self.make_sure_of_end)
        self._failures.uninstall()
        autoreload.unwatch()
        live.before_requests(None)
        execution = self._execution
        if execution is not None:
            self._execution = None
            live.commit(execution.run)

    @property
    def _execution(self) -> Execution | None:
        return getattr(self._local, "execution", None)

    @_execution.setter
    def _execution(self, execution: Execution | None) -> None:
        self._local.execution = execution

    def pre_run_cell(self, info: ExecutionInfo) -> None:
        """Open the run of the outermost cell; count the nested ones."""
        execution = self._execution
        request = request_id(self.shell)
        if execution is not None and execution.request == request:
            execution.infos.append(info)
            return
        if execution is not None:
            # That cell was interrupted: IPython does not tell of every interrupt.
            self._execution = None
            execution.has_failed = True
            self._end(execution, is_interrupted=True)
        autoreload.watch()
        cell = self._identified(identify_run(info, self.shell))
        self._running.add(cell.owner.id)
        self._follow_notebook(cell)
        self.last_cell = cell
        before = self.known.get(cell.owner.id)
        if before is not None and before.cell.source != cell.source:
            self.last_edit_s = time.monotonic()
        self.known[cell.owner.id] = KnownCell(cell, self.notebook.signature)
        if cell.owner.is_approximate:
            self.known.drop_oldest_unnamed()
        code = executed_code(info)
        run = live.begin(cell.owner, code)
        try:
            self._execution = Execution(run, [info], request)
        except BaseException:  # an interrupt: nobody would end that run
            live.roll_back(run)
            raise

    def make_sure_of_run(self, info: ExecutionInfo) -> None:
        """Open the run that an interrupt kept `pre_run_cell` from opening."""
        execution = self._execution
        if execution is None or info not in execution.infos:
            self.pre_run_cell(info)

    def make_sure_of_end(self, result: ExecutionResult | None) -> None:
        """Close the run that an interrupt kept `post_run_cell` from closing."""
        info = getattr(result, "info", None)
        execution = self._execution
        if execution is None:
            return
        if not execution.infos:
            self._execution = None
            if not execution.has_ended:
                self._end(execution)
        elif info is not None and info in execution.infos:
            self.post_run_cell(result)

    def post_run_cell(self, result: ExecutionResult | None) -> None:
        """Close the run: commit what succeeded, roll back what failed.

        IPython passes None for an interrupted asynchronous cell, and tells of the end
        of an empty cell whose beginning it did not tell.
        """
        execution = self._execution
        if execution is None:
            return
        is_outermost = execution.leave(result)
        if result is None or not result.success:
            execution.has_failed = True
        known = self.known.get(execution.run.owner.id)
        if is_outermost and known is not None and result is not None:
            known.error = error_text(result)
        if is_outermost:
            self._end(execution)
            # Last: `make_sure_of_end` looks whether this is done.
            self._execution = None

    def mark_announced(self, line: str) -> None:
        """Keep a line that a magic showed itself from being shown again."""
        if self._execution is not None:
            self._execution.announced.add(line)

    def name_cell(self, owner_id: str) -> str:
        """Name a cell in words that are the same in every session."""
        return self.known.name(owner_id)

    def was_edited(self, owner_id: str) -> bool:
        """Say whether the notebook holds another source than the cell last ran.

        The notebook is what pages show; where no page tells, the newest save.
        """
        known = self.known.get(owner_id)
        if known is None:
            return False
        if not self.documents and known.save_at_run == self.notebook.signature:
            return False  # what ran is newer than the save
        return any(
            self.identities.owner_id(cell.id) == owner_id
            and cell.source.strip() != known.cell.source.strip()
            for cell in self.cells_now()
        )

    def cells_now(self) -> list[SavedCell]:
        """Return the notebook's code cells: as pages show them, else as saved."""
        return self.documents.cells() if self.documents else list(self.notebook.cells)

    def follow_documents(self) -> None:
        """Do at once what a page's change of its notebook means for the apps (L3)."""
        with self._following:
            if self.documents:
                self._unite_unnamed(self.documents.cells())
                self._forget_what_is_not_shown()

    def _forget_what_is_not_shown(self) -> None:
        with self._following:
            cells = self.documents.cells()
            held = {self.identities.owner_id(cell.id) for cell in cells}
            for owner_id, known in list(self.known.items()):
                if owner_id in held:
                    self.known.recall(owner_id)
                elif owner_id not in self._running and self._is_shown(known.cell):
                    self.known.forget(owner_id)

    def is_deleted(self, owner_id: str) -> bool:
        """Say whether pages show where a cell would be, and not the cell."""
        known = self.known.get(owner_id)
        if known is None or not self._is_shown(known.cell):
            return False
        return owner_id not in map(self.identities.owner_id, self.documents.cell_ids())

    def follow_save(self) -> None:
        """Read a save that was made while the cell runs, if there is one."""
        if self.notebook.refresh() and self.last_cell is not None:
            self._compare_with_save(self.last_cell)

    def follow_closing(self) -> None:
        """Have back what the newest save holds, where no page shows the notebook.

        Cells that no save had yet stay: a page that is loaded again tells this, too.
        """
        self.follow_save()
        for cell_id in self.deleted_since_save():
            self.known.recall(self.identities.owner_id(cell_id))

    def deleted_since_save(self) -> list[str]:
        """Return the ids that the front end told of and the newest save still has."""
        if self.documents:
            return []
        return [
            saved.id
            for saved in self.notebook.cells
            if (known := self.find_known(saved.id)) is not None and known.is_forgotten
        ]

    def find_known(self, cell_id: str) -> KnownCell | None:
        """Return what is remembered of a cell of the notebook."""
        return self.known.get(self.identities.owner_id(cell_id))

    def _note_failure(self) -> None:
        execution = self._execution
        if execution is not None:
            execution.has_failed = True

    def _end(self, execution: Execution, *, is_interrupted: bool = False) -> None:
        """Commit a run or roll it back, and tell those who listen."""
        run, has_failed = execution.run, execution.has_failed
        changes = live.roll_back(run) if has_failed else live.commit(run)
        execution.has_ended = True
        end = RunEnd(run, changes, has_failed, is_interrupted, execution.announced)
        self._running.discard(run.owner.id)
        if self.documents:  # the cell may have been deleted while it ran
            self._forget_what_is_not_shown()
        for listener in self._listeners:
            listener(end)

    def _identified(self, cell: CellRun) -> CellRun:
        """Give a run the owner of the notebook's cell that it is a run of."""
        owner = self.identities.find_owner(cell.owner)
        if cell.owner.is_approximate:
            self._has_unfollowed_save |= self.notebook.refresh()
            owner = self.identities.found(owner, cell.source, self.cells_now())
        return cell if owner is cell.owner else replace(cell, owner=owner)

    def _unite_unnamed(self, cells: list[SavedCell]) -> None:
        """Find the cells of which runs without an id were runs; drop other runs."""
        for owner_id, known in list(self.known.items()):
            if not known.cell.owner.is_approximate or owner_id in self._running:
                continue
            cell_id = find_holder(known.cell.source, cells)
            if cell_id is None:
                self.known.forget(owner_id)
            elif before := self.identities.unite(cell_id, known.cell.owner):
                self.known.forget(before)
                self.known.pop(before, None)

    def _is_shown(self, cell: CellRun) -> bool:
        """Say whether a page's notebook is where a cell would be."""
        if not self.documents or cell.owner.is_approximate:
            return False
        is_of_page = cell.session in self.documents.sessions
        was_seen = self.documents.was_seen(cell.owner.id)
        return is_of_page or was_seen or self.identities.is_united(cell.owner.id)

    def _follow_notebook(self, cell: CellRun) -> None:
        """Forget what the notebook no longer holds; recall what came back (L3)."""
        if self.documents:
            self.follow_documents()
            if cell.owner.id in self.known:
                self.known.recall(cell.owner.id)
            return
        moved: set[str] = set()
        if self.notebook.refresh(cell.owner.id) or self._has_unfollowed_save:
            self._has_unfollowed_save = False
            self._compare_with_save(cell)
            moved = self.notebook.moved(cell.deleted_ids)
        # After the save: it may be older than the deletion. A cell that stands there
        # elsewhere than before was cut and pasted; the front end names that one, too.
        for owner_id in cell.deleted_ids:
            if owner_id not in moved:
                self.known.forget(owner_id, unless=cell)
                self._doubt(owner_id)
        known = self.known.get(cell.owner.id)
        if known is not None and known.is_forgotten:
            self.known.recall(cell.owner.id)

    def _doubt(self, owner_id: str) -> None:
        """Watch for a save that still holds a cell whose deletion was only hinted."""
        known = self.known.get(owner_id)
        if known is not None and known.is_forgotten and self.notebook.path is not None:
            self._hinted.add(owner_id)
            live.before_requests(self._look_at_save)

    def _look_at_save(self) -> None:
        """Bring cells back that a newer save still has: they were not deleted."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if self.notebook.refresh():
                self._has_unfollowed_save = True
                for owner_id in self._hinted & self._saved_ids():
                    self.known.recall(owner_id)
                self._trust_hints()
        finally:
            self._looking.release()

    def _saved_ids(self) -> set[str]:
        return {self.identities.owner_id(cell.id) for cell in self.notebook.cells}

    def _trust_hints(self) -> None:
        """Note that a save, which is newer than all hints, has been read."""
        self._hinted.clear()
        live.before_requests(None)

    def _compare_with_save(self, running: CellRun) -> None:
        if self.documents:
            return  # pages show what is newer than any save
        if self._is_of_this_notebook():
            self._unite_unnamed(list(self.notebook.cells))
        saved_ids = self._saved_ids()
        # A save that holds none of the cells that ran is of another notebook, or
        # of a front end (VS Code) whose ids in the file are not those it sends.
        if not saved_ids & self.known.keys():
            return
        self._were_saved |= saved_ids
        cells = [running, *(known.cell for known in self.known.values())]
        self._sessions |= {cell.session for cell in cells if cell.owner.id in saved_ids}
        self._trust_hints()
        for owner_id, known in list(self.known.items()):
            if owner_id in saved_ids:
                self.known.recall(owner_id)
            elif self._is_notebook_cell(known.cell):
                self.known.forget(owner_id, unless=running)

    def _is_of_this_notebook(self) -> bool:
        """Say whether the save holds something that ran here.

        A kernel that another one starts is told of the other one's notebook.
        """
        ids = self._saved_ids()
        sources = {saved.source.rstrip() for saved in self.notebook.cells}
        return any(
            owner_id in ids or known.cell.source.rstrip() in sources
            for owner_id, known in self.known.items()
        )

    def _is_notebook_cell(self, cell: CellRun) -> bool:
        """Say whether the notebook's file is where a cell would be saved.

        A console or another notebook on the same kernel has cells with ids, too, but
        none of its session's cells is ever saved here.
        """
        if cell.owner.is_approximate:
            return False
        return cell.session in self._sessions or cell.owner.id in self._were_saved


def find_live_cells(shell: Any) -> LiveCells | None:
    """Return the listener of a shell, when the extension is loaded there."""
    for callback in shell.events.callbacks["post_run_cell"]:
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, LiveCells):
            return owner
    return None
