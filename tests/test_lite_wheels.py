"""What the site without a server needs: nothing that has no wheel for the browser."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import Distribution, distribution
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tools.lite import wheels

COMPILED_FOR_PYODIDE = {"charset-normalizer", "msgspec"}
"""Those whose owners put wheels for Pyodide (PEP 783) onto PyPI."""

PURE_AS_WELL = {"psygnal", "wcwidth"}
"""Those that have a wheel of pure Python beside the one that is installed."""

BUILT_HERE = {"markupsafe"}
HAVE_WHEELS = COMPILED_FOR_PYODIDE | PURE_AS_WELL | BUILT_HERE

LEFT_OUT = {one.replace("-", "_") for one in wheels.NOT_HERE} - {
    "ipykernel",
    "widgetsnbextension",
}
"""All but those that JupyterLite's kernel has stand-ins of."""


def needed_by(found: Distribution, extras: tuple[str, ...]) -> set[str]:
    """Return what a distribution needs in the browser."""
    needed = [Requirement(one) for one in found.requires or ()]
    return {
        canonicalize_name(one.name)
        for one in needed
        for extra in extras
        if one.marker is None or one.marker.evaluate({**wheels.MARKERS, "extra": extra})
    }


def is_pure(found: Distribution) -> bool:
    return "Root-Is-Purelib: true" in (found.read_text("WHEEL") or "")


def test_the_site_needs_no_package_without_a_wheel_for_it() -> None:
    """All of it is pure Python, compiled for Pyodide, or left out by name."""
    own = distribution("werkbook")
    waiting = needed_by(own, wheels.EXTRAS) - {"werkbook"}
    reached, without = set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in reached | wheels.NOT_HERE:
            continue
        reached.add(name)
        found = distribution(name)
        if not is_pure(found) and name not in HAVE_WHEELS:
            without.add(name)
        waiting |= needed_by(found, ("",))
    assert {"msgspec", "jmespath", "requests"} <= reached
    assert without == set()


def test_a_kernel_loads_without_what_the_site_leaves_out() -> None:
    """The magics, a route that is not tried, an export: none imports a server."""
    code = f"""
import sys
from IPython.core.interactiveshell import InteractiveShell

for name in {sorted(LEFT_OUT)!r}:
    sys.modules[name] = None  # its import is an ImportError
shell = InteractiveShell.instance()
cells = ["%load_ext werkbook", "%%route /<name>\\nname", "%export app.py --no-check"]
for cell in cells:
    shell.run_cell(cell).raise_error()
"""
    with TemporaryDirectory() as place:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=place,
            env={**os.environ, "IPYTHONDIR": place},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stdout + done.stderr
