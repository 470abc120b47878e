"""`make lab`, `make test` and what they need: tools/prepare and the stamps."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
CONSTRAINTS = "tests/constraints.txt"
POSIX_TOOLS = ["sh", "date", "dirname", "id", "sed", "mkdir", "mktemp", "rm"]


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH on which there is a shell, and nothing that could be missing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in POSIX_TOOLS:
        (programs / name).symlink_to(shutil.which(name) or name)
    return str(programs)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what sets a checkout up, with nothing set up yet."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ["Makefile", "pyproject.toml", "README.md", "LICENSE"]:
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    (folder / "tests").mkdir()
    shutil.copy(ROOT / CONSTRAINTS, folder / CONSTRAINTS)
    return folder


def prepare(
    folder: Path, path: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "tools/prepare", *arguments],
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_missing_python_is_named(checkout: Path, bare_path: str) -> None:
    """Without a Python that is new enough, say which, and what to type."""
    done = prepare(checkout, bare_path, "venv")
    assert done.returncode == 1
    assert done.stderr == (
        "werkbook: Python 3.11 or newer is missing.\n"
        "  Install it: apt-get install python3 python3-venv\n"
        "  or name one that is there: make PYTHON=/path/to/python3.12 ...\n"
    )


@pytest.mark.parametrize(
    ("program", "name", "package"),
    [
        ("chromium", "Chromium", "chromium"),
        ("firefox", "Firefox", "firefox-esr"),
        ("npm", "npm", "npm"),
    ],
)
def test_missing_program_is_named(
    checkout: Path, bare_path: str, program: str, name: str, package: str
) -> None:
    """Without a program, and without a way to install it, say what to type."""
    done = prepare(checkout, bare_path, program)
    assert done.returncode == 1
    assert done.stderr == (
        f"werkbook: The browser tests need {name}.\n"
        f"  Install it: apt-get install {package} (as root), then run make test"
        " again.\n"
    )


def test_check_of_the_javascript_names_what_it_lacks(
    checkout: Path, bare_path: str
) -> None:
    """Without npm, `make check` stops and says what to type."""
    done = prepare(checkout, bare_path, "javascript")
    assert done.returncode == 1
    assert done.stderr == (
        "werkbook: The check of the JavaScript needs npm.\n"
        "  Install it: apt-get install npm (as root), then run make check again.\n"
    )


def test_what_checks_the_javascript_is_installed_once(
    checkout: Path, bare_path: str
) -> None:
    """npm runs when the lock file is newer than what was installed, else not."""
    shutil.rmtree(checkout / "kernel_ext", ignore_errors=True)
    (checkout / "kernel_ext").mkdir()
    (checkout / "kernel_ext/package-lock.json").write_text("{}")
    for name in ["find", "touch"]:
        (Path(bare_path) / name).symlink_to(shutil.which(name) or name)
    npm = Path(bare_path) / "npm"
    npm.write_text('#!/bin/sh\necho "npm $1"\nmkdir -p kernel_ext/node_modules\n')
    npm.chmod(0o755)
    said = "werkbook: installing Biome and TypeScript into kernel_ext/node_modules\n"
    done = [prepare(checkout, bare_path, "javascript") for _ in range(2)]
    assert [one.stdout for one in done] == [f"{said}npm ci\n", ""]
    npm.write_text("#!/bin/sh\nexit 1\n")
    later_s = time.time() + 10
    os.utime(checkout / "kernel_ext/package-lock.json", (later_s, later_s))
    failed = prepare(checkout, bare_path, "javascript")
    assert (failed.returncode, failed.stdout) == (1, said)
    assert failed.stderr == (
        "werkbook: npm could not install what checks the JavaScript.\n"
        "  Can this machine reach a package index? Then run the same command again.\n"
    )


def test_lock_file_names_no_registry() -> None:
    """npm fetches from the registry that the machine is set up for."""
    lock = (ROOT / "kernel_ext/package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "integrity" in lock


@pytest.mark.parametrize("name", ["chromium", "firefox", "firefox-esr", "npm"])
def test_program_that_is_there_is_taken(
    checkout: Path, bare_path: str, name: str
) -> None:
    """A program on PATH is all that is asked for; nothing is said."""
    program = Path(bare_path) / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    done = prepare(checkout, bare_path, name.removesuffix("-esr"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_failed_installation_is_said(checkout: Path) -> None:
    """When pip fails, its words are followed by what to do."""
    venv.create(checkout / ".venv", with_pip=False)
    done = prepare(checkout, os.environ["PATH"], "extra", "notebook")
    assert done.returncode == 1
    assert done.stderr.endswith(
        "werkbook: pip could not install '.[notebook]'; see above.\n"
        "  Can this machine reach a package index? Then run the same command again.\n"
    )


FAKE_PYTHON = """#!/bin/sh
case "$*" in
    *"pip config"*) {config} ;;
    *" uv") {get_uv} ;;
    "-m uv "*) {run_uv} ;;
    "-m pip "*) {run_pip} ;;
esac
"""
PIP_SAYS = "for n in $(seq 26); do echo Collecting p$n; done; "
PIP_SAYS += "echo Installing collected packages: a; echo Successfully installed a"
UV_SAYS = "echo Resolved 26 packages in 9ms; echo Prepared 26 packages in 9ms; "
UV_SAYS += "echo Installed 26 packages in 9ms"
IS_CONSTRAINED = f'case "$*" in *"--constraint {CONSTRAINTS}"*) '
NEWEST = "the tested versions can't be had here; the newest are tried"
STEPS_OF_PIP = ["25 packages found or downloaded", "unpacking 26 packages", "installed"]


@pytest.mark.parametrize(
    ("programs", "steps"),
    [
        ({"run_uv": UV_SAYS}, ["chose the packages", "downloaded", "installed"]),
        ({"get_uv": "exit 1"}, STEPS_OF_PIP),
        (
            {"run_uv": "echo error: no solution; exit 2"},
            ["uv could not; pip tries", *STEPS_OF_PIP],
        ),
        ({"config": "echo \"global.no-index='true'\""}, STEPS_OF_PIP),
        (
            {
                "config": "echo \"global.index-url='one'\"; "
                "echo \":env:.index-url='two'\"",
                "run_uv": 'echo "Resolved"; [ "$UV_DEFAULT_INDEX" = two ]',
            },
            ["chose the packages"],
        ),
        (
            {"run_uv": IS_CONSTRAINED + UV_SAYS + " ;; *) exit 2;; esac"},
            ["chose the packages", "downloaded", "installed"],
        ),
        (
            {
                "get_uv": "exit 1",
                "run_pip": IS_CONSTRAINED + "exit 1 ;; esac; " + PIP_SAYS,
            },
            [NEWEST, *STEPS_OF_PIP],
        ),
    ],
)
def test_installation_is_told_step_by_step(
    checkout: Path, programs: dict[str, str], steps: list[str]
) -> None:
    """Each stage of uv's work, or pip's without it, is a line with the seconds."""
    folder = checkout / ".venv/bin"
    folder.mkdir(parents=True)
    usual = {"config": ":", "get_uv": ":", "run_uv": UV_SAYS, "run_pip": PIP_SAYS}
    (folder / "python").write_text(FAKE_PYTHON.format(**usual | programs))
    (folder / "python").chmod(0o755)
    done = prepare(checkout, os.environ["PATH"], "extra", "notebook")
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines = re.sub(r" +\d+ s", " N s", done.stdout).splitlines()
    assert first == (
        "werkbook: installing the project with its 'notebook' extra into .venv"
        " (a minute or two the first time)"
    )
    assert lines == [
        f"werkbook: N s  {step}" for step in ["asking for the packages", *steps]
    ]


def test_tested_versions_are_those_that_the_project_asks_for() -> None:
    """Each requirement of the extra `dev`, and of the extras in it, has a version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = (ROOT / CONSTRAINTS).read_text("utf-8").splitlines()[1:]
    versions = dict(line.split("==") for line in lines)
    tested = {canonicalize_name(name): versions[name] for name in versions}
    waiting, seen = ["dev"], {"dev"}
    required = [Requirement(text) for text in project["dependencies"]]
    while waiting:
        found = [Requirement(text) for text in extras[waiting.pop()]]
        own = [one for one in found if one.name == project["name"]]
        required += [one for one in found if one not in own]
        inner = {extra for one in own for extra in one.extras}
        waiting += sorted(inner - seen)
        seen |= inner
    assert len(required) > 80
    wrong = [
        str(one)
        for one in required
        if not one.specifier.contains(tested.get(canonicalize_name(one.name), "0"))
    ]
    assert wrong == []


def test_nothing_changed_does_nothing(checkout: Path) -> None:
    """Once set up, and with nothing changed, make has nothing to do."""
    venv.create(checkout / ".venv", with_pip=True)
    for stamp in [".ready", ".notebook", ".dev"]:
        (checkout / ".venv" / stamp).touch()
    for target in [".venv/.notebook", ".venv/.dev"]:
        done = subprocess.run(
            ["make", target], cwd=checkout, env=plain(), capture_output=True, text=True
        )
        assert done.stdout == f"make: '{target}' is up to date.\n"


def test_environment_without_its_python_is_made_anew(checkout: Path) -> None:
    """An environment whose Python has gone is no environment."""
    programs = checkout / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to("/nowhere/python3")
    (checkout / ".venv/.ready").touch()
    command = ["make", f"PYTHON={sys.executable}", ".venv/.ready"]
    done = subprocess.run(
        command, cwd=checkout, env=plain(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.match(r"werkbook: +\d+ s  making \.venv with Python 3\.", done.stdout)
    subprocess.run([programs / "python", "-m", "pip", "--version"], check=True)


def plain() -> dict[str, str]:
    """Return the environment without what an outer make put there."""
    return {key: value for key, value in os.environ.items() if "MAKE" not in key}


@pytest.fixture
def lab_url() -> Iterator[str]:
    """The address of a JupyterLab that ``make lab`` started."""
    port = free_port()
    options = f"--no-browser --allow-root --ServerApp.port={port}"
    options += " --ServerApp.port_retries=0 --IdentityProvider.token=secret"
    process = subprocess.Popen(
        ["make", "lab", f"LAB_OPTIONS={options}"],
        cwd=ROOT,
        env=plain(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield f"http://127.0.0.1:{port}"
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(20)


def test_make_lab_opens_the_tour(lab_url: str) -> None:
    """`make lab` serves JupyterLab where the tour is."""
    place = f"{lab_url}/api/contents/00_tour.ipynb?content=0&token=secret"
    deadline_s = time.monotonic() + 240
    while True:
        try:
            with urllib.request.urlopen(place, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline_s, "JupyterLab did not answer"
            time.sleep(0.1)
