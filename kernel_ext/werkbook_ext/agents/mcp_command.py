"""The command `werkbook mcp`."""

from __future__ import annotations

from pathlib import Path

import click

from .mcp_server import make_server
from .notebook_choice import NotebookChoice


@click.command("mcp", short_help="Let agents ask the app of an open notebook.")
@click.option(
    "--notebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True),
    help="Only this one; where no kernel has it open it is run in one of its own.",
)
@click.option("--kernel", metavar="ID", help="Only the kernel of this id.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True),
    default=".",
    help="Ask the open notebooks in it and below; the working folder unless given.",
)
def mcp_command(notebook: Path | None, kernel: str | None, folder: Path) -> None:
    """Serve tools for agents over stdin and stdout (Model Context Protocol).

    An agent's settings name this command; it asks the live apps of the notebooks that
    are open in FOLDER: their rules, requests, failures, %check, %export and OpenAPI. It
    opens no port, and runs, edits and deletes no cell of an open notebook.
    """
    if notebook is not None and kernel is not None:
        raise click.UsageError("Name a notebook or a kernel, not both.")
    make_server(NotebookChoice(folder, notebook, kernel)).run("stdio")
