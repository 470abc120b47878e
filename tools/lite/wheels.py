"""The wheels of the site: ours, and what it needs, with what the kernel needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

STARTUP = ("micropip", "ipython", "jedi")
"""What the kernel imports first, in the versions that Pyodide was tried with."""
EXTRAS = ("", "notebook", "teach")
ALSO = ("tzdata",)
NOT_HERE = frozenset(
    (
        "colorama",
        "ipykernel",
        "jupyter-server-proxy",
        "jupyterlab",
        "libcst",  # `werkbook import` is a command, and its YAML has no wheel there
        "pexpect",
        "psutil",
        "regex",  # it ends a search in time, for which there are no threads
        "waitress",
        "widgetsnbextension",
    )
)
"""What needs processes or sockets, and what the kernel brings stand-ins of."""
KERNEL_EXTENSION = Path(
    sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
)
PYTHON, ABI, PLATFORM = "3.14", "cp314", "pyemscripten_2026_0_wasm32"
MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": "3.14.2",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_release": "5",
    "platform_system": "Emscripten",
    "platform_version": "#1",
    "python_full_version": "3.14.2",
    "python_version": PYTHON,
    "sys_platform": "emscripten",
}


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a program; what it prints is shown when it fails."""
    done = subprocess.run(
        [str(one) for one in command], cwd=cwd, capture_output=True, text=True
    )
    if done.returncode:
        words = " ".join(map(str, command))
        sys.exit(f"{done.stdout}{done.stderr}\n{words} failed.")


class Wheels:
    """A folder of wheels, filled until nothing is missing.

    Args:
        folder: The folder, new.
        official: The packages of Pyodide's own lock, by name.
    """

    def __init__(self, folder: Path, official: Mapping[str, Any]) -> None:
        self.folder = folder
        self._official = official
        folder.mkdir()

    def files(self) -> list[Path]:
        """Return the wheels."""
        return sorted(self.folder.glob("*.whl"))

    def collect(self, checkout: Path) -> None:
        """Build the checkout's wheel, and get what all need."""
        build_wheel(checkout, self.folder)
        self._build_markupsafe()
        for wheel in kernel_wheels():
            shutil.copy2(wheel, self.folder)
        while missing := sorted(self._wanted() - self._names() - NOT_HERE):
            pinned = self._tested()
            download(
                self.folder,
                *(
                    f"{one}=={self._official[one]['version']}" if one in pinned else one
                    for one in missing
                ),
            )

    def _names(self) -> set[str]:
        return {canonicalize_name(one.name.partition("-")[0]) for one in self.files()}

    def _wanted(self) -> set[str]:
        needed = {canonicalize_name(one) for one in (*STARTUP, *ALSO)}
        for wheel in self.files():
            needed.update(canonicalize_name(one.name) for one in requirements(wheel))
        return needed

    @cache  # noqa: B019  # one object for the whole build
    def _tested(self) -> set[str]:
        """Return what the kernel starts with, and what that needs."""
        found: set[str] = set()
        waiting = list(STARTUP)
        while waiting:
            name = waiting.pop()
            if name not in found and name in self._official:
                found.add(name)
                waiting += self._official[name]["depends"]
        return found

    def _build_markupsafe(self) -> None:
        """Build it without its C part: there is no wheel for Pyodide."""
        work = self.folder.with_name("markupsafe")
        work.mkdir()
        download(work, "markupsafe", kind="--no-binary=:all:")
        with tarfile.open(next(work.glob("markupsafe-*.tar.gz"))) as archive:
            archive.extractall(work, filter="data")
        source = next(one for one in work.glob("markupsafe-*") if one.is_dir())
        (source / "setup.py").write_text("from setuptools import setup\n\nsetup()\n")
        build_wheel(source, self.folder)


def build_wheel(source: Path, folder: Path) -> None:
    """Build the wheel of a source tree with what this environment has."""
    options = ["--wheel", "--no-isolation", "--outdir", str(folder)]
    run(sys.executable, "-m", "build", *options, source)


def download(folder: Path, *names: str, kind: str = "--only-binary=:all:") -> None:
    """Get files by pip from where it gets all others."""
    options = ["-q", "--no-deps", "--no-build-isolation", kind, "-d", str(folder)]
    if kind == "--only-binary=:all:":
        # Pure wheels, and those that are compiled for Pyodide (PEP 783).
        options += ["--platform", PLATFORM, "--implementation", "cp"]
        options += ["--abi", ABI, "--abi", "none", "--python-version", PYTHON]
    run(sys.executable, "-m", "pip", "download", *options, *names)


def kernel_wheels() -> Iterator[Path]:
    """Return the wheels that the kernel's own package brings."""
    for wheel in sorted((KERNEL_EXTENSION / "static" / "pypi").glob("*.whl")):
        if not wheel.name.startswith("widgetsnbextension-3"):
            yield wheel


def requirements(wheel: Path) -> Iterator[Requirement]:
    """Return what a wheel needs in the browser."""
    for line in re.findall(
        r"^Requires-Dist: (.*)$", read_metadata(wheel), re.MULTILINE
    ):
        one = Requirement(line)
        marker = one.marker
        is_ours = wheel.name.startswith("werkbook-")
        for extra in EXTRAS if is_ours else EXTRAS[:1]:
            if marker is None or marker.evaluate({**MARKERS, "extra": extra}):
                yield one
                break


def read_metadata(wheel: Path) -> str:
    """Return a wheel's METADATA."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.count("/") == 1 and name.endswith(".dist-info/METADATA"):
                return archive.read(name).decode()
    raise ValueError(f"{wheel.name} has no METADATA")


def list_modules(wheel: Path) -> list[str]:
    """Return the modules and packages at a wheel's top."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(
            {
                name.partition("/")[0].removesuffix(".py")
                for name in archive.namelist()
                if name.endswith(".py")
                and ".dist-info/" not in name
                and ".data/" not in name
            }
        )
