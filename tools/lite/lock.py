"""Pyodide's lock file, with the site's own wheels in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from wheels import list_modules, read_metadata, requirements

PUBLIC = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
"""Where Pyodide's project publishes what only it compiles, numpy say. Nothing of the
basics is there; a cell that imports such a package needs the internet."""


def make_lock(
    official: dict[str, Any], wheels: Iterable[Path], version: str
) -> dict[str, Any]:
    """Return a lock with our wheels in the site, and the others at their public place.

    Args:
        official: The lock of npm's package.
        wheels: The site's wheels.
        version: Pyodide's.
    """
    place = PUBLIC.format(version=version)
    packages = {
        name: {**one, "file_name": place + one["file_name"]}
        for name, one in official["packages"].items()
    }
    ours = dict(map(describe, wheels))
    for one in ours.values():
        one["depends"] = [name for name in one["depends"] if name in ours]
    return {**official, "packages": dict(sorted({**packages, **ours}.items()))}


def describe(wheel: Path) -> tuple[str, dict[str, Any]]:
    """Return a wheel's name and its entry."""
    text = read_metadata(wheel)
    name, version = (
        re.search(rf"^{field}: (.*)$", text, re.MULTILINE)[1].strip()  # type: ignore[index]
        for field in ("Name", "Version")
    )
    needed = {canonicalize_name(one.name) for one in requirements(wheel)}
    return canonicalize_name(name), {
        "name": name,
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": list_modules(wheel),
        "depends": sorted(needed),
        "unvendored_tests": False,
    }
