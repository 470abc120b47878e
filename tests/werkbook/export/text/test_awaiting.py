"""What cells await, and the event loop that goes on between them."""

from __future__ import annotations

from pathlib import Path

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

FILL = """\
import asyncio

from flask import Flask

app = Flask(__name__)
state = {}

async def fill(name):
    state[name] = 1
    await asyncio.sleep(0)
    state[name] = 2
"""
VIEW = "@app.get('/')\ndef index():\n    return f'{early} {state}'"


def test_tasks_stand_still_while_a_cell_does_not_await(tmp_path: Path) -> None:
    """They go on when it awaits, and when it has ended."""
    sources = [
        FILL,
        "one = asyncio.create_task(fill('one'))\n"
        "early = [dict(state) for _ in range(1000)][-1]",
        "early = early, dict(state)\nstate.clear()",
        "two = asyncio.create_task(fill('two'))\nstate.update(two=0, three=3)",
        "early = early, dict(state)",
        "three = asyncio.create_task(fill('three'))\nstate.clear()\nawait three",
        VIEW,
        "%http GET / --expect-text \"(({}, {'one': 2}), {'two': 2, 'three': 3})"
        " {'three': 2}\"",
    ]
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    told = deliver(cells, wish).text.splitlines()
    assert told[1:] == ["Proved: 1 of 1 rule asked, 1 answer equal"]
