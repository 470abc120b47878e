"""A plugin of pytest's: which of the framework's tests run in Pyodide.

Left out are modules that import libraries which are compiled for other systems alone,
and tests that need threads, sockets, processes or the programs, libraries and stack of
a machine: `needs_system.txt` names those, by the beginning of their id, and they get
the mark `system`. (Pyodide itself ends where `json.loads` reads some thousand levels.)
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ELSEWHERE = re.compile(
    r"^(?:from|import) (?:pydantic|openapi_spec_validator|schemathesis|grp|pwd|IPython"
    r"|jsonschema|jupyter_client|nbclient|nbformat|django|uvicorn|starlette|fastapi"
    r"|numpy|pandas|polars)\b",
    re.MULTILINE,
)
LISTED = tuple((HERE / "needs_system.txt").read_text("utf-8").split())


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out modules that import what is not there, and those that need servers."""
    if collection_path.suffix != ".py":
        return None
    place = collection_path.as_posix()
    if any(one.endswith("/") and one in place for one in LISTED):
        return True
    return bool(ELSEWHERE.search(collection_path.read_text("utf-8"))) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs threads, sockets or processes."""
    for item in items:
        if item.nodeid.startswith(LISTED):
            item.add_marker("system")
