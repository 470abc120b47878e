"""What the names of a module hold, as text."""

from __future__ import annotations

import decimal
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.utils.capture import CapturedIO
from IPython.utils.text import SList

from werkbook.export.proof.inside.questions.held_state import held_state, list_files

START = {
    "list": ("a = [1]", "a.append(2)"),
    "part": ("a = {'x': {'y': []}}", "a['x']['y'].append(1)"),
    "set": ("a = {'x', 'y'}", "a.add('z')"),
    "iterator": ("a = iter([1, 2])", "next(a)"),
    "map": ("a = map(int, '12')", "next(a)"),
    "generator": ("a = (n for n in range(3))", "next(a)"),
    "cache": ("from functools import cache\n\n@cache\ndef a(n): return n", "a(1)"),
    "default": ("def a(n, found=[]): found.append(n)", "a(1)"),
    "closure": (
        "def make():\n    n = 0\n    def step():\n        nonlocal n\n"
        "        n += 1\n    return step\na = make()",
        "a()",
    ),
    "class": ("class a:\n    found = []", "a.found.append(1)"),
    "method": ("class a:\n    def go(self): pass", "a.go = lambda self: 1"),
    "object": ("class C: pass\na = C()", "a.x = 1"),
    "module": ("import colorsys as a", "a.rgb_to_hsv = lambda *more: 1"),
    "random": ("import random", "random.random()"),
    "generator of numbers": (
        "import random\na = random.Random(1)",
        "a.random()",
    ),
    "NumPy's numbers": ("import numpy", "numpy.random.rand()"),
    "NumPy's generator": (
        "import numpy\na = numpy.random.default_rng(1)",
        "a.random()",
    ),
    "precision": ("import decimal", "decimal.getcontext().prec = 4"),
    "array": ("import numpy\na = numpy.zeros(2)", "a[0] = 1"),
    "table": ("import pandas\na = pandas.DataFrame({'x': ['y']})", "a['z'] = 1"),
    "config": ("from flask import Flask\na = Flask('a')", "a.config['X'] = 1"),
    "queue": ("import queue\na = queue.LifoQueue()", "a.put(1)"),
    "simple queue": ("import queue\na = queue.SimpleQueue()", "a.put(1)"),
    "own queue": ("import queue\nclass Q(queue.Queue): pass\na = Q()", "a.put(1)"),
    "event": ("import threading\na = threading.Event()", "a.set()"),
    "semaphore": ("import threading\na = threading.Semaphore(2)", "a.acquire()"),
    "lock": ("import threading\na = threading.Lock()", "a.acquire()"),
    "thread's own": ("import threading\na = threading.local()", "a.x = 1"),
    "context variable": (
        "import contextvars\na = contextvars.ContextVar('a')",
        "a.set(1)",
    ),
    "partial": (
        "import functools\nfound = []\na = functools.partial(print, found)",
        "found.append(1)",
    ),
    "text in memory": ("import io\na = io.StringIO('x\\ny')", "a.readline()"),
    "bytes in memory": ("import io\na = io.BytesIO(b'ab')", "a.read(1)"),
    "stream": ("import io\na = io.BufferedReader(io.BytesIO(b'ab'))", "a.read(1)"),
    "rows": ("import csv\na = csv.reader(['a', 'b'])", "next(a)"),
    "rows by name": ("import csv\na = csv.DictReader(['a', 'b'])", "next(a)"),
    "sections": (
        "import configparser\na = configparser.ConfigParser()",
        "a.add_section('x')",
    ),
    "namespace": ("import types\na = types.SimpleNamespace()", "a.x = 1"),
    "user's dict": ("import collections\na = collections.UserDict()", "a['x'] = 1"),
    "numbers": ("import array\na = array.array('i')", "a.append(1)"),
    "weak dict": (
        "import weakref\na = weakref.WeakValueDictionary()\nclass C: pass\nc = C()",
        "a['x'] = c",
    ),
    "logger": ("import logging\na = logging.getLogger('held')", "a.setLevel(7)"),
    "database in memory": (
        "import sqlite3\na = sqlite3.connect(':memory:')",
        "a.execute('create table t (x)')",
    ),
    "builtins": ("import builtins", "builtins.shout = lambda: 1"),
    "environment": ("import os", "os.environ['WB_HELD'] = '1'"),
}


@pytest.fixture(autouse=True)
def unpatched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import builtins
    import colorsys

    monkeypatch.setattr(colorsys, "rgb_to_hsv", colorsys.rgb_to_hsv)
    monkeypatch.setattr(builtins, "shout", None, raising=False)
    monkeypatch.setenv("WB_HELD", "")
    with decimal.localcontext():
        yield


@pytest.mark.parametrize("kind", START)
def test_a_change_is_seen(kind: str) -> None:
    """Reading it changes nothing, and twice gives the same."""
    start, change = START[kind]
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(start, space)
    before = held_state(space, [change])
    assert held_state(space, [change]) == before
    exec(change, space)
    assert held_state(space, [change]) != before


def test_what_is_unknown_tells_nothing() -> None:
    """Objects of libraries, names of the shell, and what holds itself."""
    space: dict[str, Any] = {"lock": object(), "_": 1, "In": [1]}
    assert held_state(space, but=list_files()) == {"builtins": "", "lock": ""}
    held: list[Any] = []
    held.append(held)
    assert held_state({"a": held})["a"] == "list 1"


def test_namespace_of_executed_text_tells_what_it_binds() -> None:
    """Python's own names that `exec` puts there are others in a notebook."""
    space: dict[str, Any] = {"a": {}}
    exec("n = 1", space["a"])
    assert held_state(space)["a"] == held_state({"a": {"n": 1}})["a"]


def test_lines_of_a_shell_command_are_a_list() -> None:
    """The exported file has a list in place of IPython's own kind."""
    lines: dict[str, Any] = {"a": SList(["one", "two"])}
    assert held_state(lines)["a"] == held_state({"a": ["one", "two"]})["a"]


def test_what_capture_keeps_is_its_text() -> None:
    """The exported file has a namespace in place of IPython's own kind."""
    here = held_state({"a": CapturedIO(io.StringIO("one"), io.StringIO("two"))})
    for kind in (SimpleNamespace, type("Captured", (SimpleNamespace,), {})):
        assert held_state({"a": kind(stdout="one", stderr="two")}) == here
        assert held_state({"a": kind(stdout="one", stderr="")}) != here
