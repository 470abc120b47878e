"""Widget messages answered while a cell runs.

ipykernel 7.1 or later reads the shell channel in a thread of its own and hands each
message to the main thread or to a subshell. A message for a comm that stands in the
lane is taken in that thread at once, whatever the front end's comm-subshell setting.
On ipykernel 6, and where the names used here are missing, nothing is changed and
messages are answered between cells.
"""

from __future__ import annotations

import threading
import traceback
import weakref
from collections.abc import Callable
from typing import Any

Take = Callable[[dict[str, Any], list[Any]], object]

IDLE_AFTER_S = 0.25
BUSY_AFTER_S = 0.05
"""So long the main thread may take before a cell is thought to keep it."""


class HandledMessages:
    """Taken messages that the front end shall hear to be handled.

    A kernel is what its newest status says, whichever message that is of. So the main
    thread says `idle`, once it is free. Where a cell keeps it, the channel's thread
    does, with `busy` after it, and the main thread says `idle` again at the end.
    """

    def __init__(self, kernel: Any) -> None:
        """Nothing has been taken yet."""
        self._kernel = weakref.ref(kernel)
        self._lock = threading.Lock()
        self._messages: list[Any] = []
        self._is_main_asked = False
        self._has_said_busy = False

    def add(self, message: Any) -> None:
        """Take one more; called in the channel's thread."""
        kernel = self._kernel()
        if kernel is None:
            return
        with self._lock:
            self._messages.append(message)
            if not self._is_main_asked:
                self._is_main_asked = True
                kernel.io_loop.add_callback(self._tell_in_main_thread)
        wait = kernel.shell_channel_thread.io_loop.call_later
        wait(BUSY_AFTER_S, self._tell_beside_a_cell)

    def _tell_beside_a_cell(self) -> None:
        kernel = self._kernel()
        with self._lock:
            if kernel is not None and self._messages:
                self._tell(kernel, "busy")

    def _tell_in_main_thread(self) -> None:
        kernel = self._kernel()
        if kernel is None:
            return
        with self._lock:
            if kernel._main_asyncio_lock.locked():  # a cell that awaits something
                self._tell(kernel, "busy")
                kernel.io_loop.call_later(IDLE_AFTER_S, self._tell_in_main_thread)
                return
            self._is_main_asked = False
            self._tell(kernel, "idle" if self._has_said_busy else "")
            self._has_said_busy = False

    def _tell(self, kernel: Any, state: str) -> None:
        messages, self._messages = self._messages, []
        for message in messages:
            _publish(kernel, message, "idle")
        if state == "idle" or (state and messages):
            _publish(kernel, {}, state)
        self._has_said_busy |= state == "busy" and bool(messages)


_lane: dict[str, Take] = {}
_handled: weakref.WeakKeyDictionary[Any, HandledMessages] = weakref.WeakKeyDictionary()


def join(kernel: Any, comm_id: str, take: Take) -> bool:
    """Have a comm's custom messages taken off the main thread.

    Args:
        kernel: The running IPython kernel, or None.
        comm_id: The comm's id.
        take: Called with the content and the buffers, in the thread that reads the
            channel: it must return at once.

    Returns:
        Whether messages are answered while a cell runs.
    """
    if not _is_installed(kernel):
        return False
    _lane[comm_id] = take
    return True


def leave(comm_id: str) -> None:
    """Let the main thread have a comm's messages again."""
    _lane.pop(comm_id, None)


def _is_installed(kernel: Any) -> bool:
    thread = getattr(kernel, "shell_channel_thread", None)
    stream = getattr(kernel, "shell_stream", None)
    next_one = getattr(kernel, "shell_channel_thread_main", None)
    has_lock = hasattr(kernel, "_main_asyncio_lock")
    if thread is None or stream is None or next_one is None or not has_lock:
        return False
    if kernel not in _handled:
        _handled[kernel] = HandledMessages(kernel)
        receive = _receiver(kernel, next_one)
        thread.io_loop.add_callback(lambda: stream.on_recv(receive, copy=False))
    return True


def _receiver(kernel: Any, next_one: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def receive(frames: Any) -> None:
        try:
            is_taken = _take(kernel, frames)
        except Exception:
            # The kernel itself complains about a message that cannot be read.
            traceback.print_exc()
            is_taken = False
        if not is_taken:
            await next_one(frames)

    return receive


def _take(kernel: Any, frames: Any) -> bool:
    session = kernel.session
    _, rest = session.feed_identities(frames, copy=False)
    # Reading a message without its content checks its signature and keeps it valid.
    message = session.deserialize(rest, content=False, copy=False)
    if message["header"]["msg_type"] != "comm_msg":
        return False
    content = session.unpack(message["content"])
    data = content.get("data") or {}
    take = _lane.get(content["comm_id"])
    if take is None or data.get("method") != "custom":
        return False
    take(data.get("content") or {}, message["buffers"])
    # The front end counts a message as handled when it sees idle. Said at once, that
    # would hold the answer back: Jupyter's websocket sends one small frame, then waits
    # for its acknowledgement, which browsers delay by 40 ms.
    wait = kernel.shell_channel_thread.io_loop.call_later
    wait(IDLE_AFTER_S, _handled[kernel].add, message)
    return True


def _publish(kernel: Any, parent: Any, state: str) -> None:
    kernel.session.send(
        kernel.iopub_socket,
        "status",
        {"execution_state": state},
        parent=parent,
        ident=kernel._topic("status"),
    )
