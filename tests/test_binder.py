"""The environment files, and what Binder makes of them."""

import re
import subprocess
import sys
import tomllib
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
    needed = expanded("werkbook[notebook,gallery]", project["project"])
    assert requirements == sorted({*needed, *project["project"]["dependencies"]})


def expanded(requirement: str, project: dict[str, Any]) -> set[str]:
    """Return what a requirement stands for, the project's own extras opened."""
    extras = re.fullmatch(r"werkbook\[(.+)\]", requirement)
    if extras is None:
        return {requirement}
    listed = project["optional-dependencies"]
    names = [one for extra in extras[1].split(",") for one in listed[extra]]
    return {one for name in names for one in expanded(name, project)}


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
