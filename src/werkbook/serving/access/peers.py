"""Who is at the other end of a connection from this machine: Linux tells.

`/proc/net/tcp` has a line for each socket, with its owner's user id and its inode.
"""

import os
import struct
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CONNECTION_KEY = "werkbook.connection"
"""In an environ: what is known of the connection, the same dict for its requests."""

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LOCAL, _REMOTE, _STATE, _USER_ID, _INODE = 1, 2, 3, 7, 9
_ESTABLISHED = "01"


class Peer(NamedTuple):
    """The socket that a client of this machine's connected with."""

    user_id: int
    inode: str


def find_peer(environ: "WSGIEnvironment") -> Peer | None:
    """Return the client's socket; None where it is not this machine's, or not told."""
    try:
        address = ip_address(environ["REMOTE_ADDR"])
        remote_port = int(environ["SERVER_PORT"])
        local_port = int(environ["REMOTE_PORT"])
    except (KeyError, ValueError):
        return None
    if not address.is_loopback:
        return None
    local = f"{_in_hex(address.packed)}:{local_port:04X}"
    for table in TABLES:
        peer = _find(table, local, f"{remote_port:04X}")
        if peer is not None:
            return peer
    return None


def find_user_id(environ: "WSGIEnvironment") -> int | None:
    """Return whose process a request comes from, asked once for each connection."""
    known = environ.get(CONNECTION_KEY, {})
    if "user_id" not in known:
        peer = find_peer(environ)
        known["user_id"] = None if peer is None else peer.user_id
    found: int | None = known["user_id"]
    return found


def is_of_process(peer: Peer, process_id: int) -> bool:
    """Tell whether a process of one's own holds a socket."""
    folder = f"/proc/{process_id}/fd"
    wanted = f"socket:[{peer.inode}]"
    try:
        numbers = os.listdir(folder)
    except OSError:  # gone, or another user's
        return False
    return any(_target(f"{folder}/{number}") == wanted for number in numbers)


def _find(table: str, local: str, remote_port: str) -> Peer | None:
    try:
        with open(table, encoding="ascii") as lines:
            for line in lines:
                if local in line:
                    fields = line.split()
                    if (
                        fields[_LOCAL].endswith(local)
                        and fields[_REMOTE].rpartition(":")[2] == remote_port
                        and fields[_STATE] == _ESTABLISHED
                    ):
                        return Peer(int(fields[_USER_ID]), fields[_INODE])
    except (OSError, ValueError, IndexError):
        return None
    return None


def _in_hex(packed: bytes) -> str:
    """Write an address as the table does: in words of the machine's own byte order."""
    words = struct.unpack(f">{len(packed) // 4}I", packed)
    return struct.pack(f"={len(words)}I", *words).hex().upper()


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:  # closed meanwhile
        return ""
