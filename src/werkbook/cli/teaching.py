"""The commands for teachers, which are imported when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

MODULE = "werkbook.exercises.commands"


class TeachingCommand(click.Command):
    """`course` or `grade`: the real command stands with the exercises."""

    def __init__(self, name: str, attribute: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._attribute = attribute

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand the command line over to the real command."""
        try:
            module = import_module(MODULE)
        except ImportError as error:
            raise click.ClickException(
                f"{error.name} is missing: pip install 'werkbook[teach]'"
            ) from None
        command: click.Command = getattr(module, self._attribute)
        return command.make_context(info_name, args, parent=parent, **extra)


COMMANDS = (
    TeachingCommand(
        "course", "course_command", "Make the students' notebooks and the key."
    ),
    TeachingCommand("grade", "grade_command", "Grade submissions with a course's key."),
)
