"""Hosts of requests, and which subdomain of the server's name they are."""

from __future__ import annotations

import sys
import warnings


def without_standard_port(server_name: str, scheme: str) -> str:
    """Return a server's name as `werkzeug.wsgi.get_host` gives the host."""
    return server_name.removesuffix(":443" if scheme in {"https", "wss"} else ":80")


def subdomain_of(host: str, server_name: str) -> str:
    """Return which subdomain of the server's name a host is.

    A host of another domain is warned of, and matches no rule.
    """
    labels, own = host.lower().split("."), server_name.lower().split(".")
    if labels[-len(own) :] == own:
        return ".".join(filter(None, labels[: -len(own)]))
    module = "flask.app" if "flask" in sys.modules else "werkbook.app"
    warnings.warn_explicit(
        f"Current server name {host!r} doesn't match configured server name"
        f" {server_name!r}",
        UserWarning,
        __file__,
        1,
        module=module,
    )
    return "<invalid>"
