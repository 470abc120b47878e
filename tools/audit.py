"""Look for known weaknesses: in the packages here, and in the workflow files.

    python tools/audit.py [--offline]

The advisories of the package indexes are asked where they can be reached; where not,
one line says so. `tools/weaknesses.txt` is looked through in any case. `--offline` asks
nobody: what it says depends on the checkout and its environment alone.
"""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import Version

ROOT = Path(__file__).parents[1]
LISTED = ROOT / "tools" / "weaknesses.txt"
WORKFLOWS = ROOT / ".github"
TIMEOUT_S = 120
BIN = Path(sys.executable).parent


def main() -> int:
    """Print what was found; return how many weaknesses."""
    found = [*listed(), *in_workflows()]
    if "--offline" not in sys.argv[1:]:
        found += [*in_packages(), *in_javascript()]
    for line in found:
        print(f"werkbook: {line}", file=sys.stderr)
    return min(len(found), 1)


def listed() -> Iterator[str]:
    """Compare what is installed with the list of versions that have a weakness."""
    for line in LISTED.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, mended, advisory = line.split()
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if Version(version) < Version(mended):
            yield f"{name} {version} has {advisory}: install {mended} or later"


def in_workflows() -> Iterator[str]:
    """Have zizmor read the workflow files, without asking anybody."""
    done = run(BIN / "zizmor", "--offline", "--pedantic", "--quiet", WORKFLOWS)
    if done.returncode:
        yield f"zizmor: {done.stdout.strip() or done.stderr.strip()}"


def in_packages() -> Iterator[str]:
    """Ask for advisories on the packages of this environment, if anyone answers."""
    version = importlib.metadata.version("jinja2")
    if not advisories(f"jinja2=={version}\n"):
        print("werkbook: no advisories on Python packages can be reached from here")
        return
    names = sorted({one.name for one in importlib.metadata.distributions()})
    pins = [f"{name}=={importlib.metadata.version(name)}" for name in names if name]
    for one in advisories("\n".join(pins)):
        for weakness in one["vulns"]:
            yield f"{one['name']} {one['version']} has {weakness['id']}"


def advisories(pins: str) -> list[dict[str, Any]]:
    """Return what pip-audit knows of pinned packages; [] where it can't ask."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "pins.txt")
        place.write_text(pins)
        options = ["--no-deps", "--disable-pip", "--format=json", "--timeout=10"]
        quiet = ["--progress-spinner=off", "--requirement", place]
        done = run(BIN / "pip-audit", *options, *quiet)
    try:
        known = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return [one for one in known if "vulns" in one]


def in_javascript() -> Iterator[str]:
    """Ask npm for advisories on what checks the JavaScript, and is not shipped."""
    npm = shutil.which("npm")
    if npm is None:
        return
    done = run(npm, "audit", "--prefix", ROOT / "kernel_ext", "--json")
    try:
        counts = json.loads(done.stdout)["metadata"]["vulnerabilities"]
    except (ValueError, KeyError):
        print("werkbook: no advisories on npm's packages can be reached from here")
        return
    if counts["total"]:
        yield f"npm audit finds {counts['total']}: run it in kernel_ext"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command that may take so long and no longer."""
    try:
        return subprocess.run(
            [str(word) for word in command],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess([], 0, "", "")


if __name__ == "__main__":
    sys.exit(main())
