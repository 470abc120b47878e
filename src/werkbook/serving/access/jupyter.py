"""What a browser sends along for Jupyter is none of an app's business.

Cookies do not tell ports apart: those of Jupyter at `localhost:8888` come to an app at
`localhost:8000`, too, and behind jupyter-server-proxy all of them do. With them an app,
or whoever sees what was recorded, could use the reader's Jupyter.
"""

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from werkbook.serving.access.queries import without_parameter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TOKEN_VARIABLES = ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "JUPYTER_TOKEN")
_COOKIE = re.compile(
    r"(?:\A|;)[\t ]*(?:jupyterhub-[^=;]*|jupyter-[^=;]*|username-[^=;]*"
    r"|_xsrf=2\|[0-9a-f]{8}\|[0-9a-f]+\|\d+|_xsrf=[\w-]+:[\w-]+"  # Tornado, the hub
    r"|_xsrf=\"?MnwxOjB8[\w=+/-]+"  # hubs from 5 on: signed by Tornado, in base 64
    r")[^;]*",
    re.IGNORECASE,
)
_URL_KEYS = ("REQUEST_URI", "RAW_URI")


def strip_credentials(
    environ: "WSGIEnvironment", variables: Mapping[str, str] = os.environ
) -> None:
    """Take Jupyter's cookies and tokens out of a request.

    Args:
        environ: The request, which is changed.
        variables: The environment of this process, which has the tokens.
    """
    cookies = environ.get("HTTP_COOKIE")
    if cookies:
        left = _COOKIE.sub("", cookies).lstrip("; \t")
        if left:
            environ["HTTP_COOKIE"] = left
        else:
            del environ["HTTP_COOKIE"]
    environ.pop("HTTP_X_XSRFTOKEN", None)
    if "HTTP_AUTHORIZATION" in environ or "token=" in environ.get("QUERY_STRING", ""):
        _strip_tokens(environ, variables)
    if "?" in environ.get("HTTP_REFERER", ""):
        # JupyterLab's page, which links here, may have any token of its server's.
        _take_token(environ, "HTTP_REFERER", None)


def _strip_tokens(environ: "WSGIEnvironment", variables: Mapping[str, str]) -> None:
    tokens = {variables[name] for name in TOKEN_VARIABLES if variables.get(name)}
    scheme, _, given = " ".join(
        environ.get("HTTP_AUTHORIZATION", "").split()  # Jupyter takes any blanks
    ).partition(" ")
    is_jupyters = scheme.lower() == "token"  # nobody else has that scheme
    if given and (is_jupyters or (scheme.lower() == "bearer" and given in tokens)):
        del environ["HTTP_AUTHORIZATION"]
    for token in tokens:
        query = without_parameter(environ.get("QUERY_STRING", ""), "token", token)
        environ["QUERY_STRING"] = query
        for key in _URL_KEYS:
            _take_token(environ, key, token)


def _take_token(environ: "WSGIEnvironment", key: str, token: str | None) -> None:
    """Take a token, or any, out of the query of a URL."""
    path, mark, query = environ.get(key, "").partition("?")
    if mark:
        left = without_parameter(query, "token", token)
        environ[key] = f"{path}?{left}" if left else path
