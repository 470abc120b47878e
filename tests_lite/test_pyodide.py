"""The framework's own tests, in the site's Python: Pyodide under Node.

Left out are those marked `system`, which need threads, sockets or processes, and those
of magics that start some.
"""

from __future__ import annotations

import subprocess
import sysconfig

from tests.browser.lab import ROOT

from tests_lite.site import FOLDER

RUNNER = ROOT / "tests_lite" / "run_pytest.mjs"
OPTIONS = ["-q", "-p", "no:cacheprovider", "-m", "not system", "--no-header"]


def test_framework_in_pyodide() -> None:
    """All tests of `tests/werkbook` that need no more than Python pass there."""
    libraries = sysconfig.get_path("purelib")
    done = subprocess.run(
        ["node", RUNNER, FOLDER, ROOT, libraries, *OPTIONS, "tests/werkbook"],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
