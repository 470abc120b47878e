"""The laws L1 to L3 for every kind of registration, in a shell and in a real kernel."""

import pytest
from tests.werkbook_ext.held_kinds import HELD_KINDS
from tests.werkbook_ext.kinds import KINDS, Kind
from tests.werkbook_ext.notebooks import Notebook


@pytest.fixture(params=[*KINDS, *HELD_KINDS], ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    made: Kind = request.param
    return made


@pytest.fixture
def base(notebook: Notebook, kind: Kind) -> Notebook:
    notebook.run("o", "%config Werkbook.try_get = False")
    notebook.run("base", kind.base)
    return notebook


def failing(kind: Kind) -> str:
    """The cell as it would be run with a mistake at its end."""
    if not kind.is_magic:
        return kind.cell("three") + "\n1 / 0"
    if kind.name == "%%route":
        return kind.cell("three") + "\n)"
    if kind.name.endswith("%%template"):
        return kind.cell("three") + "\n{% endblock %}"
    return kind.cell("three").replace("k.txt", "../k.txt")


def test_l1_run_again_replaces(base: Notebook, kind: Kind) -> None:
    assert base.ask(kind.probe) is None
    base.run("k", kind.cell("one"))
    assert base.ask(kind.probe) == "one"
    base.run("k", kind.cell("two"))
    assert base.ask(kind.probe) == "two"
    base.run("k", "pass")
    assert base.ask(kind.probe) is None


def test_l2_a_failed_run_changes_nothing(base: Notebook, kind: Kind) -> None:
    base.fail("k", failing(kind))
    assert base.ask(kind.probe) is None
    base.run("k", kind.cell("one"))
    base.fail("k", failing(kind))
    assert base.ask(kind.probe) == "one"
    base.fail("k", "def f(:")
    assert base.ask(kind.probe) == "one"


def test_l3_a_deleted_cell_goes_and_comes_back(base: Notebook, kind: Kind) -> None:
    base.run("k", kind.cell("one"))
    base.delete("k")
    assert base.ask(kind.probe) is None
    base.fail("k", "1 / 0")
    assert base.ask(kind.probe) == "one"
    base.run("k", kind.cell("two"), deleted=["k"])
    assert base.ask(kind.probe) == "two"
    base.delete("k")
    base.run("k", kind.cell("one"))
    assert base.ask(kind.probe) == "one"
