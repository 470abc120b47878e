"""Work beside the cell that runs, where the platform has threads."""

from __future__ import annotations

import threading
from collections.abc import Callable


def start(work: Callable[[], object]) -> None:
    """Run `work` in a thread that never keeps the kernel from ending.

    Without threads (Pyodide) it runs now, in the caller.
    """
    thread = threading.Thread(target=work, name="werkbook-browser", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        work()
