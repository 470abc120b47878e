"""What objects of Python's own library hold that code changes by calling them."""

from __future__ import annotations

import contextvars
import functools
import io
import logging
import sqlite3
import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

_STATEFUL = frozenset(
    (
        "_thread",
        "_threading_local",
        "cachelib",
        "cachetools",
        "collections",
        "configparser",
        "csv",
        "queue",
        "sched",
        "string",
        "threading",
        "types",
    )
)
"""Packages whose objects hold plain data, and locks."""
_MAX_ROWS = 10_000


def is_stateful(kind: type) -> bool:
    """Say whether a class is of a module whose objects can be looked into.

    A thread is not: its name and number are those of its process.
    """
    package = kind.__module__.partition(".")[0]
    return package in _STATEFUL and not issubclass(kind, threading.Thread)


def library_parts(value: Any) -> Iterator[Any]:
    """Give what an object of a library holds, without changing it."""
    kind = type(value)
    if kind.__module__ == "_queue":  # it can only be counted
        yield value.qsize()
    elif kind.__module__ == "array":
        yield value.tolist()
    elif kind.__module__ == "_csv":
        yield getattr(value, "line_num", None)
    elif hasattr(kind, "locked") and kind.__module__ == "_thread":
        yield value.locked()
    elif isinstance(value, contextvars.ContextVar):
        yield value.get(None)
    elif isinstance(value, functools.partial):
        yield from (value.func, value.args, value.keywords)
    elif kind.__module__ in ("weakref", "_weakrefset") and hasattr(kind, "__len__"):
        yield len(value)
    elif isinstance(value, io.StringIO | io.BytesIO):
        yield from (value.closed, value.closed or (value.tell(), value.getvalue()))
    elif isinstance(value, io.IOBase):
        yield from (value.closed, not value.closed and _place(value))
    elif isinstance(value, logging.Logger):
        kinds = [type(one).__name__ for one in value.handlers]
        yield from (value.level, value.disabled, value.propagate, kinds)
    elif isinstance(value, sqlite3.Connection):
        yield from _rows(value)
    elif is_stateful(kind) and hasattr(value, "__dict__"):
        yield from (part for pair in vars(value).items() for part in pair)


def _place(stream: Any) -> int | None:
    """How far a file has been read; None for what has no places."""
    try:
        return int(stream.tell()) if stream.seekable() else None
    except OSError:  # its lines are being gone through
        return None


def _rows(connection: sqlite3.Connection) -> Iterator[str]:
    """The statements that make a database in memory again; files are seen as files."""
    listed = connection.execute("pragma database_list").fetchall()
    if any(path for _, _, path in listed):
        return
    yield from islice(connection.iterdump(), _MAX_ROWS)
