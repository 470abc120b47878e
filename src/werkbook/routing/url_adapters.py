"""URL adapters, which match and build URLs for one host and one subdomain."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from werkzeug.wsgi import get_host


def without_standard_port(server_name: str, scheme: str) -> str:
    """Return a server's name as `werkzeug.wsgi.get_host` gives the host."""
    return server_name.removesuffix(":443" if scheme in {"https", "wss"} else ":80")


def find_subdomain(host: str, server_name: str) -> str:
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


def make_url_adapter(app: Any, request: Any) -> Any:
    """Make what matches and builds URLs; see `App.create_url_adapter`."""
    config = app.config
    if request is not None:
        if (trusted_hosts := config["TRUSTED_HOSTS"]) is not None:
            request.trusted_hosts = trusted_hosts
        request.host = get_host(request.environ, request.trusted_hosts)
        server_name, subdomain = config["SERVER_NAME"], None
        if app.url_map.host_matching:
            server_name = None
        elif not app.subdomain_matching:
            subdomain = app.url_map.default_subdomain or ""
        elif server_name is not None:
            server = without_standard_port(server_name, request.scheme)
            subdomain = find_subdomain(get_host(request.environ), server)
        return app.url_map.bind_to_environ(
            request.environ, server_name=server_name, subdomain=subdomain
        )
    if config["SERVER_NAME"] is not None:
        return app.url_map.bind(
            config["SERVER_NAME"],
            script_name=config["APPLICATION_ROOT"],
            url_scheme=config["PREFERRED_URL_SCHEME"],
        )
    return None
