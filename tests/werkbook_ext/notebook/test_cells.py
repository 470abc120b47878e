from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

from werkbook_ext.notebook.cells import first_line, identify_run


def info(source: str = "x = 1", cell_id: Any = None, meta: Any = None) -> ExecutionInfo:
    return ExecutionInfo(source, True, False, True, cell_id, meta)


def test_cell_of_takes_the_front_ends_id(plain_shell: InteractiveShell) -> None:
    cell = identify_run(info(cell_id="abc", meta={}), plain_shell)
    assert cell.owner.id == "abc"
    assert not cell.owner.is_approximate
    assert cell.owner.label == f"In[{plain_shell.execution_count - 1}]"


def test_cell_of_takes_the_id_from_the_metadata(plain_shell: InteractiveShell) -> None:
    assert identify_run(info(meta={"cellId": "abc"}), plain_shell).owner.id == "abc"


def test_cell_of_without_an_id_goes_by_its_source(
    plain_shell: InteractiveShell,
) -> None:
    one, same, other = (
        identify_run(info(text), plain_shell).owner
        for text in ("x = 1", "x = 1", "x = 2")
    )
    assert one.is_approximate
    assert one.id == same.id != other.id


def test_cell_of_reads_deletions(plain_shell: InteractiveShell) -> None:
    cell = identify_run(info(meta={"deletedCells": ["a", "b", 3]}), plain_shell)
    assert cell.deleted_ids == ("a", "b")


def test_cell_of_reads_the_parent_message_of_older_shells(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = {
        "header": {"session": "s"},
        "metadata": {"cellId": "abc", "deletedCells": ["d"]},
    }
    old = SimpleNamespace(raw_cell="x", store_history=True)
    monkeypatch.setattr(plain_shell, "get_parent", lambda: parent, raising=False)
    cell = identify_run(old, plain_shell)  # type: ignore[arg-type]  # an older IPython's
    assert (cell.owner.id, cell.deleted_ids, cell.session) == ("abc", ("d",), "s")


@pytest.mark.parametrize(
    "meta", [None, {}, {"deletedCells": None}, {"deletedCells": 3}]
)
def test_cell_of_survives_odd_metadata(
    plain_shell: InteractiveShell, meta: Any
) -> None:
    assert identify_run(info(meta=meta), plain_shell).deleted_ids == ()


def test_first_line_names_a_cell() -> None:
    assert first_line("\n# a comment\n  x = 1\ny = 2") == "x = 1"
    assert first_line("# only a comment") == ""
    assert first_line("x" * 80) == "x" * 57 + "..."
