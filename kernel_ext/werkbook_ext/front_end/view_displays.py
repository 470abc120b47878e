"""What views display is shown with their own request, as what they print is.

A kernel sends what a thread displays to the cell that runs, whosever the thread is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from werkbook.serving.output import destination_here


def keep_apart(shell: InteractiveShell) -> Callable[[], None]:
    """Have a request keep the text of what its view displays; return what undoes it.

    Also while `%%capture` keeps what its cell displays: another publisher stands in the
    shell's place then, made for that cell.
    """
    undo_own = _divert(shell.display_pub)
    undo_captured = _divert(CapturingDisplayPublisher)

    def undo() -> None:
        undo_own()
        undo_captured()

    return undo


def _divert(holder: Any) -> Callable[[], None]:
    """Divert what a publisher displays, or each publisher of a class."""
    before = dict(vars(holder))
    publish, clear = holder.publish, holder.clear_output

    # A class's functions get the publisher first, which is passed on as it comes.
    def publish_apart(*args: Any, update: bool = False, **more: Any) -> None:
        write = destination_here()
        if write is None:
            publish(*args, update=update, **more)
        elif not update:  # a bar of progress would fill the card
            data = more["data"] if "data" in more else args[isinstance(holder, type)]
            write(f"{_text_of(data)}\n")

    def clear_apart(*args: Any, **more: Any) -> None:
        if destination_here() is None:
            clear(*args, **more)

    holder.publish, holder.clear_output = publish_apart, clear_apart

    def undo() -> None:
        for name in ("publish", "clear_output"):
            if name in before:
                setattr(holder, name, before[name])
            else:
                delattr(holder, name)

    return undo


def _text_of(data: dict[str, Any]) -> str:
    return str(data.get("text/plain") or f"<{next(iter(data), 'nothing')}>")
