"""The ledger of registrations, and the runs of cells that replace them.

Everything an app knows is a registration: kind, key, value, owners. Containers hold
them; the ledger indexes those that have an owner, and carries out what a run of a cell,
its failure or its deletion means for them. While a cell runs, what it registered before
is marked as previous. Requests still see it, overlaid by what the run registers; the
cell's own code does not see it; what the run did not repeat goes when the run ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .changes import Changes, Takeover
from .container_groups import end_runs, find_containers, group_by_container, touch
from .owners import Owner, current_owners, set_owners, slots
from .registration import Container, Registration, find_causes


class Run:
    """One run of a cell, from `Ledger.begin` to `commit` or `roll_back`."""

    def __init__(self, owner: Owner, previous: list[Registration]) -> None:
        self.owner = owner
        self.owners = (owner,)
        self.previous = previous
        self.added: dict[Registration, None] = {}
        self.renewed: dict[Registration, Any] = {}  # with the value before
        self.dropped: list[Registration] = []
        self.depth = 1
        self.is_first = False
        self.constructed: dict[str, int] = {}
        self.module_changes: list[Changes] = []
        self.source = ""
        self.bound_names: dict[int, str] | None = None
        self.undoing: list[Callable[[], object]] = []

    def renew(self, registration: Registration, value: Any) -> None:
        """Let a registration of the cell's previous run go on, with a new value.

        The cell says again what it said before, so that container and index keep it
        where it is: a cell of thousands of rules has nothing to take out and put in.

        Args:
            registration: One that `can_go_on`, where this is the `renewing_run`.
            value: Its value from now on.
        """
        # First: what is noted here, a failed run puts back.
        self.renewed[registration] = registration.save()
        self.added[registration] = None
        registration.renew(value, self.owners)

    def commit(self) -> Changes:
        """Let the run's registrations replace those of the run before.

        A nested run commits with its outermost one.
        """
        return ledger.end(self, succeeded=True)

    def roll_back(self) -> Changes:
        """Leave everything the cell owned as it was before the run."""
        return ledger.end(self, succeeded=False)


_run: ContextVar[Run | None] = ContextVar("werkbook_run", default=None)


class Ledger:
    """All owned registrations of this process, by owner.

    Every change of a container happens under `lock`, as does the compiling of a
    snapshot, so that no request sees half of a change.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.slots = slots
        self.run: Run | None = None
        self.inner: list[Run] = []
        self.owners: dict[str, Owner] = {}
        self.by_owner: dict[str, dict[Registration, None]] = {}
        self.parked: dict[str, list[Registration]] = {}
        self.gone: set[str] = set()
        self.constructed: dict[str, dict[str, int]] = {}
        """How many apps and blueprints an owner's last good run made, by family."""
        self.changes = 0
        """Rises when a run ends, and when a cell goes or comes back."""
        self.is_live = False
        self.front_end: Any = None
        self.before_request: Callable[[], None] | None = None
        """Called before each request, to look for changes that no run brings."""

    def index(self, registration: Registration) -> None:
        """Index a registration that a container is about to take in."""
        owners = registration.owners
        for run in self.runs():
            if run.owner in owners:
                run.added[registration] = None
        for owner in owners:
            owned = self.by_owner.get(owner.id)
            if owned is None:
                owned = self.by_owner[owner.id] = {}
            owned[registration] = None

    def unindex(self, *registrations: Registration) -> None:
        """Forget registrations that their container has just dropped."""
        runs = self.runs()
        for registration in registrations:
            for owner in registration.owners:
                owned = self.by_owner.get(owner.id)
                if owned is not None:
                    owned.pop(registration, None)
                    if not owned:
                        del self.by_owner[owner.id]
            for run in runs:
                run.added.pop(registration, None)

    def runs(self) -> list[Run]:
        """Return the runs under way: the cell's, then those of modules it imports."""
        return [] if self.run is None else [self.run, *self.inner]

    def begin(self, owner: Owner, source: str = "") -> Run:
        """Begin the run of a cell; inside another one, count it as part of that.

        Args:
            owner: The cell.
            source: Its code, to find the name that a new app will be bound to.
        """
        with self.lock:
            if self.run is not None:
                self.run.depth += 1
                return self.run
            try:
                run = self.run = self._new_run(owner)
                run.source = source
                _run.set(run)
                set_owners((owner,))
            except BaseException:  # an interrupt, no memory: half a beginning is none
                self._take_back(owner)
                raise
        return run

    def _take_back(self, owner: Owner) -> None:
        """Leave all as it was before a run that could not begin."""
        self.run = None
        _leave_run()
        owned = list(self.by_owner.get(owner.id, ()))
        for registration in owned:
            registration.is_previous = False
        for container in find_containers(owned):
            container.join()
            container.settle()
        touch(find_containers(owned))

    def begin_module(self, owner: Owner) -> Run:
        """Begin to execute a module that the running cell imports or reloads."""
        with self.lock:
            # The hooks of a module run before those of the cell that imports it.
            outer = self.slots.find((self.runs()[-1].owner,))
            self.slots.setdefault(owner.id, outer - 0.5)
            run = self._new_run(owner)
            self.inner.append(run)
            return run

    def _new_run(self, owner: Owner) -> Run:
        is_first = owner.id not in self.slots
        self.slots.find((owner,))
        self.owners[owner.id] = owner
        # A deleted cell that runs is back: its deletion was undone.
        self.recall(owner.id)
        previous = list(self.by_owner.get(owner.id, ()))
        for registration in previous:
            registration.is_previous = True
        for container in find_containers(previous):
            container.divide()
        run = Run(owner, previous)
        run.is_first = is_first
        return run

    def end(self, run: Run, *, succeeded: bool) -> Changes:
        """End a run; see `Run.commit` and `Run.roll_back`."""
        with self.lock:
            run.depth -= 1
            if run.depth > 0 or self.run is not run:
                return Changes(run.owner)
            try:
                changes = self._ended(run, succeeded=succeeded)
            except BaseException:  # an interrupt, no memory: half an end is none
                self._ended(run, succeeded=succeeded)
                _leave_run()
                raise
            if run.is_first and not succeeded:
                # A failed first run gives the cell no place: its next run does.
                del self.slots[run.owner.id]
            for made in run.module_changes:
                changes.registered += made.registered
                changes.removed += made.removed
        _leave_run()
        return changes

    def end_module(self, run: Run, *, succeeded: bool) -> None:
        """End the execution of a module, which replaces its previous execution."""
        with self.lock:
            changes = self._ended(run, succeeded=succeeded)
            self.inner.remove(run)
            if self.run is not None:
                self.run.module_changes.append(changes)
            for other in self.runs():
                for container in find_containers(other.previous):
                    container.divide()

    def _ended(self, run: Run, *, succeeded: bool) -> Changes:
        self.changes += 1
        renewed = run.renewed
        fresh = [one for one in run.added if one not in renewed]
        gone = fresh
        if succeeded:
            gone = [one for one in run.previous if one not in renewed]
        # Another owner may have hidden or replaced some meanwhile.
        gone = self._indexed(gone)
        for registration in run.previous:
            registration.is_previous = False
        touched = find_containers(run.previous, fresh)
        changes = Changes(run.owner, run.added, is_rolled_back=not succeeded)
        self._drop(gone)
        if renewed and not succeeded:
            self._put_back(renewed)
        if run is self.run:
            self.run = None
        for container in touched:
            container.join()
            container.settle()
        if not succeeded:
            for undo in reversed(run.undoing):
                undo()
        if succeeded:
            if run.constructed or run.owner.id in self.constructed:
                self.constructed[run.owner.id] = run.constructed
            changes.removed = gone
            changes.taken = _takeovers(run)
        if renewed and succeeded:
            # A container that only has what it had was told of what is new in it.
            touch(find_containers(gone, fresh))
        else:
            touch(touched)
        end_runs(touched)
        return changes

    def _put_back(self, renewed: dict[Registration, Any]) -> None:
        for registration, value in renewed.items():
            registration.restore(value)
            for owner in registration.owners:
                self.by_owner.setdefault(owner.id, {})[registration] = None
        for group in group_by_container(renewed):
            group[0].container.put_back(group)

    def forget(self, owner_id: str) -> Changes:
        """Take away what a deleted cell registered, and keep it for `recall`."""
        with self.lock:
            gone = list(self.by_owner.get(owner_id, ()))
            owner = self.owners.get(owner_id)
            self.gone.add(owner_id)
            if not gone or (self.run is not None and self.run.owner == owner):
                return Changes(owner)
            own = [one for one in gone if not one.is_derived]
            self.parked[owner_id] = [one for one in own if one.owner == owner]
            self._drop(gone)
            touched = find_containers(gone)
            self._settle(touched)
            self.changes += 1
            return Changes(owner, removed=gone)

    def recall(self, owner_id: str) -> Changes:
        """Bring back what `forget` took away: the cell's deletion was undone."""
        with self.lock:
            back = self.parked.pop(owner_id, [])
            self.gone.discard(owner_id)
            owner = self.owners.get(owner_id)
            for registration in back:
                registration.container.take([registration])
                self.index(registration)
                registration.container.home.derive(registration)
            touched = find_containers(back)
            self._settle(touched)
            self.changes += 1
            return Changes(owner, registered=back)

    def _settle(self, touched: list[Container]) -> None:
        for container in touched:
            container.settle()
        touch(touched)
        if self.run is None:
            end_runs(touched)

    def withdraw(self, registrations: Iterable[Registration]) -> None:
        """Take out registrations whose cause has gone."""
        gone = self._indexed(registrations)
        self._drop(gone)
        touched = find_containers(gone)
        for container in touched:
            container.settle()
        touch(touched)

    def _indexed(self, registrations: Iterable[Registration]) -> list[Registration]:
        owned = self.by_owner
        return [
            one
            for one in registrations
            if one.owners and one in owned.get(one.owners[0].id, ())
        ]

    def _drop(self, registrations: Iterable[Registration]) -> None:
        for group in group_by_container(registrations):
            group[0].container.drop(group)
        self.unindex(*registrations)


def _leave_run() -> None:
    _run.set(None)
    set_owners(())


def in_run() -> bool:
    """Tell whether this context is the code of the cell that runs now."""
    run = ledger.run
    return run is not None and _run.get() is run


def renewing_run() -> Run | None:
    """Return the run whose cell itself registers now, and nothing on its behalf."""
    run = ledger.run
    if run is None or ledger.inner or _run.get() is not run or find_causes():
        return None
    owners = current_owners()
    return run if len(owners) == 1 and owners[0] is run.owner else None


def call_if_it_fails(undo: Callable[[], object]) -> None:
    """Call a function when the running cell fails, for what is no registration.

    Args:
        undo: It may be called twice.
    """
    if in_run():
        ledger.runs()[-1].undoing.append(undo)


def new_registration(container: Container, key: Any, value: Any) -> Registration:
    """Make a registration for whoever runs now."""
    return Registration(container, key, value, current_owners())


@contextmanager
def outside_run() -> Iterator[None]:
    """Let the block see and register what a request does, though a cell calls it.

    It is for what a running cell asks for and others use as well: a snapshot, or the
    response to a request.
    """
    run, owners = _run.get(), current_owners()
    _run.set(None)
    set_owners(())
    try:
        yield
    finally:
        _run.set(run)
        set_owners(owners)


def call_outside_run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function as in an `outside_run` block, in less time."""
    run, owners = _run.get(), current_owners()
    _run.set(None)
    set_owners(())
    try:
        return function(*arguments)
    finally:
        _run.set(run)
        set_owners(owners)


def _takeovers(run: Run) -> list[Takeover]:
    added = [one for one in run.added if not one.is_derived]
    return [
        Takeover(registration, rival.owner)
        for group in group_by_container(added)
        for registration, rival in group[0].container.rivals(group)
    ]


ledger = Ledger()
