"""The command that writes a notebook's application as a file."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class ExportCommand(click.Command):
    """`export`; the exporter is imported when the command is used, for it is large."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            short_help="Write the app of a notebook as app.py.", **settings
        )

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand the command line over to the exporter's own command."""
        command: click.Command = import_module("werkbook.export.command").export_command
        return command.make_context(info_name, args, parent=parent, **extra)


class OpenapiCommand(click.Command):
    """`openapi`; the exporter is imported when the command is used."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            short_help="Write the OpenAPI document of a notebook's app.", **settings
        )

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand the command line over to the exporter's own command."""
        module = import_module("werkbook.export.openapi_command")
        command: click.Command = module.openapi_command
        return command.make_context(info_name, args, parent=parent, **extra)
