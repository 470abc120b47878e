"""Listening to audit events (PEP 578) for a while; Python has hooks for ever only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Listener = Callable[[str, tuple[Any, ...]], None]

_listeners: list[Listener] = []
_installed: list[bool] = []


@contextmanager
def heard_by(*listeners: Listener) -> Iterator[None]:
    """Have the block's events told to listeners."""
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_tell)
    _listeners.extend(listeners)
    try:
        yield
    finally:
        for one in listeners:
            _listeners.remove(one)


def _tell(event: str, arguments: tuple[Any, ...]) -> None:
    for one in _listeners:
        one(event, arguments)
