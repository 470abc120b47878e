"""The command that runs the development server."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from werkzeug import run_simple
from werkzeug.serving import is_running_from_reloader

from ..config import get_debug_flag
from .certificates import SEPARATOR, CertParamType, SeparatedPathType, validate_key
from .group_options import debug_option
from .script_info import ScriptInfo, pass_script_info

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def show_server_banner(debug: bool | None, app_import_path: str | None) -> None:
    """Say what is served, the first time only and not after each reload."""
    if is_running_from_reloader():
        return
    if app_import_path is not None:
        click.echo(f" * Serving Werkbook app '{app_import_path}'")
    if debug is not None:
        click.echo(f" * Debug mode: {'on' if debug else 'off'}")


def is_under_cli() -> bool:
    """Tell whether a command runs the server, and say so: `app.run()` would block."""
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        return False
    if not is_running_from_reloader():
        click.secho(
            " * Ignoring a call to 'app.run()' that would block the current 'flask' CLI"
            " command.\n   Only call 'app.run()' in an 'if __name__ == \"__main__\"'"
            " guard.",
            fg="red",
        )
    return True


def _load(info: ScriptInfo) -> WSGIApplication:
    """Load the application; under the reloader, one that raises why it cannot be.

    The reloader must go on: the next change of a file may mend it.
    """
    try:
        return info.load_app()  # type: ignore[no-any-return]  # an app
    except Exception as error:
        if not is_running_from_reloader():
            raise
        traceback.print_exc()
        reason = error

    def broken(
        environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[Any]:
        raise reason from None

    return broken


@click.command("run", short_help="Run a development server.")
@click.argument(
    "notebook",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--host", "-h", default="127.0.0.1", help="The interface to bind to.")
@click.option(
    "--port",
    "-p",
    type=click.IntRange(0, 65535),
    default=5000,
    help="The port to bind to.",
)
@click.option(
    "--cert",
    type=CertParamType(),
    help="Serve HTTPS with this certificate file, with 'adhoc', or with an SSLContext.",
    is_eager=True,
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    callback=validate_key,
    expose_value=False,
    help="The key file of the certificate file.",
)
@click.option(
    "--reload/--no-reload",
    default=None,
    help="Restart when a file changes. By default in debug mode.",
)
@click.option(
    "--debugger/--no-debugger",
    default=None,
    help="Show Werkzeug's interactive debugger. By default in debug mode.",
)
@click.option(
    "--with-threads/--without-threads",
    default=True,
    help="Serve each request in a thread of its own. The default.",
)
@click.option(
    "--extra-files",
    default=None,
    type=SeparatedPathType(),
    help=f"More files that lead to a restart, with {SEPARATOR!r} between them.",
)
@click.option(
    "--exclude-patterns",
    default=None,
    type=SeparatedPathType(),
    help="Files that lead to no restart: fnmatch patterns, with "
    f"{SEPARATOR!r} between them.",
)
@pass_script_info
def run_command(
    info: ScriptInfo,
    notebook: Path | None,
    host: str,
    port: int,
    reload: bool | None,
    debugger: bool | None,
    with_threads: bool,
    cert: Any,
    extra_files: list[str] | None,
    exclude_patterns: list[str] | None,
) -> None:
    """Run a development server on this machine.

    With a NOTEBOOK, the app of that file is served; with '--reload' it follows the
    file: what is saved is swapped in without a restart.

    It is for development, not for production: use a WSGI server such as gunicorn or
    waitress there. With '--debug' it restarts when a file changes, and shows an
    interactive debugger.
    """
    if notebook is not None:
        # The exporter is large; only this way of running needs it.
        running = import_module("werkbook.export.running")
        name = info.app_import_path
        running.run_notebook(
            notebook, host=host, port=port, reload=bool(reload), app=name
        )
        return
    app = _load(info)
    debug = get_debug_flag()
    show_server_banner(debug, info.app_import_path)
    run_simple(
        host,
        port,
        app,
        use_reloader=debug if reload is None else reload,
        use_debugger=debug if debugger is None else debugger,
        threaded=with_threads,
        ssl_context=cert,
        extra_files=extra_files,
        exclude_patterns=exclude_patterns,
    )


run_command.params.insert(0, debug_option)
