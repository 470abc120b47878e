"""A notebook without a kernel: cells as source strings, run one after another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

from werkbook import live
from werkbook.live import instances
from werkbook.registrations.ledger import ledger
from werkbook.system import this_system


class Cells:
    """Runs cells as a front end does: begin, execute, commit or roll back."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "probe": self.probe}
        self.count = 0
        self.probes: list[Callable[[], None]] = []
        self.last_error: BaseException | None = None

    def run(self, cell_id: str, source: str) -> live.Changes:
        """Run a cell; when it raises, roll back and keep the error."""
        self.count += 1
        self.last_error = None
        owner = live.Owner(cell_id, f"In[{self.count}]")
        run = live.begin(owner, source)
        try:
            exec(compile(source, f"<cell {cell_id}>", "exec"), self.namespace)
        except Exception as error:
            self.last_error = error
            return live.roll_back(run)
        return live.commit(run)

    def ran(self, cell_id: str, source: str) -> live.Changes:
        """Run a cell that must not fail."""
        changes = self.run(cell_id, source)
        if self.last_error is not None:
            raise self.last_error
        return changes

    def __getitem__(self, name: str) -> Any:
        return self.namespace[name]

    def probe(self) -> None:
        """Let a test look in from another thread, in the middle of a cell."""
        for one in self.probes:
            from_another_thread(one)

    def get(self, url: str, **options: Any) -> Any:
        """Send a GET request from another thread, as the server does."""
        return self.send("GET", url, **options)

    def send(self, method: str, url: str, app: str = "app", **options: Any) -> Any:
        """Send a request from another thread, as the server does."""
        target = self.namespace[app]

        def sent() -> Any:
            client = target.test_client()
            return client.open(url, method=method, buffered=True, **options)

        return from_another_thread(sent)

    def text(self, url: str, **options: Any) -> str:
        """Return what a GET request is answered with."""
        response = self.get(url, **options)
        return f"{response.status_code} {response.text}"


def from_another_thread(function: Callable[[], Any]) -> Any:
    """Call a function where no cell runs, and return or raise what it does."""
    outcome: list[Any] = []

    def call() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            outcome.extend([None, error])

    if this_system().has_threads:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
    else:
        Context().run(call)  # a new context owns nothing, as a new thread does
    if len(outcome) == 2:
        raise outcome[1]
    return outcome[0]


def forget_everything() -> None:
    """Leave the ledger as it was when the process began."""
    if ledger.run is not None:
        ledger.run.depth = 1
        ledger.run.roll_back()
    for owner_id in list(ledger.by_owner):
        ledger.forget(owner_id)
    for kept in (ledger.slots, ledger.owners, ledger.parked, ledger.gone):
        kept.clear()
    for owned in (live.notebook.templates, live.notebook.static):
        owned.clear()
    instances._instances.clear()
    instances._names.clear()
    live.disable()
    live.set_front_end(None)
