"""The environment files, and what Binder makes of them."""

import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / "environment.yml"


@pytest.fixture(scope="module")
def requirements() -> list[str]:
    """The pip section of environment.yml."""
    environment = yaml.safe_load(ENVIRONMENT.read_text("utf-8"))
    sections = [one for one in environment["dependencies"] if isinstance(one, dict)]
    return list(sections[0]["pip"])


def test_environment_files_are_equal() -> None:
    """Binder reads the one in binder/, people the one beside the README."""
    assert ENVIRONMENT.read_bytes() == (ROOT / "binder/environment.yml").read_bytes()


def test_environment_names_what_the_project_needs(requirements: list[str]) -> None:
    """postBuild installs the project without its dependencies: all stand here."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = project["project"]["dependencies"]
    needed += project["project"]["optional-dependencies"]["notebook"]
    assert requirements == sorted(needed)


def test_repo2docker_takes_the_conda_build_pack() -> None:
    """repo2docker reads binder/environment.yml with conda, then runs postBuild."""
    repo2docker = Path(sys.executable).with_name("repo2docker")
    command = [repo2docker, "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Building conda environment for python=3.12" in said
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in said
    assert "RUN ./binder/postBuild" in said


def test_pip_section_installs(tmp_path: Path, requirements: list[str]) -> None:
    """A fresh environment takes the pip section, and then the project."""
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh/bin/python"
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *requirements], check=True, timeout=280)
    subprocess.run([*pip, "--no-deps", ROOT], check=True, timeout=120)
    subprocess.run([python, "-m", "pip", "check"], check=True, timeout=60)
    works = [python, "-c", "import werkbook, werkbook_ext, jupyterlab"]
    subprocess.run(works, check=True, cwd=tmp_path, timeout=60)
