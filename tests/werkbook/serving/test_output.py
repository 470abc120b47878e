"""Where the output of views goes, and that of everything else."""

import contextlib
import io
import logging
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from werkbook.serving import current_exchange


def printing_app(environ: Any, start_response: Any) -> list[bytes]:
    who = environ["PATH_INFO"]
    print("out", who)
    print("err", who, file=sys.stderr)
    sys.stdout.writelines(["lines ", who, "\n"])
    environ["wsgi.errors"].write(f"errors {who}\n")
    environ["wsgi.errors"].writelines(["more\n"])
    environ["wsgi.errors"].flush()
    start_response("200 OK", [])
    return [b""]


def test_prints_go_to_their_request(started: Any, capsys: Any) -> None:
    server = started(printing_app)
    for path in ["/a", "/b"]:
        requests.get(server.url + path, timeout=5)
    assert [exchange.output for exchange in server.exchanges] == [
        f"out {path}\nerr {path}\nlines {path}\nerrors {path}\nmore\n"
        for path in ["/a", "/b"]
    ]
    print("cell")
    assert capsys.readouterr() == ("cell\n", "")


def test_requests_at_once_do_not_mix(started: Any, capsys: Any) -> None:
    barrier = threading.Barrier(8)

    def slow_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for number in range(20):
            print(environ["PATH_INFO"], number)
            if number == 0:
                barrier.wait(10)
            yield b"x"

    server = started(slow_app)
    urls = [f"{server.url}/{number}" for number in range(8)]
    threads = [threading.Thread(target=requests.get, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert capsys.readouterr() == ("", "")
    assert len(server.exchanges) == 8
    for exchange in server.exchanges:
        lines = [f"{exchange.url} {number}\n" for number in range(20)]
        assert exchange.output == "".join(lines)


def test_nothing_lands_in_a_cell_that_captures(started: Any, capsys: Any) -> None:
    server = started(printing_app)
    requests.get(server.url, timeout=5)
    with contextlib.redirect_stdout(io.StringIO()) as captured:
        print("before")
        requests.get(server.url + "/captured", timeout=5)
        print("after")
    assert captured.getvalue() == "before\nafter\n"
    assert server.exchanges.last().output.startswith("out /captured\nerr /captured")
    print("outside")
    assert capsys.readouterr() == ("outside\n", "")


def test_stream_without_room_for_a_hook(
    started: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Narrow:
        __slots__ = ("text",)

        def __init__(self) -> None:
            self.text = ""

        def write(self, text: str) -> int:
            self.text += text
            return len(text)

        def flush(self) -> None: ...

    narrow = Narrow()
    monkeypatch.setattr(sys, "stdout", narrow)
    server = started(printing_app)
    requests.get(server.url + "/a", timeout=5)
    print("cell")
    assert sys.stdout.text == "cell\n"  # type: ignore[attr-defined]
    assert server.exchanges.last().output.startswith("out /a\n")


def test_no_console_is_no_error(started: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    def silent_app(environ: Any, start_response: Any) -> list[bytes]:
        print("nowhere")
        start_response("200 OK", [])
        return [b"ok"]

    assert requests.get(started(silent_app).url, timeout=5).text == "ok"


def test_logging_goes_to_its_request(started: Any, capsys: Any) -> None:
    logger = logging.getLogger("werkbook.tests.output")
    logger.propagate = False
    handler = logging.StreamHandler(sys.stderr)  # holds the stream from before
    logger.addHandler(handler)

    def logging_app(environ: Any, start_response: Any) -> list[bytes]:
        logger.warning("asked for %s", environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b""]

    try:
        server = started(logging_app)
        requests.get(server.url + "/a", timeout=5)
        logger.warning("in the cell")
    finally:
        logger.removeHandler(handler)
    assert server.exchanges.last().output == "asked for /a\n"
    assert capsys.readouterr() == ("", "in the cell\n")


def warning_app(environ: Any, start_response: Any) -> list[bytes]:
    warnings.warn("view warns", UserWarning, stacklevel=1)
    start_response("200 OK", [])
    return [b""]


def test_warnings_go_to_their_request(started: Any, capsys: Any) -> None:
    server = started(warning_app)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("cell warns", UserWarning, stacklevel=1)
        requests.get(server.url, timeout=5)
    assert [str(warning.message) for warning in caught] == ["cell warns"]
    output = server.exchanges.last().output
    assert "UserWarning: view warns\n" in output
    assert __file__ in output
    assert capsys.readouterr() == ("", "")


def test_threads_of_a_view_print_to_the_servers_log(started: Any, capsys: Any) -> None:
    done = threading.Event()

    def grandchild() -> None:
        print("from the grandchild")
        print("and its stderr", file=sys.stderr)
        done.set()

    def child() -> None:
        print("from the child")
        threading.Thread(target=grandchild).start()

    def threading_app(environ: Any, start_response: Any) -> list[bytes]:
        threading.Thread(target=child).start()
        start_response("200 OK", [])
        return [b""]

    server = started(threading_app)
    requests.get(server.url, timeout=5)
    assert done.wait(5)
    assert server.log.text == ("from the child\nfrom the grandchild\nand its stderr\n")
    assert server.exchanges.last().output == ""
    thread = threading.Thread(target=print, args=("a cell's thread",))
    thread.start()
    thread.join()
    assert capsys.readouterr() == ("a cell's thread\n", "")


def test_context_that_outlives_its_request_prints_to_the_log(started: Any) -> None:
    import contextvars

    done = threading.Event()

    def late(context: contextvars.Context) -> None:
        while len(server.exchanges) == 0:
            time.sleep(0.005)
        context.run(print, "late")
        done.set()

    def copying_app(environ: Any, start_response: Any) -> list[bytes]:
        context = contextvars.copy_context()
        threading.Thread(target=late, args=(context,)).start()
        start_response("200 OK", [])
        return [b""]

    server = started(copying_app)
    requests.get(server.url, timeout=5)
    assert done.wait(5)
    assert server.log.text == "late\n"


def test_output_is_cut(started: Any) -> None:
    def chatty_app(environ: Any, start_response: Any) -> list[bytes]:
        for _ in range(100):
            print("x" * 1023)
        start_response("200 OK", [])
        return [b""]

    server = started(chatty_app)
    requests.get(server.url, timeout=5)
    output = server.exchanges.last().output
    assert output.endswith("x\n\n[output cut]")
    assert len(output) == 64 * 1024 + len("\n[output cut]")


def test_stream_prints_and_close_prints_are_captured(started: Any, capsys: Any) -> None:
    def streaming_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            print("first")
            yield b"1"
            print("second")
            yield b"2"
        finally:
            print("closing")

    server = started(streaming_app)
    assert requests.get(server.url, timeout=5).text == "12"
    assert server.exchanges.last().output == "first\nsecond\nclosing\n"
    assert capsys.readouterr() == ("", "")


def test_in_process_call_leaves_the_cells_output_alone(capsys: Any) -> None:
    from werkbook.serving import ExchangeRing, recorded

    ring = ExchangeRing()

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        print("view")
        yield b"x"

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
    body = recorded(app, ring)(environ, lambda *args: lambda data: None)
    print("cell 1")
    for _ in body:
        print("cell 2")
    assert current_exchange.get() is None
    body.close()  # type: ignore[attr-defined]
    assert [exchange.output for exchange in ring] == ["view\n"]
    assert capsys.readouterr() == ("cell 1\ncell 2\n", "")
