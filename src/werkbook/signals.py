"""The signals that an application sends (blinker); receivers get the app first.

A receiver that a cell connects is a registration of the cell, also where the signal is
an extension's or the notebook's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from blinker import ANY, NamedSignal, Signal

from .registrations.ledger import in_run, ledger
from .registrations.ordered import OrderedRegistrations
from .registrations.owners import current_owners
from .registrations.registration import Registration

FunctionType = TypeVar("FunctionType", bound=Callable[..., Any])
_connect, _disconnect = Signal.connect, Signal.disconnect  # as blinker has them


class Receivers(OrderedRegistrations):
    """The receivers that cells connected to one signal: (function, sender, weak)."""

    kind = "signal"

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self.registrations = []
        self.removals = []
        self.connected: list[Registration] = []

    def identity(self, value: Any) -> Any:
        """Two runs of a cell repeat a receiver when its name is the same."""
        return super().identity(value[0])

    def settle(self) -> None:
        """Connect what is in force, disconnect what is not."""
        wanted = self.in_force()
        for one in self.connected:
            if one not in wanted:
                function, sender, _ = one.value
                _disconnect(self.signal, function, sender)
        for one in wanted:
            if one not in self.connected:
                function, sender, weak = one.value
                _connect(self.signal, function, sender, weak)
        self.connected = wanted

    def connect(self, receiver: Any, sender: Any) -> None:
        """Connect a receiver on behalf of the cell that runs."""
        with ledger.lock:
            # Not weak: the registration holds the receiver as long as it lives.
            self.add((receiver, sender, False))
            self.settle()

    def disconnect(self, receiver: Any, sender: Any) -> None:
        """Disconnect a receiver, whichever cell connected it."""
        with ledger.lock:
            for one in self.in_force(for_cell=in_run()):
                if one.value[0] is receiver and one.value[1] is sender:
                    self.hide(one)
            self.settle()


class AppSignal(NamedSignal):
    """A signal of the application.

    Args:
        name: Its name.
        doc: What it says, and with which values.
    """

    has_connected = False
    """Whether anything was ever connected to one of these signals in this process."""

    def __init__(self, name: str, doc: str | None = None) -> None:
        super().__init__(name, doc)
        self.owned = Receivers(self)

    def connect(
        self, receiver: FunctionType, sender: Any = ANY, weak: bool = True
    ) -> FunctionType:
        """Call `receiver(sender, **values)` whenever the signal is sent."""
        AppSignal.has_connected = True
        if not current_owners():
            return _connect(self, receiver, sender, weak)
        self.owned.connect(receiver, sender)
        return receiver

    def disconnect(self, receiver: Callable[..., Any], sender: Any = ANY) -> None:
        """Stop calling a receiver."""
        self.owned.disconnect(receiver, sender)
        _disconnect(self, receiver, sender)


def hold_signals() -> None:
    """Have a receiver that a cell connects to any other signal be the cell's, too."""

    def connect(self: Any, receiver: Any, sender: Any = ANY, weak: bool = True) -> Any:
        if not current_owners():
            return _connect(self, receiver, sender, weak)
        owned = self.__dict__.get("_werkbook_receivers")
        if owned is None:
            owned = self.__dict__["_werkbook_receivers"] = Receivers(self)
        owned.connect(receiver, sender)
        return receiver

    def disconnect(self: Any, receiver: Any, sender: Any = ANY) -> None:
        owned = self.__dict__.get("_werkbook_receivers")
        if owned is not None:
            owned.disconnect(receiver, sender)
        _disconnect(self, receiver, sender)

    connect.__doc__, disconnect.__doc__ = _connect.__doc__, _disconnect.__doc__
    Signal.connect = connect  # type: ignore[method-assign]  # the seam
    Signal.disconnect = disconnect  # type: ignore[method-assign]  # the seam


template_rendered = AppSignal("template-rendered")
"""A template was rendered: `template`, `context`."""
before_render_template = AppSignal("before-render-template")
"""A template is about to be rendered: `template`, `context`."""
request_started = AppSignal("request-started")
"""The request context is there, nothing was done yet."""
request_finished = AppSignal("request-finished")
"""The response is about to be sent: `response`."""
request_tearing_down = AppSignal("request-tearing-down")
"""The request context is going: `exc`."""
got_request_exception = AppSignal("got-request-exception")
"""An exception was not handled: `exception`."""
appcontext_tearing_down = AppSignal("appcontext-tearing-down")
"""The application context is going: `exc`."""
appcontext_pushed = AppSignal("appcontext-pushed")
"""An application context was pushed."""
appcontext_popped = AppSignal("appcontext-popped")
"""An application context was popped."""
message_flashed = AppSignal("message-flashed")
"""A message was flashed: `message`, `category`."""
