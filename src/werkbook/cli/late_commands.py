"""Commands whose code is large: it is imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class LateCommand(click.Command):
    """Stands for a command of another module.

    Args:
        name: What is typed after `werkbook`.
        place: Where the real command is: "module:attribute".
        short_help: What the list of commands says.
        extra: What has to be installed for it; None where nothing has.
    """

    def __init__(
        self, name: str, place: str, short_help: str, extra: str | None = None
    ) -> None:
        super().__init__(name, short_help=short_help)
        self._module, _, self._attribute = place.partition(":")
        self._extra = extra

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand the command line over to the real command."""
        try:
            module = import_module(self._module)
        except ImportError as error:
            if self._extra is None:
                raise
            raise click.ClickException(
                f"{error.name} is missing: pip install 'werkbook[{self._extra}]'"
            ) from None
        command: click.Command = getattr(module, self._attribute)
        return command.make_context(info_name, args, parent=parent, **extra)


# That of `mcp` is the extension's, which is named by its import string alone.
COMMANDS = (
    LateCommand(
        "export",
        "werkbook.export.command:export_command",
        "Write the app of a notebook as app.py.",
    ),
    LateCommand(
        "import",
        "werkbook.importer.import_command:import_command",
        "Make a notebook of a Flask app.",
        "import",
    ),
    LateCommand(
        "openapi",
        "werkbook.export.openapi_command:openapi_command",
        "Write the OpenAPI document of a notebook's app.",
    ),
    LateCommand(
        "mcp",
        "werkbook_ext.agents.mcp_command:mcp_command",
        "Let agents ask the app of an open notebook.",
        "mcp",
    ),
    LateCommand(
        "course",
        "werkbook.exercises.commands:course_command",
        "Make the students' notebooks and the key.",
        "teach",
    ),
    LateCommand(
        "grade",
        "werkbook.exercises.commands:grade_command",
        "Grade submissions with a course's key.",
        "teach",
    ),
)
