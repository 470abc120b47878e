"""The command `werkbook openapi notebook.ipynb -o openapi.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from werkbook.cells.cell import NotebookError
from werkbook.errors import WerkbookError
from werkbook.export.api_contract import FILE_NAME, describe_notebook
from werkbook.openapi.differences import list_api_changes
from werkbook.openapi.pages import write_json


@click.command("openapi", short_help="Write the OpenAPI document of a notebook's app.")
@click.argument("notebook", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; without it the document is printed.",
)
@click.option("--app", metavar="NAME", help="The app; else what is served.")
@click.option(
    "--diff",
    "is_diff",
    is_flag=True,
    help="Say what changed since OUTPUT was written, and leave it as it is; without -o"
    " since the last export with --openapi or --docs.",
)
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    help="Seconds that the app may take.",
)
def openapi_command(
    notebook: Path, output: Path | None, app: str | None, is_diff: bool, timeout: float
) -> None:
    """Write the OpenAPI 3.1 document of the app that NOTEBOOK makes.

    The notebook's app is run in a clean process, on a copy of its folder, shut in as a
    proof is, and asked what its cells ask: that gives examples, secrets masked. With
    --diff the exit status is 1 where a change breaks clients, else 0.
    """
    before = output or notebook.with_name(FILE_NAME)
    if is_diff and not before.is_file():
        raise click.UsageError(
            f"--diff compares with a file, and there is no {str(before)!r}: name one"
            " with -o FILE, or export with --openapi first."
        )
    try:
        document = describe_notebook(notebook, app, timeout_s=timeout)
        if is_diff:
            sys.exit(_tell_differences(before, document))
        if output is None:
            click.echo(write_json(document), nl=False)
        else:
            output.write_text(write_json(document), "utf-8")
            click.echo(f"Wrote {output}: {_count(document)}.")
    except (WerkbookError, OSError) as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)


def _tell_differences(output: Path, document: dict[str, Any]) -> int:
    try:
        old = json.loads(output.read_text("utf-8"))
    except ValueError as error:
        raise NotebookError(
            f"{str(output)!r} is no OpenAPI document.",
            why=f"it is no JSON: {error}.",
            fix=f"write it: werkbook openapi NOTEBOOK -o {output}",
        ) from None
    found = list_api_changes(old, document)
    for one in found:
        click.echo(str(one))
    breaking = sum(one.is_breaking for one in found)
    click.echo(f"{len(found)} changes, {breaking} of them breaking.")
    return 1 if breaking else 0


def _count(document: dict[str, Any]) -> str:
    count = sum(len(methods) for methods in document["paths"].values())
    return f"{count} operations" if count != 1 else "1 operation"


command = openapi_command
"""The command under the name by which the command line finds it."""
