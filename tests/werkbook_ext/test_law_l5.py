"""L5 under load: no request fails, or is answered wrongly, because a cell ran."""

import http.client
import os
import threading
from dataclasses import dataclass, field

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

CLIENTS = 8
RUNS = 500
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


@dataclass
class Client:
    """One keep-alive connection that asks the same questions over and over."""

    port: int
    stop: threading.Event
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.connect()
        local = connection.sock.getsockname()
        try:
            while not self.stop.is_set():
                self.ask_all(connection)
                if connection.sock is None or connection.sock.getsockname() != local:
                    self.wrong.append("the connection was dropped")
                    return
        except (OSError, http.client.HTTPException) as error:
            self.wrong.append(repr(error))
        finally:
            connection.close()

    def ask_all(self, connection: http.client.HTTPConnection) -> None:
        self.expect(connection, "/steady", {(200, "steady")})
        self.expect(connection, "/secret", {(401, "log in")})
        parts = {(200, f"{n}-x-{n}") for n in range(10)}
        self.expect(connection, "/page", parts)
        self.expect(connection, "/moving", {(200, str(n)) for n in range(10)} | {NONE})

    def expect(
        self,
        connection: http.client.HTTPConnection,
        url: str,
        right: set[tuple[int, str]],
    ) -> None:
        connection.request("GET", url)
        response = connection.getresponse()
        body = response.read().decode()
        self.asked += 1
        answer = response.status, body if response.status != 404 else ""
        if answer not in right:
            self.wrong.append(f"{url}: {answer}")


NONE = (404, "")


def run_cells(notebook: ShellNotebook) -> None:
    """Add, change, rename and remove routes and templates."""
    for number in range(RUNS):
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


@pytest.mark.timeout(240)
def test_l5_no_request_fails_because_a_cell_ran(shell: InteractiveShell) -> None:
    shell.run_line_magic("config", "Werkbook.announce = False")
    notebook = ShellNotebook(shell)
    notebook.run("app", "from werkbook import App\napp = App('__main__')")
    notebook.run("steady", STEADY)
    notebook.run("guard", GUARD.replace("{n}", "0"))
    notebook.run("part", "%%template part.html\n0")
    notebook.run("page", PAGE)
    notebook.run("serve", "from werkbook_ext import serve\nserver = serve(app)")
    stop = threading.Event()
    clients = [Client(shell.user_ns["server"].port, stop) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        run_cells(notebook)
        before = threading.active_count(), len(os.listdir("/proc/self/fd"))
        run_cells(notebook)
        after = threading.active_count(), len(os.listdir("/proc/self/fd"))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    wrong = [problem for client in clients for problem in client.wrong]
    assert wrong == []
    assert after[0] <= before[0]
    assert after[1] <= before[1] + 2
    assert min(client.asked for client in clients) > 10
