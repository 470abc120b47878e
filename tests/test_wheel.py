"""The wheel, as somebody gets it who has never seen this checkout."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as ``python -m build`` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    done = subprocess.run(
        [*command, "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("werkbook-*.whl"))


def test_wheel_holds_both_packages(wheel: Path) -> None:
    """One distribution carries the framework, the extension and their types."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ["src/werkbook", "kernel_ext/werkbook_ext"]:
        package = ROOT / folder
        for path in package.rglob("*"):
            if path.is_file() and path.suffix in {".py", ".typed", ".js", ".css"}:
                assert str(path.relative_to(package.parent)) in names
    assert "werkbook/py.typed" in names
    assert not [name for name in names if name.startswith("tests")]


def test_wheel_holds_the_extension_of_jupyterlab(wheel: Path) -> None:
    """It is installed where JupyterLab looks, as it stands in the checkout."""
    source = ROOT / "kernel_ext" / "labextension"
    place = "share/jupyter/labextensions/werkbook"
    with zipfile.ZipFile(wheel) as archive:
        data = next(name for name in archive.namelist() if ".data/" in name)
        prefix = data.partition("/")[0] + f"/data/{place}/"
        for path in source.rglob("*"):
            if path.is_file():
                name = prefix + path.relative_to(source).as_posix()
                assert archive.read(name) == path.read_bytes()
    package = json.loads((source / "package.json").read_text("utf-8"))
    assert wheel.name.startswith(f"werkbook-{package['version']}-")


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment made as Binder makes it, with the wheel.

    First the pip section of environment.yml, then the project without dependencies.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "fresh", with_pip=True)
    programs = folder / "fresh/bin"
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    sections = [one for one in environment["dependencies"] if isinstance(one, dict)]
    # uv links what the test's own environment has, where pip takes two minutes.
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet"]
    install += ["--python", str(programs / "python")]
    subprocess.run([*install, *sections[0]["pip"]], check=True, timeout=280)
    subprocess.run([*install, "--no-deps", wheel], check=True, timeout=60)
    return programs


def test_environment_has_what_the_extra_asks_for(wheel: Path, fresh: Path) -> None:
    """With the wheel's notebook extra pip finds nothing left to install."""
    pip = [fresh / "python", "-m", "pip"]
    subprocess.run([*pip, "check"], check=True, timeout=60)
    install = ["install", "--no-index", f"{wheel}[notebook]"]
    subprocess.run([*pip, *install], check=True, timeout=60)


def test_wheel_runs_the_tour_elsewhere(fresh: Path, tmp_path: Path) -> None:
    """Installed with its notebook extra, it runs the tour outside the checkout."""
    folder = tmp_path / "notebooks"
    ignored = shutil.ignore_patterns("app.py", ".*")
    shutil.copytree(ROOT / "notebooks", folder, ignore=ignored)
    command = [fresh / "jupyter", "execute", "00_tour.ipynb"]
    done = subprocess.run(
        command,
        cwd=folder,
        env=outside_environment(fresh, tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "app.py").is_file()


def outside_environment(programs: Path, home: Path) -> dict[str, str]:
    """Return an environment in which nothing points to this checkout."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8"}
