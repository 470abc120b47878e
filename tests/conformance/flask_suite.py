"""Run the tests of Flask's own source distribution against Werkbook.

    python tests/conformance/flask_suite.py [-- options of pytest]

The distribution is downloaded from PyPI into `.cache/flask-suite`, with the tools that
its tests need; nothing of it is part of this repository. A pytest plugin calls
`install_as_flask()` before the tests import flask. Ends with 0 when at least as many
tests pass as `flask_suite_passed.txt` says.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / ".cache" / "flask-suite"
VERSION = "3.1.3"
TOOLS = ["pytest>=8,<9", "flit_core", "asgiref", "python-dotenv", "greenlet"]
PASSED = HERE / "flask_suite_passed.txt"
"""How many tests must pass; it may only be raised."""
FAILS_IN_FLASK = "tests.test_reqctx::test_bad_environ_raises_bad_request"
"""Fails with Flask itself and the Werkzeug of today."""
PLUGIN = "import werkbook\n\nwerkbook.install_as_flask()\n"


def prepare() -> Path:
    """Download what is not there yet; return the folder of Flask's source."""
    site, source = WORK / "site", WORK / f"flask-{VERSION}"
    plugin = WORK / "plugin" / "as_flask.py"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    plugin.write_text(PLUGIN, "utf-8")
    if not source.exists():
        pip("install", "--target", site, *TOOLS)
        pip(
            "download",
            *("--no-binary", ":all:", "--no-deps", "--no-build-isolation"),
            *("--dest", WORK, f"flask=={VERSION}"),
            PYTHONPATH=str(site),
        )
        with tarfile.open(WORK / f"flask-{VERSION}.tar.gz") as archive:
            archive.extractall(WORK, filter="data")
    return source


def pip(*arguments: object, **environment: str) -> None:
    """Run pip, quietly."""
    command = [sys.executable, "-m", "pip", "--quiet", *map(str, arguments)]
    subprocess.run(command, check=True, env={**os.environ, **environment})


def run(source: Path, options: list[str]) -> tuple[set[str], set[str]]:
    """Run the tests; return the names of those that passed and that failed."""
    report = WORK / "report.xml"
    report.unlink(missing_ok=True)
    packages = [ROOT / "src", ROOT / "kernel_ext", WORK / "plugin", WORK / "site"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, packages)),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Only the plugins named here: others may not fit this pytest.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
    }
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "as_flask"]
    command += ["-p", "no:cacheprovider", f"--junitxml={report}", "tests", *options]
    subprocess.run(command, cwd=source, env=environment, check=False)
    passed, failed = set(), set()
    for test in ElementTree.parse(report).iter("testcase"):
        name = f"{test.get('classname')}::{test.get('name')}"
        if test.find("failure") is not None or test.find("error") is not None:
            failed.add(name)
        elif test.find("skipped") is None:
            passed.add(name)
    return passed - {FAILS_IN_FLASK}, failed - {FAILS_IN_FLASK}


def main(options: list[str]) -> int:
    """Run the suite and print how it went."""
    passed, failed = run(prepare(), options)
    wanted = int(PASSED.read_text("utf-8"))
    for name in sorted(failed):
        print("fails:", name)
    print(f"flask-suite: {len(passed)} passed, at least {wanted} must")
    return 0 if len(passed) >= wanted else 1


if __name__ == "__main__":
    sys.exit(main([option for option in sys.argv[1:] if option != "--"]))
