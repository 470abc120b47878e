"""What a notebook's front end drives: runs of cells, deletions, and what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..registrations.changes import Changes
from ..registrations.ledger import Run, ledger
from ..registrations.owners import Owner
from ..registrations.registration import Registration
from ..typing import FrontEnd
from . import imported_modules
from .notebook_cells import notebook

Listener = Callable[[Changes], None]
_listeners: list[Listener] = []


class RuleInfo:
    """A rule in force, as people see it."""

    # No dataclass: those cost a tenth of what `import werkbook` takes.
    __slots__ = (
        "endpoint",
        "is_websocket",
        "methods",
        "owner",
        "place",
        "rule",
        "view",
    )

    def __init__(
        self,
        rule: str,
        methods: tuple[str, ...],
        endpoint: str,
        owner: Owner | None,
        view: Any,
        place: str,
        *,
        is_websocket: bool = False,
    ) -> None:
        self.rule = rule
        self.methods = methods
        self.endpoint = endpoint
        self.owner = owner
        self.view = view
        self.place = place
        self.is_websocket = is_websocket

    @property
    def told_methods(self) -> list[str]:
        """The methods as people are told of them, see `tell_methods`."""
        return tell_methods(self.methods, is_websocket=self.is_websocket)


def tell_methods(methods: Iterable[str], *, is_websocket: bool = False) -> list[str]:
    """Return a rule's methods without those that come by themselves, sorted.

    A WebSocket's handshake is a GET that no page can be asked by: it is `WS`, as on its
    card. None are those of a rule that answers any.
    """
    if is_websocket:
        return ["WS"]
    return sorted({*methods} - {"HEAD", "OPTIONS"}) or sorted(methods)


def enable() -> None:
    """Make all apps of this process live, those that exist included."""
    if not ledger.is_live:
        ledger.is_live = True
        imported_modules.watch()
        notebook.touch("template")
        for app in list(notebook.apps):
            app._forget_cached("logger")  # the next time it is asked for, it is live


def disable() -> None:
    """Make all apps strict again; what cells registered stays as it is."""
    ledger.is_live = False
    imported_modules.unwatch()
    notebook.touch("template")


def is_enabled() -> bool:
    """Tell whether apps are live."""
    return ledger.is_live


def is_running() -> bool:
    """Tell whether a cell runs now, in whichever thread."""
    return ledger.run is not None


def set_front_end(front_end: FrontEnd | None) -> None:
    """Say who shows failures and starts servers."""
    ledger.front_end = front_end


def before_requests(look: Callable[[], None] | None) -> None:
    """Call a function before each request, to look for changes that no run brings.

    It may `recall`, and is not called while a cell runs. None: call nothing.
    """
    ledger.before_request = look


def begin(owner: Owner, source: str = "") -> Run:
    """Begin the run of a cell; a nested run is part of the outermost one.

    Args:
        owner: The cell.
        source: Its code, to find the name that a new app is bound to.
    """
    return ledger.begin(owner, source)


def commit(run: Run) -> Changes:
    """End a run that succeeded and tell the listeners."""
    return _told(run.commit())


def roll_back(run: Run) -> Changes:
    """End a run that failed and tell the listeners."""
    return _told(run.roll_back())


def forget(owner_id: str) -> Changes:
    """Take away what a deleted cell registered; `recall` brings it back."""
    return _told(ledger.forget(owner_id))


def recall(owner_id: str) -> Changes:
    """Bring back what a cell registered before it was deleted."""
    return _told(ledger.recall(owner_id))


def owners() -> list[Owner]:
    """Return the cells that own something now, in the order of their first runs."""
    with ledger.lock:  # a cell may run meanwhile
        found = [ledger.owners[one] for one in ledger.by_owner if one in ledger.owners]
        return sorted(found, key=lambda owner: ledger.slots[owner.id])


def list_registrations(owner_id: str) -> list[Registration]:
    """Return what a cell owns."""
    return list(ledger.by_owner.get(owner_id, ()))


def apps() -> list[Any]:
    """Return the apps of this process, in the order in which they were made."""
    return [app for one in notebook.made if (app := one()) is not None]


def rules(app: Any) -> list[RuleInfo]:
    """Return the rules in force of an app, in their order."""
    found = []
    for registration, methods in app._rules.effective():
        rule = registration.value
        view = dict.get(app.view_functions, rule.endpoint)
        claim = app.view_functions.claimant(rule.endpoint)
        place = (claim or registration).place
        found.append(
            RuleInfo(
                rule.rule,
                tuple(sorted(methods or ())),
                rule.endpoint,
                registration.owner,
                view,
                place,
                is_websocket=rule.websocket,
            )
        )
    return found


def subscribe(listener: Listener) -> Callable[[], None]:
    """Call a function with each change; returns what ends that."""
    _listeners.append(listener)

    def unsubscribe() -> None:
        if listener in _listeners:
            _listeners.remove(listener)

    return unsubscribe


def _told(changes: Changes) -> Changes:
    if changes:
        for listener in _listeners:
            listener(changes)
    return changes
