"""An app stays in its process: pickling it says so, and what to type."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.ports import free_port

from werkbook import App
from werkbook.app import NotPicklableError

MESSAGE = (
    "App 'shop' can't be pickled, so it can't go to another process.\n"
    "  Why: its views are functions of this process; of multiprocessing's ways to start"
    " a process 'spawn' and 'forkserver' pickle what it is to run.\n"
    "  Fix: write a function at the top of the module that calls app.run(), and give"
    " its name to Process(target=...)."
)
SCRIPT = """\
import multiprocessing
import sys

from werkbook import App

app = App()


@app.get("/")
def index():
    return "from the child"


def serve():
    app.run(port=int(sys.argv[1]))


if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=serve)
    child.start()
    child.join()
"""


@pytest.mark.parametrize(
    "use",
    [
        pickle.dumps,
        copy.deepcopy,
        lambda app: pickle.dumps(app.run),
        lambda app: (
            multiprocessing.get_context("spawn").Process(target=app.run).start()
        ),
    ],
)
def test_pickling_says_what_to_type(use: Callable[[App], Any]) -> None:
    """As a value, as what a method belongs to, and where a process is started."""
    app = App("shop")
    with pytest.raises(NotPicklableError) as caught:
        use(app)
    assert str(caught.value) == MESSAGE


def test_shallow_copy_is_one_of_the_same_class() -> None:
    """`copy.copy` gives what it gives of Flask's: the same content."""

    class Shop(App):
        """One of the user's."""

    app = Shop("shop")
    copied = copy.copy(app)
    assert type(copied) is Shop
    assert copied is not app
    assert copied.view_functions is app.view_functions


def test_what_the_error_says_to_type_serves_in_the_child(tmp_path: Path) -> None:
    script = tmp_path / "shop.py"
    script.write_text(SCRIPT)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, script, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        while b"Running on" not in (line := process.stderr.readline()):
            assert line, "the child has ended"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert answer.read() == b"from the child"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
