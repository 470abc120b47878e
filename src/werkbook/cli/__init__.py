"""The command line: `werkbook run`, `shell`, `routes`, `export`, and the app's own.

Environment variables have Flask's names: `FLASK_APP`, `FLASK_DEBUG`,
`FLASK_RUN_PORT`, ...

Imports `config` and `globals`; the exporter by its import string, when a command needs
it. `scaffold`, `testing` and `app` may import it, late: click is slow to import.
"""

from __future__ import annotations

from .certificates import CertParamType, SeparatedPathType
from .dotenv_files import load_dotenv
from .group_options import get_version, version_option
from .groups import AppGroup, FlaskGroup
from .locating import (
    NoAppException,
    find_app_by_string,
    find_best_app,
    locate_app,
    prepare_import,
)
from .routes_command import routes_command
from .run import run_command, show_server_banner
from .script_info import ScriptInfo, pass_script_info, with_appcontext
from .shell_command import shell_command

__all__ = [
    "AppGroup",
    "CertParamType",
    "FlaskGroup",
    "NoAppException",
    "ScriptInfo",
    "SeparatedPathType",
    "cli",
    "find_app_by_string",
    "find_best_app",
    "get_version",
    "load_dotenv",
    "locate_app",
    "main",
    "pass_script_info",
    "prepare_import",
    "routes_command",
    "run_command",
    "shell_command",
    "show_server_banner",
    "version_option",
    "with_appcontext",
]

cli = FlaskGroup(
    name="werkbook",
    help="""\
Commands for applications written with Werkbook, or with Flask's API.

Name the application with '--app' or the 'FLASK_APP' environment variable, or have a
'wsgi.py' or 'app.py' in the current directory.
""",
)


def main() -> None:
    """Run the command line of this process."""
    cli.main(prog_name="werkbook")
