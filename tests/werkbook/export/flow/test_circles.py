"""Functions and methods that call each other: what each of them changes."""

from __future__ import annotations

import pytest

from werkbook.export import Cell, Options, export
from werkbook.export.flow.circles import Circles
from werkbook.export.flow.context import Effects

APP = "from flask import Flask\n\napp = Flask(__name__)\nseen = []"
VIEW = "@app.get('/')\ndef index(): return str(seen)"


def exported(*sources: str) -> str:
    """The file of a notebook whose view shows the list `seen`."""
    cells = [Cell(f"c{n}", source) for n, source in enumerate((APP, *sources, VIEW))]
    return export(cells, Options(version_of=lambda name: None)).source


def test_both_functions_that_call_each_other_change_what_one_changes() -> None:
    """Whichever of them is called first."""
    ping = "def ping(n):\n    if n:\n        pong(n - 1)"
    pong = "def pong(n):\n    seen.append(n)\n    if n:\n        ping(n - 1)"
    for calls in (("ping(2)", "pong(3)"), ("pong(3)", "ping(2)")):
        text = exported(ping, pong, *calls)
        assert all(f"\n{call}\n" in text for call in calls)


def test_a_method_that_calls_its_namesake_changes_what_that_one_changes() -> None:
    """`Outer.run` calls `Inner.run`, and an object of `Outer` starts with it."""
    inner = "class Inner:\n    def run(self):\n        seen.append(1)"
    outer = (
        "class Outer(Inner):\n    def __init__(self):\n        self.run()\n\n"
        "    def run(self):\n        super().run()"
    )
    text = exported(inner, "one = Inner()\none.run()", outer, "Outer()")
    assert "\none.run()\n" in text and "\nOuter()\n" in text


def test_a_method_changes_the_argument_that_one_of_its_namesakes_changes() -> None:
    """By its place in the call, or by its name."""
    one = "class One:\n    def put(self, rows, to):\n        to.append(rows)"
    two = "class Two:\n    def put(self, *, to):\n        to.append(2)"
    made = "one, two = One(), Two()"
    calls = ("one.put(1, seen)", "two.put(to=seen)")
    text = exported(one, two, made, *calls)
    assert all(f"\n{call}\n" in text for call in calls)
    assert "print(" not in exported(one, two, made, *calls, "print(two.name)")


def test_a_function_that_serves_is_found_behind_those_that_call_each_other() -> None:
    """The circle is gone through once; what serves is left out."""
    first = "def first(n):\n    second(n)"
    second = "def second(n):\n    if n:\n        first(n - 1)\n    app.run(port=n)"
    text = exported(first, second, "first(1)", "second(1)")
    assert "first" not in text and "second" not in text


def test_methods_of_one_name_are_summed_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Twice the classes with a method of one name are twice the work."""
    counts = []
    added = Effects.add

    def noted(self: Effects, other: Effects) -> None:
        counts[-1] += 1
        added(self, other)

    monkeypatch.setattr(Effects, "add", noted)
    for size in (20, 40):
        counts.append(0)
        cells = []
        for n in range(size):
            body = "    rows = []\n\n    def add(self, x):\n        self.rows.append(x)"
            more = "    def __init__(self):\n        super().__init__()"
            cells.append(f"class C{n}:\n{body}\n\n{more}\n\n\nc{n} = C{n}()")
            cells.append(f"c{n}.add({n})\nseen.append(c{n}.rows)")
        assert f"\nc{size - 1}.add({size - 1})\n" in exported(*cells)
    assert counts[1] < counts[0] * 2.2


def test_an_answer_from_part_of_another_is_found_once_more() -> None:
    """Two ask each other; whichever is asked first, both know all in the end."""
    asks = {"a": ["b"], "b": ["a", "c"], "c": []}
    circles = Circles[set[str]]()
    asked = []

    def find(name: str) -> set[str]:
        def complete(found: set[str]) -> None:
            asked.append(name)
            found.add(name)
            for other in asks[name]:
                found |= find(other)

        return circles.find(name, set(), complete)

    assert find("b") == find("a") == {"a", "b", "c"} and find("c") == {"c"}
    assert asked == ["b", "a", "c", "a"]
