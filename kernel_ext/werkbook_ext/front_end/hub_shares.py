"""Links by which others on a JupyterHub reach an app: the hub's own share codes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode, urljoin

import requests

from werkbook.errors import WerkbookError

from ..notebook.environment import hub_prefix

EXPIRES_S = 24 * 60 * 60
"""Seconds for which a link can be accepted; the hub's own default, a day."""
TIMEOUT_S = 10
VARIABLES = ("API_URL", "API_TOKEN", "USER", "SERVER_NAME")
ROLES = """\
ask who runs the hub for these roles, then start your server anew:
       c.JupyterHub.load_roles = [
           {"name": "user", "scopes": ["self", "shares!user"]},
           {"name": "server", "scopes": ["users:activity!user",
                                         "access:servers!server", "shares!server"]},
       ]"""


class ShareError(WerkbookError, PermissionError):
    """The hub gives no link to share, or there is no hub."""


@dataclass(frozen=True)
class Share:
    """A link that the hub made.

    Attributes:
        url: What a colleague opens; absolute where the hub knows its address.
        until: When it can no longer be accepted, in UTC to the minute.
    """

    url: str
    until: str


def check_hub(environ: Mapping[str, str] = os.environ) -> None:
    """See that a JupyterHub has started this kernel's server.

    Raises:
        ShareError: None has.
    """
    needed = [f"JUPYTERHUB_{one}" for one in VARIABLES[:3]]
    if hub_prefix(environ) is None or not all(map(environ.get, needed)):
        raise ShareError(
            "No hub can share this server: this kernel belongs to none.",
            why="%serve --share asks JupyterHub, which has not started this server.",
            fix="send the notebook, or export the app and deploy it: %export app.py",
        )


def make_share(target: str, environ: Mapping[str, str] = os.environ) -> Share:
    """Ask the hub for a link that lets who accepts it reach this server.

    Args:
        target: The path to show then, such as `/user/ann/proxy/5000/_werkbook/tab`.
        environ: The process's environment variables.

    Raises:
        ShareError: There is no hub, it is older than JupyterHub 5, the server's token
            may not share, or the hub does not answer in `TIMEOUT_S`.
    """
    answer = _ask(environ, "POST", "share-codes", {"expires_in": EXPIRES_S})
    found = answer.json()
    accept_url = f"{found['accept_url']}&{urlencode({'next': target})}"
    base = found.get("full_accept_url") or environ.get("JUPYTERHUB_PUBLIC_HUB_URL")
    return Share(urljoin(base or "", accept_url), _minute(found["expires_at"]))


def take_back_shares(environ: Mapping[str, str] = os.environ) -> None:
    """Take back every link to this server, and every share that was accepted.

    Raises:
        ShareError: As `make_share`.
    """
    _ask(environ, "DELETE", "share-codes")
    _ask(environ, "DELETE", "shares")


def _ask(
    environ: Mapping[str, str], method: str, what: str, body: object = None
) -> requests.Response:
    """Send a request about this server to the hub's API."""
    check_hub(environ)
    api, token, user, name = (environ.get(f"JUPYTERHUB_{one}", "") for one in VARIABLES)
    try:
        answer = requests.request(
            method,
            f"{api.rstrip('/')}/{what}/{quote(user, safe='')}/{quote(name, safe='')}",
            json=body,
            headers={"Authorization": f"token {token}"},
            timeout=TIMEOUT_S,
        )
    except requests.RequestException as error:
        raise ShareError(
            "The hub did not answer.",
            why=f"{type(error).__name__} at {api}.",
            fix="the same again; if it stays so, tell who runs the hub",
        ) from error
    if not answer.ok:
        raise ShareError(
            f"The hub refuses to share the server of {user!r} ({answer.status_code}).",
            why="This server's token may not share it (the scope shares!server), or the"
            " hub is older than JupyterHub 5.",
            fix=ROLES,
        )
    return answer


def _minute(text: str) -> str:
    """Return the hub's time, `2026-11-28T22:10:03.123456Z`, to the minute."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"
