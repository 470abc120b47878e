"""The command that opens an interactive Python with the application at hand."""

from __future__ import annotations

import code
import os
import sys
from typing import Any

import click

from ..globals import current_app
from .script_info import with_appcontext


@click.command("shell", short_help="Run a shell in the app context.")
@with_appcontext
def shell_command() -> None:
    """Run an interactive Python in the application's context.

    Its names are those of 'app.make_shell_context()'; PYTHONSTARTUP is heeded.
    """
    names = _start_up()
    names.update(current_app.make_shell_context())
    _complete(names)
    banner = (
        f"Python {sys.version} on {sys.platform}\n"
        f"App: {current_app.import_name}\n"
        f"Instance: {current_app.instance_path}"
    )
    code.interact(banner=banner, local=names)


def _start_up() -> dict[str, Any]:
    names: dict[str, Any] = {}
    path = os.environ.get("PYTHONSTARTUP")
    if path and os.path.isfile(path):
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec"), names)
    return names


def _complete(names: dict[str, Any]) -> None:
    """Let Tab complete these names, where Python has readline."""
    hook = getattr(sys, "__interactivehook__", None)
    if hook is None:
        return
    try:
        import readline
        from rlcompleter import Completer
    except ImportError:
        pass
    else:
        # By itself it completes the names of __main__, which is the command's.
        readline.set_completer(Completer(names).complete)
    hook()
