"""What waits in a socket, and how long a request lay there before Python read it."""

import select
import socket
import struct

LONG_WAIT_S = 0.5
_MAX_WAIT_S = 3600.0  # more than that is no wait but a kernel that does not tell
_LAST_DATA_RECEIVED = 52  # the place of tcpi_last_data_recv, in ms: linux/tcp.h
_TCP_INFO = getattr(socket, "TCP_INFO", None)


def has_client(listener: socket.socket) -> bool:
    """Whether a client waits to be accepted; asked without a further descriptor."""
    if not hasattr(select, "poll"):
        return bool(select.select([listener], [], [], 0)[0])
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    return bool(poll.poll(0))


def measure_wait(sock: socket.socket) -> float:
    """Return the seconds since data last arrived; 0 where the system does not tell.

    Asked right after a read, that is how long the data had to wait: a call that does
    not let go of the interpreter keeps every other thread from reading.
    """
    if _TCP_INFO is None:
        return 0.0
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _LAST_DATA_RECEIVED + 4)
        (waited_ms,) = struct.unpack_from("=I", info, _LAST_DATA_RECEIVED)
    except (OSError, struct.error):
        return 0.0
    return waited_ms / 1000 if waited_ms < _MAX_WAIT_S * 1000 else 0.0


def explained(request_line: str, waited_s: float) -> str:
    """Say of a request that waited long what may be why."""
    return (
        f"{request_line} waited {waited_s:.1f} s before Python could read it: a cell or"
        " a view was in a call that lets no other thread run. Run such work in a"
        " process of its own.\n"
    )
