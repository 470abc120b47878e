"""The exercises of a notebook: each is checked again as soon as a cell ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread
from typing import Any

from IPython.core.interactiveshell import (
    ExecutionInfo,
    InteractiveShell,
)
from IPython.display import DisplayHandle, display

from werkbook import live
from werkbook.exercises.checking import CheckLine, Progress, check_exercise
from werkbook.exercises.exercise import Exercise
from werkbook.exercises.workplace import Workplace
from werkbook.system import this_system

from ..config import get_options
from ..notebook.environment import has_front_end
from ..output.with_widget import WIDGET_TYPE, refer_to_widget
from .attempts import Attempts, find_attempts
from .shown import write_html, write_text

WAIT_S = 1.0
"""How long a cell's end waits for the checks, so that what is saved is of now.

An app that takes longer is checked in the background; no cell waits for it.
"""
FIRST_WAIT_S = 10.0
"""How long the cell of an exercise waits for its own checks: what it shows is saved."""
STOP_S = 0.3


@dataclass
class Posted:
    """An exercise that is shown under a cell."""

    exercise: Exercise
    owner: str = ""
    progress: Progress | None = None
    handle: DisplayHandle | None = None
    widget: Any = None
    bundle: dict[str, Any] = field(default_factory=dict)

    def show(self, progress: Progress) -> None:
        """Show how far the exercise is, where that has changed."""
        self.progress = progress
        if self.widget is not None and self.widget.comm is not None:
            self.widget.show(progress)
        bundle = _bundle(progress, self.widget)
        if self.handle is not None and bundle != self.bundle:
            self.handle.update(bundle, raw=True)  # type: ignore[no-untyped-call]
        self.bundle = bundle

    def wait(self) -> None:
        """Say that what is shown is of before, and being checked."""
        if self.widget is not None and self.widget.comm is not None:
            self.widget.is_checking = True


@dataclass
class _Round:
    """One time that the exercises are checked."""

    posted: list[tuple[Posted, Workplace]]
    is_stopped: Event = field(default_factory=Event)
    thread: Thread | None = None

    def check(self) -> Iterator[tuple[Posted, Progress]]:
        """Check one exercise after the other; what was stopped is left out."""
        for posted, place in self.posted:
            progress = check_exercise(
                posted.exercise, place, is_stopped=self.is_stopped.is_set
            )
            if not self.is_stopped.is_set():
                yield posted, progress


class Desk:
    """Checks the exercises it knows, as the cells of a shell run.

    Args:
        shell: The shell.
        attempts: What its cells said so far.
    """

    def __init__(self, shell: InteractiveShell, attempts: Attempts) -> None:
        """Prepare; `install` begins to listen."""
        self.shell = shell
        self.attempts = attempts
        self.posted: dict[str, Posted] = {}
        self._round: _Round | None = None
        self._is_unfinished = False
        """Whether a round was stopped, so that some card may be of before."""

    def install(self) -> None:
        """Listen."""
        self.shell.events.register("pre_run_cell", self.pre_run_cell)

    def uninstall(self) -> None:
        """Stop listening, and let go of the widgets."""
        self.stop()
        self.shell.events.unregister("pre_run_cell", self.pre_run_cell)
        for posted in self.posted.values():
            if posted.widget is not None:
                posted.widget.close()
        self.posted.clear()

    def post(self, exercise: Exercise) -> None:
        """Show an exercise under the running cell, checked as things are now."""
        chosen = exercise.language or get_options(self.shell).language
        exercise = replace(exercise, language=chosen)
        owner = live.current_owner()
        before = self.posted.get(exercise.name)
        posted = Posted(exercise, owner.id if owner is not None else "")
        self.posted[exercise.name] = posted
        self._forget_renamed(posted)
        posted.progress = _unchecked(exercise)
        self.check([posted], FIRST_WAIT_S)
        posted.widget = self._widget(posted.progress, before)
        posted.bundle = _bundle(posted.progress, posted.widget)
        posted.handle = display(  # type: ignore[no-untyped-call]  # IPython's
            posted.bundle, raw=True, display_id=True
        )

    def _forget_renamed(self, posted: Posted) -> None:
        """Drop the exercise that this cell showed before under another name."""
        for name, other in list(self.posted.items()):
            if other is not posted and other.owner == posted.owner != "":
                del self.posted[name]

    def _widget(self, progress: Progress, before: Posted | None) -> Any:
        """Make the widget, or go on with that of the cell's run before."""
        if not has_front_end(self.shell):
            return None
        widget = before.widget if before is not None else None
        if widget is not None and widget.comm is not None:
            widget.show(progress)
            return widget
        try:
            from .widget import ExerciseWidget  # anywidget is optional
        except ImportError:
            return None
        return ExerciseWidget(progress, getattr(self.shell, "kernel", None))

    def pre_run_cell(self, info: ExecutionInfo) -> None:
        """End the checks that still run: what they check changes now."""
        self.stop()

    def check_again(self, can_have_changed: bool) -> None:
        """Check all exercises again, where the cell may have changed the app."""
        has_changed = can_have_changed or self._is_unfinished
        present = self._present() if has_changed else []
        if present:
            self.check(present, WAIT_S)

    def _present(self) -> list[Posted]:
        """Return the exercises whose cells the notebook still holds."""
        posted = self.posted.values()
        return [one for one in posted if not self.attempts.is_gone(one.owner)]

    def check(self, posted: list[Posted], wait_s: float) -> None:
        """Check some exercises; wait a moment for it, then go on without."""
        pairs = [(one, self.attempts.workplace(one.exercise.app)) for one in posted]
        self._round = this = _Round(pairs)
        self._is_unfinished &= len(posted) < len(self._present())
        if not this_system().has_threads:
            self._show(this.check())
            return
        found: dict[int, Progress] = {}
        is_late, lock = Event(), Lock()

        def run() -> None:
            for one, progress in this.check():
                with lock:
                    found[id(one)] = progress
                    is_here = not is_late.is_set()
                if not is_here and not this.is_stopped.is_set():
                    one.show(progress)

        this.thread = Thread(target=run, name="werkbook-exercises", daemon=True)
        this.thread.start()
        this.thread.join(wait_s)
        with lock:
            is_late.set()
            for one in posted:
                if id(one) not in found:
                    one.wait()
            in_time = [(one, found[id(one)]) for one in posted if id(one) in found]
        self._show(in_time)

    def stop(self) -> None:
        """Let the checks that still run end after the request they are at."""
        this = self._round
        if this is not None and this.thread is not None and this.thread.is_alive():
            this.is_stopped.set()
            self._is_unfinished = True
            this.thread.join(STOP_S)

    def _show(self, results: Iterable[tuple[Posted, Progress]]) -> None:
        for posted, progress in results:
            posted.show(progress)


def _unchecked(exercise: Exercise) -> Progress:
    return Progress(exercise, tuple(CheckLine(check) for check in exercise.checks))


def _bundle(progress: Progress, widget: Any) -> dict[str, Any]:
    bundle: dict[str, Any] = {
        "text/plain": write_text(progress),
        "text/html": write_html(progress),
    }
    if widget is not None:
        bundle[WIDGET_TYPE] = refer_to_widget(widget)
    return bundle


def open_desk(shell: InteractiveShell) -> Desk | None:
    """Return the desk of a shell, made now if need be; None without Werkbook."""
    attempts = find_attempts(shell)
    if attempts is None:
        return None
    if isinstance(attempts.desk, Desk):
        return attempts.desk
    attempts.desk = desk = Desk(shell, attempts)
    desk.install()
    return desk
