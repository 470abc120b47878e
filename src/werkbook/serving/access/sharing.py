"""Does this machine have other people on it, who can reach a loopback port?"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from werkbook.serving.access.peers import TABLES, find_user_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ADMINISTRATOR_ID = 0
LOOK_AGAIN_S = 2.0
FIRST_HUMAN_ID = 1000
LAST_HUMAN_ID = 59999  # Debian's policy; above are nobody and container ranges
PASSWD = Path("/etc/passwd")


def is_token_due(environ: "WSGIEnvironment") -> bool:
    """Tell whether a request has to bring the token, where nobody has decided it.

    It can be due on every JupyterHub, and on a host that other people use, at this
    moment. On Linux each connection is then judged by its client's user id: one's own
    and the system's administrator need none, other people do.
    """
    if not is_token_usual():
        return False
    user_id = find_user_id(environ)
    if user_id is None or not hasattr(os, "getuid"):
        return True
    if user_id in (os.getuid(), ADMINISTRATOR_ID):
        return False
    return user_id >= FIRST_HUMAN_ID or is_shared_lately()


def is_token_usual() -> bool:
    """Tell whether other people could reach a loopback port of this host."""
    return bool(os.environ.get("JUPYTERHUB_SERVICE_PREFIX")) or is_shared_lately()


def is_shared_lately() -> bool:
    """Tell what `is_shared_host` does, looking only every few seconds."""
    now_s = time.monotonic()
    if not _seen or now_s - _seen[0][0] > LOOK_AGAIN_S:
        _seen[:] = [(now_s, is_shared_host())]
    return _seen[0][1]


def judges_peers() -> bool:
    """Tell whether this system says whose a loopback connection is."""
    return os.path.exists(TABLES[0])


_seen: list[tuple[float, bool]] = []


def is_shared_host() -> bool:
    """Tell whether other people use this host now, or could while it is unseen.

    A person is a user id from 1000 to 59999 other than one's own that a process
    runs under. Where /proc hides others' processes, the accounts with a login shell
    are counted instead. False where neither can be seen (not Linux).
    """
    process_owners = _process_owners()
    if _people(process_owners):
        return True
    return _hides_processes(process_owners) and bool(_people(_account_ids()))


def _process_owners() -> set[int]:
    owners = set()
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if name.isdigit():
            with suppress(OSError):  # ended meanwhile
                owners.add(os.stat(f"/proc/{name}").st_uid)
    return owners


def _people(user_ids: Iterable[int]) -> set[int]:
    own = os.getuid() if hasattr(os, "getuid") else -1
    return {
        user_id
        for user_id in user_ids
        if FIRST_HUMAN_ID <= user_id <= LAST_HUMAN_ID and user_id != own
    }


def _hides_processes(process_owners: set[int]) -> bool:
    """Tell whether /proc is mounted with ``hidepid``: even process 1 can't be seen."""
    return len(process_owners) == 1 and not Path("/proc/1").exists()


def _account_ids() -> list[int]:
    try:
        lines = PASSWD.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    fields = [line.split(":") for line in lines]
    return [
        int(one[2])
        for one in fields
        if len(one) == 7 and not one[6].endswith(("nologin", "false"))
    ]
