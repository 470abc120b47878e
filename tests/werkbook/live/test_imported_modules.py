"""A module owns what its code registers."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from werkbook import App, live

SOURCE = """
from werkbook import App

app = App(__name__)


@app.get("/{name}")
def view():
    return "{name}"
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module that makes an app, importable as `module_of_cells`."""
    path = tmp_path / "module_of_cells.py"
    path.write_text(SOURCE.format(name="one"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    live.enable()
    yield path
    live.disable()
    sys.modules.pop("module_of_cells", None)


def run(owner_id: str, source: str) -> dict[str, App]:
    """Run a cell and return what it bound."""
    names: dict[str, App] = {"__name__": "__main__"}  # type: ignore[dict-item]  # a name
    began = live.begin(live.Owner(owner_id), source)
    try:
        exec(compile(source, f"<{owner_id}>", "exec"), names)
    except Exception:
        live.roll_back(began)
        raise
    live.commit(began)
    return names


def answer(app: App, url: str) -> str:
    """Return status and body of a request."""
    response = app.test_client().get(url)
    return f"{response.status_code} {response.text[:3]}"


def test_import_outlives_the_cells_next_run(module: Path) -> None:
    """What a module registered stays when the cell that imports it runs again."""
    cell = "from module_of_cells import app\n@app.get('/cell')\ndef cell(): return 'a'"
    app = run("a", cell)["app"]
    again = run("a", "from module_of_cells import app")["app"]
    assert again is app
    assert answer(app, "/one") == "200 one"
    assert answer(app, "/cell")[:3] == "404"


def test_reload_replaces(module: Path) -> None:
    """Executing a module again replaces what it registered, on the same app."""
    app = run("a", "from module_of_cells import app")["app"]
    module.write_text(SOURCE.format(name="two"))
    importlib.invalidate_caches()
    cell = "import importlib, module_of_cells as m\nimportlib.reload(m)\napp = m.app"
    assert run("b", cell)["app"] is app
    assert answer(app, "/one")[:3] == "404"
    assert answer(app, "/two") == "200 two"


def test_failing_reload_changes_nothing(module: Path) -> None:
    """A module that fails when it is executed again leaves what it said before."""
    app = run("a", "from module_of_cells import app")["app"]
    module.write_text(SOURCE.format(name="two") + "\n1 / 0\n")
    cell = "import importlib, module_of_cells as m\nimportlib.reload(m)"
    with pytest.raises(ZeroDivisionError):
        run("b", cell)
    assert answer(app, "/one") == "200 one"
    assert answer(app, "/two")[:3] == "404"


def test_failing_cell_keeps_what_its_import_registered(module: Path) -> None:
    """The module stays imported when the cell fails after the import."""
    with pytest.raises(ZeroDivisionError):
        run("a", "from module_of_cells import app\n1 / 0")
    app = run("b", "from module_of_cells import app")["app"]
    assert answer(app, "/one") == "200 one"


def test_module_hooks_come_before_the_cells(module: Path) -> None:
    """What a cell imports is registered before what it registers itself."""
    module.write_text(SOURCE.format(name="one") + "app.before_request(print)\n")
    cell = "from module_of_cells import app\napp.before_request(len)"
    app = run("a", cell)["app"]
    assert app.before_request_funcs[None] == [print, len]
