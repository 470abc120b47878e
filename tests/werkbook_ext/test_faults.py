"""A fault at any step of a cell's run leaves one of the two states the laws allow."""

from __future__ import annotations

import sys
from inspect import CO_GENERATOR
from types import FrameType
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

OLD = """
@app.get("/a")
def a(): return "old a"
@app.post("/b")
def b(): return "old b"
@app.before_request
def note(): request.environ["noted"] = "old"
@app.after_request
def tell(response):
    response.headers["X-Noted"] = request.environ.get("noted", "-")
    return response
app.config["NAME"] = "old"
"""
NEW = """
@app.get("/a")
def other(): return "new a"
@app.get("/c")
def c(): return "new c"
@app.before_request
def note(): request.environ["noted"] = "new"
@app.after_request
def tell(response):
    response.headers["X-Noted"] = request.environ.get("noted", "-")
    return response
app.config["NAME"] = "new"
"""
WATCHED = ("/src/werkbook/", "/werkbook_ext/notebook/")
ERRORS = [KeyboardInterrupt, MemoryError, RecursionError]
"""Each is injected at every third call: together they meet each call once."""


class Fault:
    """Raises an error at the n-th call of the product's own functions."""

    def __init__(self, number: int, error: type[BaseException]) -> None:
        self.number = number
        self.error = error
        self.calls = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        name = frame.f_code.co_filename
        if event != "call" or not any(part in name for part in WATCHED):
            return
        if frame.f_code.co_flags & CO_GENERATOR:  # closing one raises in nobody
            return
        self.calls += 1
        if self.calls == self.number:
            sys.setprofile(None)
            raise self.error("injected")


class Cells:
    """One notebook whose cell is run over and over."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.run("app", "from werkbook import App, request\napp = App('faults')")
        self.app = shell.user_ns["app"]

    def run(self, cell_id: str, source: str, fault: Fault | None = None) -> None:
        with capture_output():
            sys.setprofile(fault)
            try:
                self.shell.run_cell(source, store_history=True, cell_id=cell_id)
            finally:
                sys.setprofile(None)

    def observe(self) -> list[Any]:
        client = self.app.test_client()
        told = []
        for method, path in [("GET", "/a"), ("POST", "/b"), ("GET", "/c")]:
            response = client.open(path, method=method)
            told.append((response.status, response.text, response.headers["X-Noted"]))
        rules = [(rule.rule, rule.endpoint) for rule in self.app.url_map.iter_rules()]
        return [*told, self.app.config["NAME"], sorted(rules)]


@pytest.mark.parametrize("error", ERRORS)
def test_a_fault_leaves_one_of_two_states(
    shell: InteractiveShell, error: type[BaseException]
) -> None:
    """An interrupt, no memory, too deep: at each step, the app is before or after.

    And the next run of the cell is as good as any.
    """
    cells = Cells(shell)
    cells.run("cell", NEW)
    after = cells.observe()
    cells.run("cell", OLD)
    before = cells.observe()
    counting = Fault(-1, error)
    cells.run("cell", NEW, counting)
    cells.run("cell", OLD)
    third, stuck = [], []
    first = 1 + ERRORS.index(error)
    for number in range(first, counting.calls + 1, len(ERRORS)):
        cells.run("cell", NEW, Fault(number, error))
        if cells.observe() not in (before, after):
            third.append(number)
        cells.run("cell", NEW)
        if cells.observe() != after:
            stuck.append(number)
        cells.run("cell", OLD)
        if cells.observe() != before:
            stuck.append(number)
            break
    assert (third, stuck) == ([], [])
    assert counting.calls > 100
