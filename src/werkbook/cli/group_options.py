"""The options of every group of commands that finds its application itself."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
from typing import Any

import click
from click.core import ParameterSource

from ..flask_names import FLASK_VERSION
from .dotenv_files import load_dotenv
from .script_info import ScriptInfo


def _set_app(ctx: click.Context, param: click.Option, value: str | None) -> str | None:
    if value is not None:
        ctx.ensure_object(ScriptInfo).app_import_path = value
    return value


# Eager, as --help is: the help lists the commands of the application.
app_option = click.Option(
    ["-A", "--app"],
    metavar="IMPORT",
    help="The application or the function that makes it, as 'module:name' or a file. "
    "The name may be left out when it is 'app', 'application', 'create_app' or "
    "'make_app', and be a call such as 'create_app(\"test\")'.",
    is_eager=True,
    expose_value=False,
    callback=_set_app,
)


def _set_debug(ctx: click.Context, param: click.Option, value: bool) -> bool | None:
    source = ctx.get_parameter_source(str(param.name))
    if source in (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP):
        return None
    # In the environment, where the function that makes the application sees it.
    os.environ["FLASK_DEBUG"] = "1" if value else "0"
    return value


debug_option = click.Option(
    ["--debug/--no-debug"],
    help="Set debug mode.",
    expose_value=False,
    callback=_set_debug,
)


def _has_dotenv() -> bool:
    return importlib.util.find_spec("dotenv") is not None


def _load_env_file(
    ctx: click.Context, param: click.Option, value: str | None
) -> str | None:
    if value is not None and not _has_dotenv():
        raise click.BadParameter(
            "python-dotenv must be installed to load an env file: "
            "pip install werkbook[dotenv]",
            ctx=ctx,
            param=param,
        )
    has_defaults = ctx.obj.load_dotenv_defaults
    if value is not None or has_defaults:
        load_dotenv(value, load_defaults=has_defaults)
    return value


# Eager and first, so that the variables are there for all other options.
env_file_option = click.Option(
    ["-e", "--env-file"],
    type=click.Path(exists=True, dir_okay=False),
    help="Set environment variables from this file; they win over those of '.env' and "
    "'.flaskenv', but not over those that are set already. Needs python-dotenv.",
    is_eager=True,
    expose_value=False,
    callback=_load_env_file,
)


def _version_of_werkbook() -> str:
    try:
        return importlib.metadata.version("werkbook")
    except importlib.metadata.PackageNotFoundError:
        return "(run from its source)"


def get_version(ctx: click.Context, param: click.Parameter | None, value: Any) -> None:
    """Print the versions that matter, and end the command."""
    if not value or ctx.resilient_parsing:
        return
    click.echo(
        f"Python {platform.python_version()}\n"
        f"Werkbook {_version_of_werkbook()}\n"
        f"Flask {FLASK_VERSION} (whose API Werkbook has)\n"
        f"Werkzeug {importlib.metadata.version('werkzeug')}",
        color=ctx.color,
    )
    ctx.exit()


version_option = click.Option(
    ["--version"],
    help="Show the versions of Werkbook, Python and Werkzeug.",
    expose_value=False,
    callback=get_version,
    is_flag=True,
    is_eager=True,
)
