"""Processes that a server splits off: clean, told apart, and ended as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from werkbook.processes.fork_server import ForkedProcess, ForkServer
from werkbook.processes.spawned import end_group, handed_on

ROOT = Path(__file__).parents[3]
WORKER = """
import json, os, random, subprocess, sys
seen = []

def main():
    for line in sys.stdin.buffer:
        seen.append(line.decode().strip())
        command, _, argument = seen[-1].partition(" ")
        if command == "die":
            os._exit(int(argument))
        if command == "hang":
            child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1)
            argument = str(child.pid)
        told = {
            "folder": os.getcwd(), "name": os.environ.get("NAME"),
            "home": os.environ.get("HOME"), "seen": len(seen),
            "random": random.random(), "argument": argument,
        }
        os.write(1, json.dumps(told).encode() + b"\\n")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """A server whose processes answer each line with what they see."""
    place = tmp_path_factory.mktemp("worker")
    (place / "worker.py").write_text(WORKER, "utf-8")
    paths = [str(place), str(ROOT / "src"), *sys.path]
    server = ForkServer(("worker", "no_such_module"), "worker:main", paths, {})
    yield server
    server.close()


def ask(process: ForkedProcess, line: str) -> dict[str, object]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()
    answer: dict[str, object] = json.loads(process.stdout.readline())
    return answer


def end(process: ForkedProcess) -> int:
    code = end_group(process)
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()
    return code


def test_process_has_its_own_folder_and_environment(
    server: ForkServer, tmp_path: Path
) -> None:
    """It runs where it is told, and of the environment has what it is given."""
    process = server.fork(tmp_path, {"NAME": "ada"})
    told = ask(process, "hello")
    assert told["folder"] == str(tmp_path)
    assert (told["name"], told["home"]) == ("ada", None)
    end(process)


def test_processes_share_nothing(server: ForkServer, tmp_path: Path) -> None:
    """What one did no other sees, and each has random numbers of its own."""
    processes = [server.fork(tmp_path, {}) for _ in range(3)]
    ask(processes[0], "first")
    told = [ask(one, "hello") for one in processes]
    assert [one["seen"] for one in told] == [2, 1, 1]
    assert len({one["random"] for one in told}) == 3
    for one in processes:
        end(one)


def test_exit_code_is_told(server: ForkServer, tmp_path: Path) -> None:
    """How a process ended is known to the one who asked for it."""
    process = server.fork(tmp_path, {})
    assert process.stdin is not None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0)
    process.stdin.write(b"die 7\n")
    process.stdin.flush()
    assert process.wait() == 7
    end(process)


def test_group_ends_as_a_whole(server: ForkServer, tmp_path: Path) -> None:
    """What a process started ends with it."""
    process = server.fork(tmp_path, {})
    told = ask(process, "hang")
    assert end(process) == -9
    child = Path("/proc", str(told["argument"]), "status")
    state = child.read_text() if child.exists() else "State: gone"
    assert "State:\tS" not in state


def test_dead_server_is_told(tmp_path: Path) -> None:
    """A server that was killed gives no process, and says so."""
    server = ForkServer((), "worker:main", [str(ROOT / "src"), *sys.path], {})
    server.kill()
    assert not server.is_alive
    with pytest.raises(OSError):
        server.fork(tmp_path, {})
    server.close()


def test_environment_hands_on_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that are set, and our own places; a plot opens no window."""
    monkeypatch.setenv("WERKBOOK_LANGUAGE", "de")
    monkeypatch.delenv("LC_ALL", raising=False)
    assert handed_on(["WERKBOOK_LANGUAGE", "LC_ALL"], {"HOME": "/there"}) == {
        "WERKBOOK_LANGUAGE": "de",
        "HOME": "/there",
        "MPLBACKEND": "agg",
    }
    assert os.environ["WERKBOOK_LANGUAGE"] == "de"
