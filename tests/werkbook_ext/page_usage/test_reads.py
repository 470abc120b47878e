from __future__ import annotations

from typing import Any

import pytest

from werkbook_ext.page_usage.reads import State, names_read, touched_names


def namespace_of(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(source, names)
    return names


SOURCE = """
import functools, math
items = []
rate = 2
class Shop:
    def total(self): return sum(items) * rate
shop = Shop()
def helper(): return deep()
def deep(): return shop.total() + missing
def unrelated(): return other
def decorate(f):
    @functools.wraps(f)
    def inner(*a): return f(*a)
    return inner
@decorate
def view(): return helper() + math.pi
"""


def test_names_read_follow_calls_decorators_classes_and_instances() -> None:
    names = namespace_of(SOURCE)
    found = names_read([names["view"]], names)
    wanted = {"helper", "deep", "shop", "missing", "items", "rate", "math"}
    assert wanted <= found
    assert not {"unrelated", "other"} & found


@pytest.mark.parametrize(
    ("cell", "changed"),
    [
        ("rate = 3", {"rate"}),
        ("rate = 2", set()),
        ("items.append(1)", {"items"}),
        ("items = []", set()),
        ("len(items)", set()),
        ("missing = 1", {"missing"}),
        ("del rate", {"rate"}),
        ("def deep(): return 1", {"deep"}),
        ("unused = 5", set()),
        ("shop.name = 'x'", {"shop"}),
        ("def add(): items.append(2)\nadd()", {"items"}),
    ],
)
def test_state_tells_what_a_cell_changed(cell: str, changed: set[str]) -> None:
    names = namespace_of(SOURCE)
    state = State(names_read([names["view"]], names), names)
    exec(cell, names)
    assert state.changed(lambda: touched_names(cell, names)) == changed


def test_values_that_cannot_be_compared_count_when_touched() -> None:
    names = namespace_of("import threading\nlock = threading.Lock()")
    state = State({"lock"}, names)
    for cell, changed in [
        ("x = 1", set()),
        ("lock.acquire()", {"lock"}),
        ("print(lock)", set()),
        ("use(lock)", {"lock"}),
    ]:
        assert state.changed(lambda c=cell: touched_names(c, names)) == changed
