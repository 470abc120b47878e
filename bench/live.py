"""Compare how soon a changed route answers: `python bench/live.py`.

A cell with a changed route is run in an IPython shell, and its URL is asked over the
socket until the new answer comes. From that time is taken what a cell costs that
defines the same function and registers nothing, and what a request costs that nothing
preceded. All in one process, one after the other in turns; the table has the medians.

Contenders: Werkbook; Flask behind Werkzeug's threaded server in a thread, which has to
be stopped and started with a new app; FastHTML's JupyUvi, whose routes can be defined
again (in a shell where Werkbook's adapter owns them, too); and the same after a rename
of the view function.
"""

import argparse
import contextlib
import http.client
import io
import logging
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from peers import require
from traitlets.config import Config

ROUNDS = 40
GIVE_UP_S = 0.5
"""After so long an old answer counts as one that stays."""

PLAIN = """
def hello():
    return "answer {number}"
"""

WERKBOOK_SETUP = """
%load_ext werkbook
from werkbook import App
from werkbook.serving import serve
werkbook_app = App("werkbook_app")
werkbook_port = serve(werkbook_app, token=False).port
"""
WERKBOOK = """
@werkbook_app.get("/hello")
def {name}():
    return "answer {number}"
"""

FLASK_SETUP = """
import socket, threading
from flask import Flask
from werkzeug.serving import make_server
with socket.create_server(("127.0.0.1", 0)) as sock:
    flask_port = sock.getsockname()[1]
flask_server = flask_thread = None
"""
FLASK = """
if flask_server is not None:
    flask_server.shutdown()
    flask_thread.join()
    flask_server.server_close()
flask_app = Flask("flask_app")

@flask_app.get("/hello")
def {name}():
    return "answer {number}"

flask_server = make_server("127.0.0.1", flask_port, flask_app, threaded=True)
flask_thread = threading.Thread(target=flask_server.serve_forever, daemon=True)
flask_thread.start()
"""
FLASK_END = """
flask_server.shutdown()
flask_thread.join()
flask_server.server_close()
"""

FASTHTML_SETUP = """
import socket
from fasthtml.common import fast_app
from fasthtml.jupyter import JupyUvi
fasthtml_app, rt = fast_app()
with socket.create_server(("127.0.0.1", 0)) as sock:
    fasthtml_port = sock.getsockname()[1]
fasthtml_server = JupyUvi(
    fasthtml_app, host="127.0.0.1", port=fasthtml_port, daemon=True
)
"""
FASTHTML = """
@rt("/hello", methods="GET")
def {name}():
    return "answer {number}"
"""
# Its own stop() waits, in vain, until no closed connection of the port is remembered.
FASTHTML_END = "fasthtml_server.server.should_exit = True"


class Client:
    """Asks one server, over a connection that is kept where the server keeps it."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    def ask(self) -> str:
        try:
            self.connection.request("GET", "/hello")
            return self.connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the server was stopped; a new connection then
            return ""

    def wait_for(self, answer: str) -> bool:
        """Ask until the answer comes; tell whether it did."""
        give_up_s = time.perf_counter() + GIVE_UP_S
        while time.perf_counter() < give_up_s:
            if answer in self.ask():
                return True
        return False


class Contender:
    """One way to change a route while its server runs."""

    def __init__(self, shell: Any, kind: str, setup: str, cell: str, end: str = ""):
        self.kind = kind
        self.cell = cell
        self.end = end
        self.shell = shell
        run(shell, setup)
        self.port = shell.user_ns[f"{kind}_port"]
        run(shell, cell.format(name="hello", number="first"), kind)
        self.client = Client(self.port)
        if not self.client.wait_for("answer first"):
            raise RuntimeError(f"{kind} does not answer")

    def change_ms(self, number: int, name: str = "hello") -> float | None:
        """Run the changed cell; return the time to its answer, None if it stays."""
        source = self.cell.format(name=name, number=number)
        start_s = time.perf_counter()
        run(self.shell, source, self.kind)
        if not self.client.wait_for(f"answer {number}"):
            return None
        return (time.perf_counter() - start_s) * 1000

    def request_ms(self) -> float:
        return timed_ms(self.client.ask)


def run(shell: Any, source: str, cell_id: str | None = None) -> None:
    """Run a cell as JupyterLab does, which names it."""
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(source, store_history=True, cell_id=cell_id).raise_error()


def timed_ms(action: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    action()
    return (time.perf_counter() - start_s) * 1000


def compare(rounds: int) -> list[tuple[str, str, str]]:
    """Return a row for each contender: its name, the median in all, what it adds."""
    config = Config()
    config.HistoryManager.enabled = False  # its thread's writes to disk come between
    shell = InteractiveShell.instance(config=config)
    contenders = [
        Contender(shell, "werkbook", WERKBOOK_SETUP, WERKBOOK),
        Contender(shell, "flask", FLASK_SETUP, FLASK, FLASK_END),
        Contender(shell, "fasthtml", FASTHTML_SETUP, FASTHTML, FASTHTML_END),
    ]
    plain: list[float] = []
    requests: dict[str, list[float]] = {one.kind: [] for one in contenders}
    same: dict[str, list[float | None]] = {one.kind: [] for one in contenders}
    renamed: dict[str, list[float | None]] = {one.kind: [] for one in contenders}
    for number in range(rounds):
        source = PLAIN.format(number=number)
        plain.append(timed_ms(lambda source=source: run(shell, source)))
        for one in contenders:
            requests[one.kind].append(one.request_ms())
            same[one.kind].append(one.change_ms(number))
    for number in range(rounds, rounds + 3):
        for one in contenders:
            renamed[one.kind].append(one.change_ms(number, f"hello_{number}"))
    for one in contenders:
        one.client.connection.close()
        run(shell, one.end)
    own_ms = statistics.median(plain)
    rows = []
    for kind in same:
        basis_ms = own_ms + statistics.median(requests[kind])
        rows.append(row(f"{kind}, same name", same[kind], basis_ms))
        rows.append(row(f"{kind}, renamed", renamed[kind], basis_ms))
    return rows


def row(
    name: str, times_ms: list[float | None], basis_ms: float
) -> tuple[str, str, str]:
    came = [one for one in times_ms if one is not None]
    if len(came) < len(times_ms):
        return name, "never", "the old answer stays"
    total_ms = statistics.median(came)
    return name, f"{total_ms:.2f}", f"{total_ms - basis_ms:.2f}"


def main() -> None:
    """Run the comparison and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    require("fasthtml", "flask")
    logging.disable(logging.CRITICAL)
    print("| cell | to the new answer, ms | added, ms |\n| --- | ---: | ---: |")
    for cells in compare(options.rounds):
        print(f"| {' | '.join(cells)} |")
    print("\nTarget: Werkbook adds less than 5 ms.")


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    sys.path[:0] = [str(root / "src"), str(root / "kernel_ext")]
    main()
