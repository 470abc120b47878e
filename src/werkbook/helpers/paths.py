"""Where a module's files are, and the parents of a blueprint's name."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from ..errors import WerkbookError


class NoRootPathError(WerkbookError, RuntimeError):
    """The folder of a module's files cannot be told from the module."""


def get_root_path(import_name: str) -> str:
    """Return the absolute folder of a package or of the file of a module.

    A module that has no file, such as an interactive `__main__`, stands for the
    current folder.

    Raises:
        NoRootPathError: The module is a namespace package, or comes from an importer
            that tells no file name.
    """
    module = sys.modules.get(import_name)
    file = getattr(module, "__file__", None)
    if file is None:
        file = _file_by_spec(import_name)
    return os.getcwd() if file is None else os.path.dirname(os.path.abspath(file))


def _file_by_spec(import_name: str) -> str | None:
    try:
        spec = find_spec(import_name)
    except (ImportError, ValueError):
        return None
    if spec is None or spec.loader is None:
        return None
    if hasattr(spec.loader, "get_filename"):
        return str(spec.loader.get_filename(import_name))
    file = getattr(import_module(import_name), "__file__", None)
    if file is None:
        raise NoRootPathError(
            f"No root path can be found for the provided module {import_name!r}.",
            why="it is a namespace package, or an import hook made it and gives no "
            "file name.",
            fix="pass the folder of its files as root_path=...",
        )
    return str(file)


@cache
def _names_upwards(name: str) -> tuple[str, ...]:
    parts = name.split(".")
    return tuple(".".join(parts[:end]) for end in range(len(parts), 0, -1))


def split_blueprint_path(name: str) -> list[str]:
    """Return a dotted blueprint name and those that it is nested in, inner first."""
    return list(_names_upwards(name))
