"""The socket a server listens on, and who has it when it is taken."""

import errno
import os
import socket
import sys
from importlib import import_module
from typing import Any

from werkbook.serving.serving_errors import AddressError, PortInUseError

BACKLOG = 256
MAX_PORT = 65535


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

    None without psutil, which comes with ipykernel, and where the system does not tell
    (another user's process, macOS).
    """
    try:
        psutil: Any = import_module("psutil")
    except ImportError:
        return None
    try:
        found = psutil.net_connections("tcp")
    except (psutil.Error, OSError):
        return None
    for one in found:
        is_listener = one.status == psutil.CONN_LISTEN and one.laddr.port == port
        if is_listener and one.pid == os.getpid():
            return f"this process ({one.pid})"
        if is_listener and one.pid is not None:
            return f"process {one.pid} ({_command(psutil, one.pid)})"
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


def _command(psutil: Any, process_id: int) -> str:
    try:
        line = " ".join(psutil.Process(process_id).cmdline())
    except psutil.Error:
        return "ended"
    return line if len(line) <= 80 else line[:79] + "…"
