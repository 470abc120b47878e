"""The frameworks that an export knows: what their apps are, how they are served."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Framework:
    """One framework, as the exported file has to know it.

    Attributes:
        name: What messages call it.
        package: The package that the file imports and depends on.
        is_flask: Its apps have Flask's API: templates, endpoints, hooks.
        is_asgi: Its apps are ASGI's; a WSGI server cannot load them.
        runs: Its apps have `run(host=..., port=...)`.
        wsgi: The attribute that holds the WSGI app, or "" for the app itself.
        port: The TCP port of its server where nobody names another.
    """

    name: str
    package: str
    is_flask: bool = False
    is_asgi: bool = False
    runs: bool = False
    wsgi: str = ""
    port: int = 5000


_UVICORN_PORT = 8000


def _under_uvicorn(name: str, package: str) -> Framework:
    return Framework(name, package, is_asgi=True, port=_UVICORN_PORT)


FLASK = Framework("Flask", "flask", is_flask=True, runs=True)
WERKBOOK = Framework("Werkbook", "werkbook", is_flask=True, runs=True)
BOTTLE = Framework("Bottle", "bottle", runs=True, port=8080)
FALCON = Framework("Falcon", "falcon")
FALCON_ASGI = Framework("Falcon", "falcon", is_asgi=True, port=_UVICORN_PORT)
DASH = Framework("Dash", "dash", runs=True, wsgi="server", port=8050)
DJANGO = Framework("Django", "django", port=8000)
DJANGO_ASGI = Framework("Django", "django", is_asgi=True, port=_UVICORN_PORT)
WSGI = Framework("WSGI", "")
ASGI = _under_uvicorn("ASGI", "")

_BY_CLASS = {
    "flask.Flask": FLASK,
    "werkbook.App": WERKBOOK,
    "apiflask.APIFlask": FLASK,
    "flask_openapi3.OpenAPI": FLASK,
    "flask_api.FlaskAPI": FLASK,
    "quart.Quart": Framework("Quart", "quart", is_asgi=True, runs=True),
    "bottle.Bottle": BOTTLE,
    "bottle.default_app": BOTTLE,
    "bottle.app": BOTTLE,
    "falcon.App": FALCON,
    "falcon.API": FALCON,
    "falcon.asgi.App": FALCON_ASGI,
    "dash.Dash": DASH,
    "jupyter_dash.JupyterDash": DASH,
    "django.core.wsgi.get_wsgi_application": DJANGO,
    "django.core.asgi.get_asgi_application": DJANGO_ASGI,
    "fastapi.FastAPI": _under_uvicorn("FastAPI", "fastapi"),
    "starlette.applications.Starlette": _under_uvicorn("Starlette", "starlette"),
    "fasthtml.common.FastHTML": _under_uvicorn("FastHTML", "fasthtml"),
    "fasthtml.common.fast_app": _under_uvicorn("FastHTML", "fasthtml"),
    "litestar.Litestar": _under_uvicorn("Litestar", "litestar"),
    "sanic.Sanic": _under_uvicorn("Sanic", "sanic"),
    "pyramid.config.Configurator.make_wsgi_app": Framework("Pyramid", "pyramid"),
    "cherrypy.tree.mount": Framework("CherryPy", "cherrypy"),
    "web.application.wsgifunc": Framework("web.py", "web"),
}
_BY_NAME = {
    key.rpartition(".")[2]: framework
    for key, framework in reversed(_BY_CLASS.items())
    if key.rpartition(".")[2] not in ("App", "app", "API", "mount", "wsgifunc")
} | {"App": WERKBOOK}
"""For names that a star import binds."""


def find_framework(
    callee: str | None, imports: Mapping[str, str], own: Container[str]
) -> Framework | None:
    """Find the framework whose app a call makes, or None.

    Args:
        callee: The dotted name that is called, as written.
        imports: Where the program's names were imported from.
        own: The names of the program's own functions and classes.
    """
    if callee is None:
        return None
    head, dot, rest = callee.partition(".")
    origin = imports.get(head)
    if origin is None:
        return None if dot or head in own else _BY_NAME.get(callee)
    full = f"{origin}.{rest}" if dot else origin
    found = _BY_CLASS.get(full)
    if found is not None:
        return found
    # `from flask.app import Flask`, `import fasthtml.common as fh`
    package, last = full.partition(".")[0], full.rpartition(".")[2]
    for key, framework in _BY_CLASS.items():
        if key.rpartition(".")[2] == last and framework.package == package:
            return framework
    return None
