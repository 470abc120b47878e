"""What views display is shown with their own request, as what they print is.

A kernel sends what a thread displays to the cell that runs, whosever the thread is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook.serving.output import destination_here


def keep_apart(shell: InteractiveShell) -> Callable[[], None]:
    """Have a request keep the text of what its view displays; return what undoes it."""
    publisher: Any = shell.display_pub
    publish, clear = publisher.publish, publisher.clear_output

    def publish_apart(data: Any, *args: Any, update: bool = False, **more: Any) -> None:
        write = destination_here()
        if write is None:
            publish(data, *args, update=update, **more)
        elif not update:  # a bar of progress would fill the card
            write(f"{_text_of(data)}\n")

    def clear_apart(*args: Any, **more: Any) -> None:
        if destination_here() is None:
            clear(*args, **more)

    publisher.publish, publisher.clear_output = publish_apart, clear_apart

    def undo() -> None:
        for name in ("publish", "clear_output"):
            vars(publisher).pop(name, None)

    return undo


def _text_of(data: dict[str, Any]) -> str:
    return str(data.get("text/plain") or f"<{next(iter(data), 'nothing')}>")
