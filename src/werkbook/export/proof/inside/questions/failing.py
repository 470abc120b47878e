"""What an exception says of what is missing here: a file, a package, a host..."""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

_LOG_CHARS = 4000
_OS_FILES = ("os.py", "<frozen os>")
_NO_TABLE = "no such table"
_MAKES_TABLES = re.compile(
    r"create\s+(?:\w+\s+)?table|create_(?:all|tables?)\b|to_sql\(|executescript\(", re.I
)


class Hosts:
    """Notes which hosts are looked for, to name them when there is no network.

    And which database was opened last: SQLite does not say which one it cannot open.
    """

    current: Hosts

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.database = ""
        self.makes_tables = False

    def read(self, sources: Iterable[str]) -> None:
        """Look at the cells: their own databases are empty until they fill them."""
        self.makes_tables = any(map(_MAKES_TABLES.search, sources))

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event (PEP 578)."""
        if event == "socket.getaddrinfo" and arguments[0]:
            name = arguments[0]
            name = name.decode() if isinstance(name, bytes) else str(name)
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            name = str(arguments[1][0])
        else:
            if event == "sqlite3.connect" and isinstance(arguments[0], str | bytes):
                self.database = os.fsdecode(arguments[0])
            return
        if name not in ("localhost", "::1", "0.0.0.0") and not name.startswith("127."):
            self.names.add(name)


Hosts.current = Hosts()


def describe(error: BaseException) -> dict[str, Any]:
    """Say of an exception what a reader needs, and what is missing here."""
    lines = traceback.format_exception(error)
    causes = list(_causes(error))
    files = [one.filename for one in causes if isinstance(one, FileNotFoundError)]
    modules = [one.name for one in causes if isinstance(one, ModuleNotFoundError)]
    templates = [
        str(getattr(one, "name", None) or one)
        for one in causes
        if type(one).__name__ in ("TemplateNotFound", "TemplatesNotFound")
    ]
    return {
        "kind": type(error).__name__,
        "text": _short(error),
        "traceback": _module_frames(error) + "".join(lines)[-_LOG_CHARS:],
        "file": os.fsdecode(files[0])
        if files and _is_path(files[0])
        else _missing_database(causes),
        "module": modules[0] if modules and modules[0] else "",
        "template": templates[0] if templates else "",
        "database": _empty_database() if any(map(_wants_tables, causes)) else "",
        "variable": next(filter(None, map(_missing_variable, causes)), ""),
    }


def describe_logged(log: str) -> dict[str, Any]:
    """What is known of an exception that a framework only logs."""
    last = _last_line(log)
    return {
        "kind": last.partition(":")[0].rpartition(".")[2],
        "text": last,
        "traceback": log,
        "file": "",
        "module": "",
        "template": "",
        "database": _empty_database() if _NO_TABLE in last else "",
        "variable": "",
    }


def _missing_variable(error: BaseException) -> str:
    """Name the environment variable that an exception misses, if it does."""
    frames = traceback.extract_tb(error.__traceback__)
    is_of_os = frames and os.path.basename(frames[-1].filename) in _OS_FILES
    is_it = isinstance(error, KeyError) and is_of_os and error.args
    return str(error.args[0]) if is_it else ""


def _module_frames(error: BaseException) -> str:
    """The frames of modules' own lines: a long traceback is cut, and they tell most."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if one.name == "<module>"]
    return "".join(traceback.format_list(own))


def _missing_database(causes: list[BaseException]) -> str:
    """Name the file of a database that cannot be opened, as it is not there."""
    path = Hosts.current.database
    is_it = any("unable to open database file" in str(one) for one in causes)
    if not is_it or not path or os.path.exists(path):
        return ""
    return _inside(path)


def _empty_database() -> str:
    """Name the database that SQLite made without a table, as it was not there."""
    path = Hosts.current.database
    if not path or path == ":memory:" or Hosts.current.makes_tables:
        return ""
    if os.path.exists(path) and os.path.getsize(path):
        return ""
    return _inside(path)


def _wants_tables(error: BaseException) -> bool:
    """Say whether a database's table was not found, or SQLAlchemy's class of it."""
    frames = traceback.extract_tb(error.__traceback__)
    is_looked_up = isinstance(error, AttributeError) and bool(frames)
    return _NO_TABLE in str(error) or (
        is_looked_up and "sqlalchemy" in frames[-1].filename
    )


def _inside(path: str) -> str:
    inside = os.path.relpath(path)
    return path if inside.startswith("..") else inside.replace(os.sep, "/")


def _short(error: BaseException) -> str:
    """An exception's class without its module, and the first line of its text."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _is_path(value: object) -> bool:
    return isinstance(value, str | bytes | os.PathLike)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
