"""Which ``Host`` a request may name: the guard against DNS rebinding.

A web page of anybody's can let its own name point to 127.0.0.1 and then read what a
local server answers, being of the same origin. Its name still stands in ``Host``.
"""

import ipaddress
import os
import re
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "app.invalid"})
"""``app.invalid`` is the host that pages in the mini browser see."""


_WITH_PORT = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(?::[0-9]*)?")
_HUB_VARIABLES = (
    "JUPYTERHUB_HOST",
    "JUPYTERHUB_PUBLIC_URL",
    "JUPYTERHUB_PUBLIC_HUB_URL",
)


class AllowedHosts:
    """The host names under which a server may be addressed.

    Args:
        bound_to: The address the server listens on. Beyond loopback, addresses pass
            as well: rebinding needs a name.
    """

    def __init__(self, bound_to: str):
        self._is_local = is_loopback(bound_to)
        self._names = {bound_to.lower()} | hub_names()
        self._known: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def allow(self, name: str) -> None:
        """Let requests name this host (a port in it does not count)."""
        with self._lock:
            self._names.add(host_name(name))

    def is_allowed(self, host: str) -> bool:
        """Tell whether a ``Host`` header's value passes."""
        if host in self._known:  # a browser sends the same one each time
            return True
        name = host_name(host)
        if not (name in self._names or is_loopback(name) or self._is_address(name)):
            return False
        with self._lock:
            if len(self._known) < 100:
                self._known |= {host}
        return True

    def _is_address(self, name: str) -> bool:
        return not self._is_local and _address(name) is not None


def hub_names(variables: Mapping[str, str] = os.environ) -> set[str]:
    """Return the names under which a JupyterHub says that browsers reach it.

    Args:
        variables: The environment of this process.
    """
    hosts = (urlsplit(variables.get(name, "")).netloc for name in _HUB_VARIABLES)
    return {host_name(host) for host in hosts if host}


def host_name(host: str) -> str:
    """Return a ``Host`` header's value without its port, in lower case."""
    host = host.strip().lower()
    found = _WITH_PORT.fullmatch(host)
    return host if found is None else found[1] or found[2] or ""


def is_loopback(name: str) -> bool:
    """Tell whether a name or an address means this machine to everyone."""
    if name in LOOPBACK_NAMES or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
