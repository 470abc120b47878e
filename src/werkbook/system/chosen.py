"""The one place that chooses a system."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .protocol import System


def _choose() -> System:
    # Imported only where it is wanted: start-up time.
    if sys.platform in ("emscripten", "wasi"):
        from .bare import BareSystem

        return BareSystem()
    from .full import FullSystem

    return FullSystem()


_system: System = _choose()


def this_system() -> System:
    """Return the system that this process runs on."""
    return _system


@contextmanager
def using(system: System) -> Iterator[None]:
    """Have a block find another system: a test tries what is done on a bare one."""
    global _system
    before, _system = _system, system
    try:
        yield
    finally:
        _system = before
