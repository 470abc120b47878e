"""Modules that register: for themselves, until they are executed again."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

APP = "from werkbook import App\napp = App('__main__')\nimport sys\nsys.app = app"
MODULE = "import sys\n@sys.app.get('/{v}')\ndef view():\n    return '{v}'\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "web_routes.py"
    path.write_text(MODULE.replace("{v}", "one"))
    yield path
    sys.modules.pop("web_routes", None)
    vars(sys).pop("app", None)


def test_module_owns_what_it_registers(shell: InteractiveShell, module: Path) -> None:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    notebook.run("k", "import web_routes")
    notebook.run("k", "import web_routes")
    assert notebook.get("/one") == "one"
    module.write_text(MODULE.replace("{v}", "two"))
    notebook.run("r", "import importlib\nimportlib.reload(web_routes)")
    assert [notebook.get("/one"), notebook.get("/two")] == ["404", "two"]
    notebook.delete_all()


def test_autoreload_replaces_what_a_module_registered(
    shell: InteractiveShell, module: Path
) -> None:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    notebook.run("a", "%load_ext autoreload\n%autoreload 2")
    notebook.run("k", "import web_routes")
    assert notebook.get("/one") == "one"
    for version in ("two", "three", "two", "three"):
        rewrite(module, MODULE.replace("{v}", version))
        notebook.run("other", "pass")
        assert [notebook.get("/one"), notebook.get(f"/{version}")] == ["404", version]
    assert notebook.get("/two") == "404"
    notebook.run("k", "pass")
    assert notebook.get("/three") == "three"
    rewrite(module, MODULE.replace("{v}", "four") + "1 / 0\n")
    notebook.try_run("other", "pass")
    assert [notebook.get("/three"), notebook.get("/four")] == ["three", "404"]
    notebook.run("a", "%autoreload 0")
    notebook.delete_all()


def rewrite(module: Path, text: str) -> None:
    """Write a module so that its time says so, whatever the clock's steps are."""
    before = module.stat().st_mtime
    module.write_text(text)
    os.utime(module, (before + 2, before + 2))
