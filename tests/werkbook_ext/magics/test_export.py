"""`%export`: the live notebook as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from werkbook.export import Cell, Options
from werkbook.export import export as export_cells
from werkbook.export.project.writing import stamped
from werkbook.export.proof.inside.app_file import load
from werkbook.system import using
from werkbook.system.bare import BareSystem
from werkbook_ext import export
from werkbook_ext.output import progress
from werkbook_ext.restart.exporting import cells_to_export

APP = "from werkbook import App\n\napp = App()"


def run(shell: InteractiveShell, *sources: str) -> None:
    for number, source in enumerate(sources):
        result: Any = shell.run_cell(source, store_history=True, cell_id=f"c{number}")
        assert result.success, source


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no output depend on how long a proof takes."""
    monkeypatch.setattr(progress, "AFTER_S", float("inf"))


def test_export_writes_what_the_cells_say(
    shell: InteractiveShell, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is proved, and the same as one that the saved notebook would give."""
    sources = [APP, 'items = ["a"]', '%%route /items\n{"items": items}']
    run(shell, *sources)
    capsys.readouterr()
    shell.run_line_magic("export", "made.py")
    assert capsys.readouterr().out == (
        "Wrote made.py\nProved: 1 of 1 rule asked, 1 answer equal\n"
    )
    cells = [Cell(f"c{n}", source) for n, source in enumerate(sources)]
    source = export_cells(cells, Options(output="made.py")).source
    assert (folder / "made.py").read_text() == stamped(source)


def test_export_with_docs_gives_the_live_apps_document(
    shell: InteractiveShell, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file answers /openapi.json as the kernel does, with what was recorded."""
    run(shell, APP, '%%route /items --try /items\n{"items": ["a"]}')
    live = shell.user_ns["app"].test_client().get("/openapi.json").json
    capsys.readouterr()
    shell.run_line_magic("export", "made.py --docs")
    assert capsys.readouterr().out == (
        "Wrote made.py\nWrote openapi.json\nProved: 1 of 1 rule asked, 1 answer equal\n"
    )
    made = load(str(folder / "made.py"), "app")
    assert made.test_client().get("/openapi.json").json == live
    content = live["paths"]["/items"]["get"]["responses"]["200"]["content"]
    assert content["application/json"]["example"] == {"items": ["a"]}
    written = json.loads((folder / "openapi.json").read_text())
    assert {**written, "x-generator": ""} == {**live, "x-generator": ""}


def test_export_holds_recorded_answers_against_the_file(
    shell: InteractiveShell, folder: Path
) -> None:
    """What the live app answered differently is a difference, with its cell."""
    run(shell, APP, "count = 1", '%%route /count\n{"count": count}')
    shell.user_ns["count"] = 7  # no cell says so
    shell.run_cell("%http /count", store_history=True, cell_id="ask")
    delivery = export("made.py")
    assert not delivery.is_proved
    assert "GET /count has another body." in delivery.text


def test_export_says_which_requests_it_compares_with_nothing(
    shell: InteractiveShell, folder: Path
) -> None:
    """All cells ran twice: the second time the requests carried the first's cookies."""
    set_name = "session['name'] = 'Ada'\n'in'"
    greet = "f\"Hello {session.get('name', 'stranger')}\""
    sources = [
        APP.replace("import App", "import App, session") + "\napp.secret_key = 'a key'",
        f"%%route /in\n{set_name}",
        f"%%route /who\n{greet}",
        "%http /who",
        "%http /in",
        "%http /who",
    ]
    run(shell, *sources)
    proved = "Proved: 2 of 2 rules asked, {} answers equal"
    assert export("made.py").text.splitlines()[2:] == [proved.format(5)]
    run(shell, *sources)
    assert export("made.py").text.splitlines()[2:] == [
        "Note: 5 requests of cells are not compared (GET /in of cell 2, GET /who of"
        " cell 3, GET /who of cell 4 and 2 more): other cookies came with it than the"
        " requests before it leave. Restart and Run All, and export again.",
        "Starts, nothing compared: no answer is known of what cells asked the live"
        " app.",
    ]


def test_export_takes_cells_from_before_the_extension(
    plain_shell: InteractiveShell,
) -> None:
    """Cells that ran before `%load_ext werkbook` come first."""
    plain_shell.run_cell("import math", store_history=True)
    plain_shell.run_cell("%load_ext werkbook", store_history=True)
    try:
        plain_shell.run_cell(APP, store_history=True, cell_id="app")
        found = [cell.source for cell in cells_to_export(plain_shell)]
    finally:
        plain_shell.run_line_magic("unload_ext", "werkbook")
    assert found[0] == "import math"
    assert found[-1] == APP


def test_export_never_overwrites_what_someone_wrote(
    shell: InteractiveShell, folder: Path
) -> None:
    """Only --force does; a file that an export wrote may go."""
    (folder / "mine.py").write_text("print('mine')\n")
    run(shell, APP)
    with pytest.raises(FileExistsError, match="Werkbook did not write it"):
        export("mine.py")
    assert (folder / "mine.py").read_text() == "print('mine')\n"
    shell.run_line_magic("export", "mine.py --force --no-check")
    shell.run_line_magic("export", "mine.py --no-check")
    assert "exported by Werkbook" in (folder / "mine.py").read_text()


def test_export_where_no_process_can_start(
    shell: InteractiveShell, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is proved in this kernel, which is said, and the live app stays live."""
    with using(BareSystem()):
        run(shell, APP, 'items = ["a"]', '%%route /items\n{"items": items}', "%check")
        capsys.readouterr()
        shell.run_line_magic("export", "made.py")
    assert capsys.readouterr().out.splitlines() == [
        "Wrote made.py",
        "Note: The file ran in this kernel, where no process can start: several workers"
        " and a restart were not tried.",
        "Proved: 1 of 1 rule asked, 1 answer equal",
    ]
    assert (folder / "made.py").exists()
    run(shell, "items.append('b')", "%http /items --expect-text b")
