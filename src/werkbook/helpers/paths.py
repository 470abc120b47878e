"""Where the files of a module are, and where its package is installed."""

from __future__ import annotations

import os
import sys
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


def find_package(import_name: str) -> tuple[str | None, str]:
    """Return the prefix a package is installed under and the folder it is in.

    Args:
        import_name: Of the package, or of a module in it.

    Returns:
        `sys.prefix` for what is installed in this Python, the parent of
        `site-packages` for another environment, None for what is not installed; and
        the folder from which the package is imported.
    """
    folder = _package_folder(import_name)
    prefix = os.path.abspath(sys.prefix)
    if _is_inside(folder, prefix):
        return prefix, folder
    parent, name = os.path.split(folder)
    if name.lower() != "site-packages":
        return None, folder
    above, library = os.path.split(parent)
    if library.lower() == "lib":  # Windows: prefix/lib/site-packages
        return above, folder
    if os.path.basename(above).lower() == "lib":  # prefix/lib/pythonX.Y/site-packages
        return os.path.dirname(above), folder
    return parent, folder


def _package_folder(import_name: str) -> str:
    top = import_name.partition(".")[0]
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return os.getcwd()
    locations = spec.submodule_search_locations
    if not locations:
        return os.path.dirname(spec.origin or "") or os.getcwd()
    if spec.origin is not None and spec.origin != "namespace":
        return os.path.dirname(os.path.dirname(spec.origin))
    # A namespace package: where its part with this module is.
    inner = find_spec(import_name)
    if inner is not None and inner.submodule_search_locations:
        path = os.path.commonpath(inner.submodule_search_locations)
        for location in locations:
            if _is_inside(path, location):
                return os.path.dirname(location)
    return os.path.dirname(next(iter(locations)))


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))
