"""What a process that is shut in can still reach: its folder, and nothing of others.

Where a system has no user namespaces a process is not shut in at all, and says so; then
there is nothing to hold, and each test asks for that word.
"""

from __future__ import annotations

import errno
import json
import os
import pty
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from werkbook.processes import sandbox

REFUSED = "refused"
CHILD = """
import contextlib, ctypes, json, os, socket, sys
from pathlib import Path
from werkbook.processes import sandbox

os.chdir(sys.argv[1])
try:
    sandbox.enter(os.getcwd(), scratch_mb=20)
except OSError:
    print(json.dumps("refused"))
    sys.exit()
libc = ctypes.CDLL(None, use_errno=True)

def opens(path, flags=os.O_RDWR):
    with contextlib.suppress(OSError):
        os.close(os.open(path, flags | os.O_NOCTTY))
        return True
    return False

def connects(path):
    with socket.socket(socket.AF_UNIX) as one, contextlib.suppress(OSError):
        one.connect(path)
        return True
    return False

print(json.dumps(eval(sys.argv[2])))
"""
Look = Callable[[str], Any]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Return what evaluates an expression in a process that is shut in."""
    place = tmp_path / "place"
    place.mkdir()

    def run(expression: str) -> Any:
        command = [sys.executable, "-c", CHILD, str(place), expression]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run


@pytest.fixture
def outside() -> Iterator[str]:
    """Listen at a file outside of all folders that are covered."""
    path = Path(__file__).parent / f".{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield str(path)
    path.unlink()


def test_terminal_of_another_cannot_be_opened(look: Look) -> None:
    """Neither what is typed into it can be read, nor can it be told to do things."""
    ours, theirs = pty.openpty()
    path = os.ttyname(theirs)
    assert look(f"opens({path!r})") in (False, REFUSED)
    os.close(ours)
    os.close(theirs)


def test_terminals_of_its_own_can_be_made(look: Look) -> None:
    """Programs that ask for one work."""
    assert look("all(map(os.isatty, os.openpty()))") in (True, REFUSED)


def test_there_are_devices_of_no_one_alone(look: Look) -> None:
    """Disks and consoles are root's to write, read-only as the rest may be."""
    there = look("sorted(os.listdir('/dev'))")
    assert there == REFUSED or {"null", "zero", "random", "urandom", "shm"} <= {*there}
    assert not {"console", "kmsg", "mem", "kvm", "fuse", "tty0"} & {*there}
    kinds = "[one.name for one in Path('/dev').rglob('*') if one.is_block_device()]"
    assert look(kinds) in ([], REFUSED)
    assert look("opens('/dev/null') and opens('/dev/zero')") in (True, REFUSED)


def test_machine_cannot_be_set_otherwise(look: Look) -> None:
    """`core_pattern` names a program that the system itself would run."""
    paths = ["core_pattern", "hostname", "modprobe", "../vm/drop_caches"]
    for path in paths:
        found = look(f"opens('/proc/sys/kernel/{path}', os.O_WRONLY)")
        assert found in (False, REFUSED)
    assert look("opens('/proc/sysrq-trigger', os.O_WRONLY)") in (False, REFUSED)
    assert look("opens('/proc/self/comm')") in (True, REFUSED)


def test_sockets_of_others_are_out_of_reach(look: Look, outside: str) -> None:
    """By one of them a program outside can be asked to do what it may not."""
    assert look(f"connects({outside!r})") in (False, REFUSED)


def test_running_programs_are_out_of_sight(look: Look) -> None:
    """The folder of the session's bus, of Docker, of databases is empty."""
    found = "[str(one) for one in Path('/run').rglob('*') if not one.is_symlink()]"
    assert look(found) in ([], REFUSED)


def test_own_sockets_work(look: Look) -> None:
    """A server in its folder can be asked by a client of its own."""
    script = (
        "(one := socket.socket(socket.AF_UNIX), one.bind('own'), one.listen(),"
        " connects('own'))[-1]"
    )
    assert look(script) in (True, REFUSED)


def test_no_namespace_can_be_made_within(look: Look) -> None:
    """There, where it had all rights, it could mount as much memory as it likes."""
    user_and_files = 0x10000000 | 0x00020000
    assert look(f"libc.unshare({user_and_files})") in (-1, REFUSED)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EAGAIN, "this system starts no more processes (Resource temporarily"),
        (errno.ENOMEM, "this system starts no more processes (Cannot allocate memory;"),
        (errno.ENOSPC, "this system makes no more namespaces (No space left on device"),
        (errno.EPERM, "this system refuses user namespaces (Operation not permitted)"),
        (errno.EINVAL, "this system could not shut it in (Invalid argument)"),
    ],
)
def test_reason_is_that_of_the_system(number: int, said: str) -> None:
    """A limit that is met is no refusal, and no full disk."""
    assert sandbox.explain(OSError(number, os.strerror(number))).startswith(said)
