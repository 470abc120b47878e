"""What a notebook tells the system's shell: done, but for what installs."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time

LIMIT_S = 20.0
"""Seconds that a command may take before the notebook goes on without it."""
_POLL_S = 0.02
_SHELL = "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"
_INSTALLS = re.compile(
    r"^\s*(?:sudo\s+)?(?:(?:\S*python3?\S*\s+-m\s+)?pip3?|(?:micro)?mamba|conda|apt|apt-get|brew|npm"
    r"|yarn|uv(?:\s+pip)?|poetry|easy_install|wget|git\s+clone)\b(?!\s+(?:list|show|freeze|--version))",
)
_TUNNEL = re.compile(r"\b(?:ngrok|localtunnel|lt\s+--port|cloudflared|serveo\.net)\b")


def is_skipped(command: str) -> bool:
    """Say whether a command installs, downloads or opens a tunnel: it is not run."""
    lines = [line for line in command.splitlines() if line.strip()]
    return bool(lines) and all(
        _INSTALLS.match(one) or _TUNNEL.search(one) for one in lines
    )


def run(command: str) -> tuple[int, str]:
    """Run a command to its end, or until it serves or its time is over.

    What goes on then is in the process group of the proof, and ends with it.

    Returns:
        Its status (0 when it goes on), and what it printed.
    """
    if is_skipped(command):
        return 0, ""
    child = subprocess.Popen(
        [_SHELL, "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    ports = _listening()
    end_s = time.monotonic() + LIMIT_S
    output = _Output(child)
    while child.poll() is None and time.monotonic() < end_s:
        if _listening() - ports:
            return 0, output.text()  # it serves
        _wait(child)
    if child.poll() is None:
        return 0, output.text()
    output.join()
    status = child.returncode
    return (status if status >= 0 else 128 - status), output.text()


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return


class _Output:
    """Reads what a command prints; nobody waits for those who hold the pipe on."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._parts: list[bytes] = []
        self._pipe = child.stdout
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._pipe is not None
        with self._pipe:
            self._parts.extend(self._pipe)

    def join(self) -> None:
        """Wait for the rest of what a command that has ended printed."""
        self._thread.join(1.0)

    def text(self) -> str:
        """What was printed until now."""
        return b"".join(self._parts).decode("utf-8", "replace")


def _listening() -> set[str]:
    """The sockets that listen, as the system lists them; none where it does not."""
    found = set()
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(path) as file:
                lines = file.read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A":
                found.add(fields[1])
    return found
