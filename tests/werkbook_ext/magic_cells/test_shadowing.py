import pytest

from werkbook_ext.magic_cells.shadowing import assigned_names, shadowed_globals

MISSING = [
    "counter += 1\nstr(counter)",
    "counter = counter + 1\nstr(counter)",
    "counter = 5\n'ok'",
    "if x:\n    print(counter)\ncounter = 1",
    "for counter in range(3):\n    pass\n'ok'",
]
FINE = [
    "counter = 5\nstr(counter)",
    "global counter\ncounter += 1\nstr(counter)",
    "str(counter)",
    "for counter in range(3):\n    print(counter)",
    "[counter for counter in range(3)]",
    "counter = [1]\n[n for n in counter]",
    "with open('x') as counter:\n    counter.read()",
]


@pytest.mark.parametrize("body", MISSING)
def test_shadowed_globals_missing(body: str) -> None:
    assert shadowed_globals(body, "/", {"counter": 0}) == [
        "counter is local to this view, and the notebook has a counter too:"
        " to change that one, begin the cell with: global counter"
    ]


@pytest.mark.parametrize("body", FINE)
def test_shadowed_globals_fine(body: str) -> None:
    assert shadowed_globals(body, "/", {"counter": 0}) == []


def test_shadowed_globals_leaves_arguments_and_other_names() -> None:
    assert shadowed_globals("counter += 1", "/<counter>", {"counter": 0}) == []
    assert shadowed_globals("counter += 1", "/", {"other": 0}) == []


def test_assigned_names() -> None:
    source = "import a.b, c as d\nfrom e import f\ndef g(): h = 1\nclass I: pass\nj = 1"
    assert assigned_names(source) == {"a", "d", "f", "g", "I", "j"}
    assert assigned_names("%magic") == set()
