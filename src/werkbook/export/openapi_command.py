"""The command `werkbook openapi notebook.ipynb -o openapi.json`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from werkbook.cells.cell import ExportExistsError, NotebookError
from werkbook.cli.command_errors import ends_on_errors
from werkbook.export.api_contract import FILE_NAME, describe_notebook
from werkbook.export.project.writing import check_is_not, write_all
from werkbook.openapi.differences import list_api_changes
from werkbook.openapi.pages import write_json
from werkbook.plain_words import MAX_TEXT_CHARS, on_one_line


@click.command("openapi", short_help="Write the OpenAPI document of a notebook's app.")
@click.argument(
    "notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; without it, or for -, the document is printed.",
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
@click.option("--force", is_flag=True, help="Overwrite what is no OpenAPI document.")
def openapi_command(
    notebook: Path,
    output: Path | None,
    app: str | None,
    is_diff: bool,
    timeout: float,
    force: bool,
) -> None:
    """Write the OpenAPI 3.1 document of the app that NOTEBOOK makes.

    The notebook's app is run in a clean process, on a copy of its folder, shut in as a
    proof is, and asked what its cells ask: that gives examples, secrets masked. With
    --diff the exit status is 1 where a change breaks clients, else 0.
    """
    if str(output) == "-":
        output = None
    before = output or notebook.with_name(FILE_NAME)
    if is_diff and not before.is_file():
        raise click.UsageError(
            f"--diff compares with a file, and there is no {str(before)!r}: name one"
            " with -o FILE, or export with --openapi first."
        )
    with ends_on_errors():
        if output is not None and not is_diff:
            check_is_not(output, notebook)
        if output is not None and not is_diff and not force:
            _check_free(output)
        document = describe_notebook(notebook, app, timeout_s=timeout)
        if is_diff:
            sys.exit(_tell_differences(before, document))
        if output is None:
            click.echo(write_json(document), nl=False)
        else:
            write_all({output: write_json(document)})
            click.echo(f"Wrote {output}: {_count(document)}.")


def _check_free(output: Path) -> None:
    """Raise where something else than an OpenAPI document would be overwritten."""
    if not output.is_file() or not output.stat().st_size:
        return
    try:
        _read_document(output)
    except NotebookError as error:
        raise ExportExistsError(
            f"The file {str(output)!r} exists, and is no OpenAPI document.",
            why=error.why,
            fix="choose another name, or add --force.",
        ) from None


def _read_document(path: Path) -> Any:
    """Return the document that a file holds.

    Raises:
        NotebookError: It holds none.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
        why = "it has no 'openapi' at its top."
    except (ValueError, RecursionError) as error:
        found, why = None, f"it is no JSON: {error}."
    if isinstance(found, dict) and "openapi" in found:
        return found
    raise NotebookError(
        f"{str(path)!r} is no OpenAPI document.",
        why=why,
        fix=f"write it: werkbook openapi NOTEBOOK -o {path}",
    )


def _tell_differences(output: Path, document: dict[str, Any]) -> int:
    old = _read_document(output)
    found = list_api_changes(old, document)
    for one in found:
        click.echo(on_one_line(str(one), MAX_TEXT_CHARS))
    breaking = sum(one.is_breaking for one in found)
    click.echo(f"{len(found)} changes, {breaking} of them breaking.")
    return 1 if breaking else 0


def _count(document: dict[str, Any]) -> str:
    count = sum(len(methods) for methods in document["paths"].values())
    return f"{count} operations" if count != 1 else "1 operation"


command = openapi_command
"""The command under the name by which the command line finds it."""
