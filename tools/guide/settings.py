"""Every setting: `%config`, limits, `app.config`, JupyterLab, the environment."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from werkbook.config import DEFAULT_CONFIG
from werkbook.serving import Limits
from werkbook_ext.config import Werkbook

from .markdown import code, table

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "kernel_ext/labextension/schemas/werkbook/plugin.json"

APP_CONFIG = {
    "DEBUG": "Debug mode: errors reach the caller, templates are read anew.",
    "TESTING": "Errors of views reach the test client instead of a page 500.",
    "PROPAGATE_EXCEPTIONS": "Errors reach the server; None: in debug mode and tests.",
    "SECRET_KEY": "Signs the session's cookie. There is no default one.",
    "SECRET_KEY_FALLBACKS": "Older keys, whose cookies are still read.",
    "PERMANENT_SESSION_LIFETIME": "How long a permanent session lasts.",
    "USE_X_SENDFILE": "The web server in front sends files.",
    "TRUSTED_HOSTS": "Host names that requests may name; None: any.",
    "SERVER_NAME": "The host (and port) for URLs outside a request.",
    "APPLICATION_ROOT": "The path below which the app is, for such URLs.",
    "SESSION_COOKIE_NAME": "The cookie's name.",
    "SESSION_COOKIE_DOMAIN": "Its domain; None: this host alone.",
    "SESSION_COOKIE_PATH": "Its path; None: `APPLICATION_ROOT`.",
    "SESSION_COOKIE_HTTPONLY": "Scripts can't read it.",
    "SESSION_COOKIE_SECURE": "It is sent over HTTPS only.",
    "SESSION_COOKIE_PARTITIONED": "It belongs to the page that embeds the app.",
    "SESSION_COOKIE_SAMESITE": '"Lax" or "Strict": which other sites may send it.',
    "SESSION_REFRESH_EACH_REQUEST": "A permanent session's cookie is sent each time.",
    "MAX_CONTENT_LENGTH": "Bytes of a body (413); None: the server's limit.",
    "MAX_FORM_MEMORY_SIZE": "Bytes of a form's field that is no file (413).",
    "MAX_FORM_PARTS": "Parts of a multipart form (413).",
    "SEND_FILE_MAX_AGE_DEFAULT": "Seconds that browsers may keep static files.",
    "TRAP_BAD_REQUEST_ERRORS": "`request.form['x']` raises a KeyError that tells more.",
    "TRAP_HTTP_EXCEPTIONS": "HTTP errors are not turned into responses.",
    "EXPLAIN_TEMPLATE_LOADING": "The log tells where a template was looked for.",
    "PREFERRED_URL_SCHEME": "The scheme of URLs outside a request.",
    "TEMPLATES_AUTO_RELOAD": "Changed files are read anew; None: in debug mode.",
    "MAX_COOKIE_SIZE": "Bytes above which a warning tells of a cookie.",
    "PROVIDE_AUTOMATIC_OPTIONS": "Rules answer OPTIONS by themselves.",
    "OPENAPI_TITLE": "The title of the app's OpenAPI document.",
    "OPENAPI_VERSION": "The version that it names.",
    "OPENAPI_DESCRIPTION": "What it says at its top.",
}
"""What each key of `app.config` is for; those of OpenAPI are not set at first."""

ENVIRONMENT = (
    ("FLASK_APP", "`werkbook` commands", "The app: `module:name` or a file."),
    ("FLASK_DEBUG", "apps, `werkbook run`", "`1` is debug mode."),
    ("FLASK_RUN_PORT", "`werkbook run`", "As each option: `FLASK_RUN_` and its name."),
    ("FLASK_SKIP_DOTENV", "`werkbook` commands", "`1`: read no `.env`, `.flaskenv`."),
    ("WERKBOOK_LANGUAGE", "exercises", "The language of their cards: `de`, `es`."),
    ("WERKBOOK_MCP", "the Jupyter MCP server", "`1`: it offers Werkbook's tools."),
    ("HOST", "an exported `app.py`", "The address that it binds."),
    ("PORT", "an exported app", "The port of `app.py`, and of a project's gunicorn."),
    ("SECRET_KEY", "a project", "Signs sessions; asked for with several workers."),
    ("WEB_CONCURRENCY", "a project", "How many workers gunicorn has."),
    ("THREADS", "a project", "How many threads each worker has."),
    ("FORWARDED_ALLOW_IPS", "a project", "Proxies whose headers are believed."),
    ("LOG_FORMAT", "a project", "`json`: one JSON object a request."),
    ("JUPYTERHUB_HOST", "servers on a hub", "A name under which browsers reach it."),
    (
        "JUPYTERHUB_PUBLIC_HUB_URL",
        "servers on a hub, `%serve --share`",
        "The hub's own address.",
    ),
    ("JUPYTERHUB_API_URL", "`%serve --share`", "Where the hub is asked for a link."),
    ("JUPYTERHUB_API_TOKEN", "`%serve --share`", "What it is asked with."),
    ("JUPYTERHUB_USER", "`%serve --share`", "Whose server is shared."),
    ("JUPYTERHUB_SERVER_NAME", "`%serve --share`", "Which of that user's servers."),
    ("JUPYTERHUB_SERVICE_PREFIX", "links on a hub", "The path of this user's server."),
    ("JPY_SESSION_NAME", "live cells", "Jupyter's: the file of this notebook."),
    ("JPY_PARENT_PID", "servers, live cells", "Jupyter's: the server's process."),
    ("BINDER_LAUNCH_HOST", "`%doctor`, links", "Binder's: says that this is Binder."),
    ("BINDER_SERVICE_HOST", "`%doctor`, links", "The same."),
    ("VSCODE_PID", "`%doctor`, links", "VS Code's: says that this is VS Code."),
    (
        "WERKBOOK_PROOF",
        "`%export` in a proof",
        "Set by the proof: a notebook's own `%export` writes its file, unproved.",
    ),
)
"""Variables that Werkbook or what it exports reads, who reads them, and what for."""


def write_options() -> str:
    """Write what `%config Werkbook` has."""
    traits = Werkbook.class_traits(config=True)
    rows = [
        (code(name), _type(trait), code(repr(trait.default())), trait.help, _set(trait))
        for name, trait in sorted(traits.items())
    ]
    return table(("option", "type", "default", "is", "to set it"), rows)


def write_limits() -> str:
    """Write the limits of a server."""
    words = _attributes(Limits.__doc__ or "")
    rows = [
        (code(one.name), code(one.default), words[one.name]) for one in fields(Limits)
    ]
    return table(("limit", "default", "is"), rows)


def write_app_config() -> str:
    """Write the keys of `app.config`."""
    rows = [
        (code(key), code(repr(DEFAULT_CONFIG.get(key))), words)
        for key, words in APP_CONFIG.items()
    ]
    return table(("key", "default", "is for"), rows)


def write_jupyterlab() -> str:
    """Write the settings of the JupyterLab extension."""
    properties: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))["properties"]
    rows = [
        (one["title"], code(name), code(json.dumps(one["default"])), one["description"])
        for name, one in properties.items()
    ]
    return table(("setting", "name", "default", "does"), rows)


def write_environment() -> str:
    """Write the variables of the environment."""
    rows = [(code(name), reader, words) for name, reader, words in ENVIRONMENT]
    return table(("variable", "read by", "is"), rows)


def _type(trait: Any) -> str:
    values = getattr(trait, "values", None)
    if values:
        return " or ".join(code(repr(value)) for value in values)
    return type(trait).__name__.lower().replace("unicode", "text")


def _set(trait: Any) -> str:
    example = EXAMPLES.get(trait.name, trait.default())
    return code(f"%config Werkbook.{trait.name} = {example!r}")


EXAMPLES: dict[str, object] = {
    "app": "shop",
    "as_flask": False,
    "announce": False,
    "try_get": False,
    "host": "0.0.0.0",
    "port": 8000,
    "token": True,
    "allowed_hosts": ["notebook.example.org"],
    "limits": {"body_bytes": 10_000_000},
    "check_origin": True,
    "language": "de",
    "timeout_s": 10.0,
}


def _attributes(docstring: str) -> dict[str, str]:
    """Read the section Attributes of a docstring."""
    text = docstring.partition("Attributes:")[2]
    found = re.findall(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", text, re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in found}
