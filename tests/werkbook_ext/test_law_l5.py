"""L5 under load: no request fails, or is answered wrongly, because a cell ran."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from operator import gt
from typing import Any

import pytest
from tests.werkbook_ext import l5_clients
from tests.werkbook_ext.notebooks import Notebook

RUNS = 500
SETTLE_S = 30
GUARD = """
from werkbook import request
@app.before_request
def log_in_{n}():
    if request.path == "/secret" and "X-User" not in request.headers:
        return "log in", 401
@app.get("/secret")
def secret_{n}():
    return "secret"
"""
PAGE = """%%template page.html
{% include "part.html" %}-{{ n }}-{% include "part.html" %}"""
STEADY = """
from werkbook import render_template
@app.get("/steady")
def steady():
    return "steady"
@app.get("/page")
def page():
    return render_template("page.html", n="x")
"""
USED = """(lambda threading, os: [threading.active_count(),
    len(os.listdir("/proc/self/fd"))])(__import__("threading"), __import__("os"))"""


def run_cells(notebook: Notebook, runs: int) -> None:
    """Add, change, rename and remove routes and templates."""
    for number in range(runs):
        n = number % 10
        match number % 5:
            case 0:
                notebook.run("guard", GUARD.replace("{n}", str(n)))
            case 1:
                notebook.run("part", f"%%template part.html\n{n}")
            case 2:
                view = f"def moving_{n}():\n    return '{n}'"
                notebook.run("moving", f"@app.get('/moving')\n{view}")
            case 3:
                notebook.run("page", PAGE)
            case _:
                notebook.run("moving", "pass")


def used(notebook: Notebook) -> list[int]:
    """Return the threads and descriptors in use, the fewest of several looks.

    While a connection is made its peer is looked up in a file, and a thread that has
    nothing to do ends; what has leaked is in use at every look.
    """
    looks = [notebook.ask(USED) for _ in range(5)]
    return [min(counts) for counts in zip(*looks, strict=True)]


def used_at_most(notebook: Notebook, most: list[int]) -> list[int]:
    """Look until no more is in use than was; return what is after all."""
    fewest = used(notebook)
    deadline = time.monotonic() + SETTLE_S
    while any(map(gt, fewest, most)) and time.monotonic() < deadline:
        fewest = list(map(min, fewest, used(notebook)))
    return fewest


@contextmanager
def clients_of(port: int) -> Iterator[dict[str, Any]]:
    """Let clients in another process ask; what they saw is there at the end."""
    seen: dict[str, Any] = {}
    with subprocess.Popen(
        [sys.executable, l5_clients.__file__, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asking\n"
        try:
            yield seen
        finally:
            out, _ = process.communicate(timeout=60)
            seen.update(json.loads(out))


@pytest.mark.timeout(240)
def test_l5_no_request_fails_because_a_cell_ran(notebook: Notebook) -> None:
    notebook.run("o", "%config Werkbook.announce = False")
    notebook.run("app", "from werkbook import App\napp = App('__main__')")
    notebook.run("steady", STEADY)
    notebook.run("guard", GUARD.replace("{n}", "0"))
    notebook.run("part", "%%template part.html\n0")
    notebook.run("page", PAGE)
    notebook.run("serve", "from werkbook_ext import serve\nserver = serve(app)")
    with clients_of(notebook.ask("server.port")) as seen:
        run_cells(notebook, RUNS // 2)
        before = used(notebook)
        run_cells(notebook, RUNS // 2)
        after = used_at_most(notebook, before)
    notebook.run("serve", "server.stop()")
    assert seen["wrong"] == []
    assert min(seen["asked"]) > 100
    assert after[0] <= before[0]
    assert after[1] <= before[1]
