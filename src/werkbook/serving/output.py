"""What a view prints, logs and warns of, kept for its own request.

A request's exchange stands in a context variable. The streams are not replaced:
their ``write`` is, so that what holds the old stream (a logging handler, an
extension) is caught as well. Outside a request all of it does what it did before.
"""

import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from werkbook.serving.exchanges import Exchange
from werkbook.serving.log import ServerLog

current_exchange: ContextVar[Exchange | None] = ContextVar(
    "werkbook.current_exchange", default=None
)
"""The exchange whose view runs in this context."""

_LOG = "_werkbook_log"
_once_done: list[bool] = []


class ErrorsStream:
    """A request's ``wsgi.errors``: a text stream into its exchange's output."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange):
        self._exchange = exchange

    def write(self, text: str) -> int:
        """Add text to the exchange's output."""
        self._exchange.write_output(text)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Add lines to the exchange's output."""
        self._exchange.write_output("".join(lines))

    def flush(self) -> None:
        """Do nothing: nothing is held back (PEP 3333 asks for it)."""


def catch_output() -> None:
    """Make sure that the process's streams and warnings know of requests.

    Called for each request, as a cell's ``%%capture`` or ``redirect_stdout`` puts
    another stream in place while it runs. Costs next to nothing when there is
    nothing to do.
    """
    if not hasattr(getattr(sys.stdout, "write", None), _LOG):
        _hook("stdout")
    if not hasattr(getattr(sys.stderr, "write", None), _LOG):
        _hook("stderr")
    if not _once_done:
        _once_done.append(True)
        _hook_threads()
        _hook_warnings()


def destination_here() -> Callable[[str], object] | None:
    """Return what takes this thread's output, or None for where it always went."""
    exchange = current_exchange.get()
    if exchange is not None:
        return exchange.write_output
    log = log_of_this_thread()
    return None if log is None else log.write


def _hook(name: str) -> None:
    stream: Any = getattr(sys, name)
    if stream is None:  # a process without a console
        return
    try:
        setattr(stream, _LOG, True)
        stream.write = _diverted(stream.write)
        _stay_hooked(type(stream))
    except AttributeError:  # an object with fixed attributes
        setattr(sys, name, _Standin(stream))


def _diverted(write: Callable[..., int]) -> Callable[..., int]:
    def diverted(text: str, *arguments: Any) -> int:
        destination = destination_here()
        if destination is None or not isinstance(text, str):
            return write(text, *arguments)
        destination(text)
        return len(text)

    setattr(diverted, _LOG, True)
    return diverted


def _stay_hooked(kind: Any) -> None:
    """Hook whatever becomes the ``write`` of a stream that was hooked.

    IPython sets one for as long as a cell runs, and puts back what was there.
    """
    if hasattr(kind.__setattr__, _LOG):
        return
    plain_setattr = kind.__setattr__

    def hooking_setattr(self: Any, name: str, value: Any) -> None:
        if name == "write" and getattr(self, _LOG, False) and not hasattr(value, _LOG):
            value = _diverted(value)
        plain_setattr(self, name, value)

    setattr(hooking_setattr, _LOG, True)
    with suppress(TypeError):  # a class of the interpreter's own, which is fixed
        kind.__setattr__ = hooking_setattr


class _Standin:
    """A stream in all but its ``write``."""

    def __init__(self, stream: Any):
        self._stream = stream
        self.write = _diverted(stream.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def own_thread(thread: threading.Thread, log: ServerLog) -> None:
    """Send to a server's log what a thread of its own prints outside of requests."""
    setattr(thread, _LOG, log)


def _hook_threads() -> None:
    """Mark the threads that a view starts: their output goes to the server's log."""
    start = threading.Thread.start

    def marking_start(thread: threading.Thread) -> None:
        log = log_of_this_thread()
        if log is not None:
            setattr(thread, _LOG, log)
        start(thread)

    threading.Thread.start = marking_start  # type: ignore[assignment, method-assign]


def log_of_this_thread() -> ServerLog | None:
    """Return the log of the server whose view runs here, or began this thread."""
    exchange = current_exchange.get()
    if exchange is not None:
        return exchange.log
    log: ServerLog | None = threading.current_thread().__dict__.get(_LOG)
    return log


def _hook_warnings() -> None:
    """Catch a view's warnings, also while a cell has `catch_warnings` open.

    That one replaces `warnings.showwarning`, for the whole process; what the
    interpreter itself calls is the function before it.
    """
    module: Any = warnings
    show = getattr(module, "_showwarnmsg", None)
    if show is None:  # then a warning ends up in sys.stderr, which is caught
        return

    def show_where_it_belongs(message: warnings.WarningMessage) -> None:
        destination = destination_here()
        if destination is None:
            show(message)
        else:
            destination(_warning_text(message))

    module._showwarnmsg = show_where_it_belongs


def _warning_text(message: warnings.WarningMessage) -> str:
    return warnings.formatwarning(
        str(message.message),
        message.category,
        message.filename,
        message.lineno,
        message.line,
    )
