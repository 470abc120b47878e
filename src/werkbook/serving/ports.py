"""The socket a server listens on, and who has it when it is taken."""

import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

from werkbook.serving.serving_errors import AddressError, PortInUseError

BACKLOG = 256
MAX_PORT = 65535
_LISTEN = "0A"


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen.

    Args:
        host: A name or an address of this machine.
        port: TCP port; 0 picks a free one.

    Raises:
        PortInUseError: `port` is taken; names who has it, where that can be found.
        AddressError: `host` is not this machine's, or `port` may not be used.
    """
    family, address = _address(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        _claim_alone(listener)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise port_in_use(host, port) from None
        raise _no_address(host, port, error) from None
    return listener


def port_in_use(host: str, port: int) -> PortInUseError:
    """Return the error that says who listens on a port."""
    return PortInUseError(
        f"Port {port} of {host} is in use.",
        why=f"{port_owner(port) or 'another process'} listens on it.",
        fix="stop that process, name another port, or name none to get a free one.",
    )


def port_owner(port: int) -> str | None:
    """Name the process that listens on a port: ``process 4711 (python -m http)``.

    None where the system does not tell (other than Linux, another user's process).
    """
    for inode in _listening_inodes(port):
        process_id = _holder(f"socket:[{inode}]")
        if process_id == os.getpid():
            return f"this process ({process_id})"
        if process_id is not None:
            return f"process {process_id} ({_command(process_id)})"
    return None


def _address(host: str, port: int) -> tuple[int, Any]:
    try:
        if not 0 <= port <= MAX_PORT:  # some systems take it modulo 65536
            raise OverflowError(f"a port is a number from 0 to {MAX_PORT}")
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, OverflowError, UnicodeError) as error:
        raise _no_address(host, port, error) from None
    # "localhost" is both ::1 and 127.0.0.1; browsers and tests expect the latter.
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, address


def _no_address(host: str, port: int, error: Exception) -> AddressError:
    reason = getattr(error, "strerror", None) or str(error)
    return AddressError(
        f"The server can't listen on port {port} of {host!r}.",
        why=f"the system says: {reason}.",
        fix="leave host and port out; 127.0.0.1 and a free port always work.",
    )


def _claim_alone(listener: socket.socket) -> None:
    """Let a port be used again at once, and never beside another server."""
    if sys.platform == "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def _listening_inodes(port: int) -> list[str]:
    inodes: list[str] = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        inodes += [
            fields[9]
            for fields in map(str.split, lines)
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port
        ]
    return inodes


def _holder(link: str) -> int | None:
    """Return the id of the process that has a file descriptor for `link`."""
    own = str(os.getpid())
    names = [name for name in os.listdir("/proc") if name.isdigit()]
    for name in sorted(names, key=lambda name: name != own):
        folder = f"/proc/{name}/fd"
        try:
            numbers = os.listdir(folder)
        except OSError:  # gone, or another user's
            continue
        for number in numbers:
            try:
                if os.readlink(f"{folder}/{number}") == link:
                    return int(name)
            except OSError:  # closed meanwhile
                continue
    return None


def _command(process_id: int) -> str:
    try:
        line = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return "ended"
    words = line.replace(b"\0", b" ").decode("utf-8", "replace").strip()
    return words if len(words) <= 80 else words[:79] + "…"
