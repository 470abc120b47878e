"""Build the site without a server: JupyterLite, Werkbook, its notebooks, all they need.

Usage: python tools/lite/build.py OUTPUT [--notebooks FOLDER]

It gets what it needs from PyPI and npm, with pip and npm as they are set up here; the
site asks no other place for the basics. Run by the Python of `make lite`'s environment.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

from lock import make_lock
from wheels import KERNEL_EXTENSION, Wheels, run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NEEDS_PROCESSES = "needs-processes"
"""The tag of cells that are left out: they start a program."""
CORE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "package.json",
)
"""What of npm's package the site needs."""
PRELOADED = (
    "micropip",
    "piplite",
    "ipykernel",
    "comm",
    "pyodide-kernel",
    "jedi",
    "ipython",
    "werkbook",
    "requests",
    "anywidget",
    "ipywidgets",
)
"""What the kernel loads before its first cell: `%load_ext` loads nothing by itself."""
WITH_VIEWS = ("anywidget", "jupyterlab_widgets", "werkbook")
"""The wheels whose JupyterLab extensions the site has."""


def main() -> None:
    """Read the arguments, and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--notebooks", type=Path, default=ROOT / "notebooks")
    given = parser.parse_args()
    output: Path = given.output.resolve()
    with tempfile.TemporaryDirectory(prefix="werkbook-lite-") as place:
        build(Path(place), output, given.notebooks.resolve())
    files = [one for one in output.rglob("*") if one.is_file()]
    size = sum(one.stat().st_size for one in files) / 1e6
    print(f"werkbook: {output} has {len(files)} files, {size:.0f} MB")


def build(work: Path, output: Path, notebooks: Path) -> None:
    """Build in a folder of its own, and replace the output at the end."""
    pyodide = get_pyodide(work)
    official = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
    wheels = Wheels(work / "wheels", official["packages"])
    wheels.collect(ROOT)
    lite = work / "lite"
    place = lite / "static" / "pyodide"
    place.mkdir(parents=True)
    for name in CORE:
        shutil.copy2(pyodide / name, place)
    for wheel in wheels.files():
        shutil.copy2(wheel, place)
    write_lock(official, place)
    run("node", HERE / "compile.mjs", place, *PRELOADED)
    # The wheels have bytecode in them now, so other check sums.
    write_lock(official, place)
    configure(lite)
    copy_notebooks(notebooks, lite / "content")
    made = work / "site"
    run_lite(lite, made, [one for one in wheels.files() if has_views(one)])
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, output)


def write_lock(official: dict[str, Any], place: Path) -> None:
    """Write the lock of the wheels in a folder, which Pyodide reads beside itself."""
    lock = make_lock(official, sorted(place.glob("*.whl")), PYODIDE_VERSION)
    (place / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")


def copy_notebooks(source: Path, target: Path) -> None:
    """Copy the notebooks without the cells that the site's Python can't run."""
    ignored = shutil.ignore_patterns(".*", "__pycache__", "app.py", "*.db")
    shutil.copytree(source, target, ignore=ignored)
    for path in target.rglob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        notebook["cells"] = [
            cell
            for cell in notebook["cells"]
            if NEEDS_PROCESSES not in cell["metadata"].get("tags", ())
        ]
        text = json.dumps(notebook, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", "utf-8")


def get_pyodide(work: Path) -> Path:
    """Get Pyodide's core from npm; it brings no wheels."""
    run("npm", "pack", "--silent", f"pyodide@{PYODIDE_VERSION}", cwd=work)
    with tarfile.open(work / f"pyodide-{PYODIDE_VERSION}.tgz") as archive:
        archive.extractall(work, filter="data")
    return work / "package"


def configure(lite: Path) -> None:
    """Write the site's settings."""
    kernel = {
        "disablePyPIFallback": False,
        "loadPyodideOptions": {"packages": PRELOADED},
    }
    settings = {
        "appName": "Werkbook",
        # The tests drive the page by it, as they do JupyterLab's.
        "exposeAppInBrowser": True,
        # JupyterLab's extension asks for it: its commands for a site without a server.
        "werkbookSite": "true",
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    text = {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}
    (lite / "jupyter-lite.json").write_text(json.dumps(text), "utf-8")


def has_views(wheel: Path) -> bool:
    """Say whether a wheel has an extension of JupyterLab's for the site."""
    return wheel.name.partition("-")[0] in WITH_VIEWS


def run_lite(lite: Path, made: Path, extensions: list[Path]) -> None:
    """Run JupyterLite's own build."""
    # This environment's own copies of extensions may be older than the wheels.
    found = [str(KERNEL_EXTENSION), *map(str, extensions)]
    config = {"LiteBuildConfig": {"federated_extensions": found}}
    (lite / "jupyter_lite_config.json").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "jupyter", "lite", "build", "--no-sourcemaps"]
    command += ["--ignore-sys-prefix", "--contents", "content"]
    command += ["--output-dir", str(made)]
    done = subprocess.run(command, cwd=lite, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\njupyter lite build failed.")


if __name__ == "__main__":
    main()
