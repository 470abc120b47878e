"""A server in a real kernel: its output, interrupts, a cell that computes."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 60
APP = """
import logging, sys, threading, time, warnings
logging.basicConfig(format="%(message)s", level=logging.INFO)  # holds the old stream
from werkbook.serving import serve

def app(environ, start_response):
    path = environ["PATH_INFO"]
    print("print", path)
    print("stderr", path, file=sys.stderr)
    logging.info("log %s", path)
    warnings.warn(f"warn {path}")
    if path == "/thread":
        thread = threading.Thread(target=print, args=("in a thread",))
        thread.start()
        thread.join()
    if path == "/slow":
        time.sleep(1)
        print("late")
    if path == "/boom":
        raise LookupError("boom")
    start_response("200 OK", [])
    for number in range(2):
        print("piece", number)
        yield b"x"

server = serve(app)
print(server.port)
"""


class Kernel:
    """A running kernel, which cells are sent to."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        path = os.pathsep.join(str(ROOT / name) for name in ("src", "kernel_ext"))
        environ = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "default"}
        self.manager.start_kernel(env=environ)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT_S)

    def run(self, code: str) -> str:
        """Run a cell; return what it put out, with the name of an error."""
        texts: list[str] = []

        def note(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                texts.append(content["text"])
            elif message["msg_type"] == "error":
                texts.append(content["ename"])

        self.client.execute_interactive(code, output_hook=note, timeout=TIMEOUT_S)
        return "".join(texts)

    def run_meanwhile(self, code: str, action: Callable[[], object]) -> str:
        """Run a cell, and do something in a thread while it runs."""
        errors: list[BaseException] = []

        def act() -> None:
            try:
                time.sleep(0.2)
                action()
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=act)
        thread.start()
        try:
            return self.run(code)
        finally:
            thread.join(TIMEOUT_S)
            if errors:
                raise errors[0]

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.stop()


@pytest.fixture(scope="module")
def url(kernel: Kernel) -> str:
    return f"http://127.0.0.1:{int(kernel.run(APP))}"


@pytest.mark.parametrize("magic", ["", "%%capture\n"])
def test_views_put_nothing_into_the_cell_that_runs(
    kernel: Kernel, url: str, magic: str
) -> None:
    cell = "import time; time.sleep(1); print('cell')"

    def ask() -> None:
        for number in range(5):
            requests.get(f"{url}/{number}", timeout=10)
        requests.get(f"{url}/thread", timeout=10)
        requests.get(f"{url}/boom", timeout=10)

    output = kernel.run_meanwhile(magic + cell, ask)
    assert output == ("" if magic else "cell\n")
    told = kernel.run("print([e.output for e in server.exchanges][-7])")
    for part in ["print /0", "stderr /0", "log /0", "UserWarning: warn /0", "piece 1"]:
        assert told.count(f"{part}\n") == 1
    assert "in a thread" in kernel.run("print(server.log.text)")
    assert kernel.run("print(repr(server.exchanges.last().exception))") == (
        "LookupError('boom')\n"
    )


def test_view_that_outlasts_its_cell_prints_into_none(kernel: Kernel, url: str) -> None:
    threads = [threading.Thread(target=requests.get, args=(f"{url}/slow",))]
    quick, slow = "import time; time.sleep(0.4)", "import time; time.sleep(1.2)"
    assert kernel.run_meanwhile(quick, threads[0].start) == ""
    assert kernel.run(slow) == ""
    threads[0].join()
    told = kernel.run("print(server.exchanges.last().output)")
    assert "print /slow" in told
    assert "late" in told


def test_interrupted_cell_leaves_the_server_up(kernel: Kernel, url: str) -> None:
    pid = int(kernel.run("import os; print(os.getpid())"))
    output = kernel.run_meanwhile(
        "import time; time.sleep(30)", lambda: os.kill(pid, signal.SIGINT)
    )
    assert output == "KeyboardInterrupt"
    assert requests.get(url, timeout=10).text == "xx"


def test_cell_that_computes_lets_requests_through(
    kernel: Kernel, url: str, tmp_path: Path
) -> None:
    """The cell goes on until all are answered."""
    answered = tmp_path / "answered"

    def ask() -> None:
        with requests.Session() as session:
            for _ in range(20):
                assert session.get(url, timeout=10).text == "xx"
        answered.touch()

    loop = (
        "import os, time\nend = time.time() + 60\n"
        f"while not os.path.exists({str(answered)!r}) and time.time() < end:\n"
        "    sum(range(1000))\n"
        "print(time.time() < end)"
    )
    assert kernel.run_meanwhile(loop, ask).strip() == "True"


def test_kernel_that_goes_takes_the_socket_along() -> None:
    kernel = Kernel()
    try:
        url = f"http://127.0.0.1:{int(kernel.run(APP))}"
        assert requests.get(url, timeout=10).text == "xx"
        kernel.manager.restart_kernel(now=True)
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=10)
    finally:
        kernel.stop()
