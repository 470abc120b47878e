"""The site holds bytecode of what a start imports, with the source beside it."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tools.lite.compile_start import LEFT_OUT, add_bytecode

SOURCE = 'def greet():\n    return "hello"\n'
CACHED = f"{{folder}}/__pycache__/{{name}}.{sys.implementation.cache_tag}.pyc"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A wheel with a package of two modules, and a folder that is left out."""
    path = tmp_path / "greetings-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name in ("greetings/__init__.py", "greetings/hello.py", "greetings/bye.py"):
            wheel.writestr(name, SOURCE)
        wheel.writestr(f"{LEFT_OUT[0]}stub.pyi", "")
    return path


def names(archive: Path) -> set[str]:
    with zipfile.ZipFile(archive) as wheel:
        return set(wheel.namelist())


def test_only_what_a_start_imports_is_compiled(archive: Path) -> None:
    """The rest stays as it is, and nothing but the folders left out is missing."""
    before = names(archive)
    count = add_bytecode(archive, "/site", {"/site/greetings/hello.py"}, CACHED)
    compiled = f"greetings/__pycache__/hello.{sys.implementation.cache_tag}.pyc"
    assert count == 1
    assert names(archive) == before - {f"{LEFT_OUT[0]}stub.pyi"} | {compiled}


def test_an_import_compiles_nothing_anew(archive: Path, tmp_path: Path) -> None:
    """The bytecode is taken unchecked; errors and `inspect` still find the source."""
    place = tmp_path / "site"
    add_bytecode(archive, str(place), {f"{place}/greetings/hello.py"}, CACHED)
    with zipfile.ZipFile(archive) as wheel:
        wheel.extractall(place)
    path = place / "greetings" / "hello.py"
    assert path.read_text() == SOURCE
    path.write_text(SOURCE.replace("hello", "compiled again"))
    spec = importlib.util.spec_from_file_location("greetings_hello", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.greet() == "hello"
    assert inspect.getsourcefile(module.greet) == str(path)


def test_a_zip_on_the_path_gives_its_bytecode(archive: Path) -> None:
    """As Pyodide's standard library does, which is imported from its zip file."""
    wanted = {f"{archive}/greetings/{name}.py" for name in ("__init__", "hello")}
    assert add_bytecode(archive, str(archive), wanted, "{folder}/{name}.pyc") == 2
    code = (
        "import inspect, sys; import greetings.hello as hello; "
        "print(hello.__cached__ or hello.__spec__.origin, hello.greet()); "
        "print(inspect.getsource(hello.greet))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(archive)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    origin, greeting = done.stdout.splitlines()[0].rsplit(" ", 1)
    assert greeting == "hello"
    assert origin == f"{archive}/greetings/hello.pyc"
    assert done.stdout.split("\n", 1)[1].strip() == SOURCE.strip()
