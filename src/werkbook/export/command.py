"""The command `werkbook export notebook.ipynb -o app.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from werkbook.cells.read import load
from werkbook.cli.command_errors import ends_on_errors
from werkbook.export.delivering import Wish, deliver
from werkbook.export.project.deploys import DEPLOYS
from werkbook.export.proof.progress import LineProgress

RUNS_NOTEBOOK = (
    "To prove the file the notebook is run, too: all cells in order, in a clean"
    " process. (With --check recorded or --no-check it is not.)"
)


@click.command("export", short_help="Write the app of a notebook as app.py.")
@click.argument(
    "notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; app.py beside the notebook unless --project is given.",
)
@click.option(
    "--target",
    type=click.Choice(["werkbook", "flask"]),
    help="The package that the file imports; flask unless given.",
)
@click.option("--app", metavar="NAME", help="The app to export; else what is served.")
@click.option(
    "--file", metavar="PATH", help="Export the app of a file that cells write."
)
@click.option("--upto", type=int, metavar="N", help="Use the first N code cells only.")
@click.option(
    "--project",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a folder: app, templates, static, tests, Dockerfile and more.",
)
@click.option(
    "--deploy",
    multiple=True,
    type=click.Choice(DEPLOYS),
    help="Add a cluster's files to the project.",
)
@click.option(
    "--docs",
    is_flag=True,
    help="The app answers /openapi.json and /docs, which describe its API.",
)
@click.option(
    "--openapi",
    is_flag=True,
    help="Write openapi.json too, and say what changed since the last export.",
)
@click.option("--tests", is_flag=True, help="Write test_app.py beside the file, too.")
@click.option(
    "--check",
    type=click.Choice(["notebook", "recorded"]),
    default="notebook",
    show_default=True,
    help="Compare with the notebook, run in a clean process, or with saved answers.",
)
@click.option("--no-check", is_flag=True, help="Run nothing, and prove nothing.")
@click.option("--env", multiple=True, metavar="NAME", help="Hand a variable on to it.")
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    help="Seconds that a start, a cell or a request may take in the proof.",
)
@click.option("--force", is_flag=True, help="Overwrite files that someone wrote.")
def export_command(
    notebook: Path,
    output: Path | None,
    target: str | None,
    app: str | None,
    file: str | None,
    upto: int | None,
    project: Path | None,
    deploy: tuple[str, ...],
    docs: bool,
    openapi: bool,
    tests: bool,
    check: str,
    no_check: bool,
    env: tuple[str, ...],
    timeout: float,
    force: bool,
) -> None:
    """Write the app that NOTEBOOK makes as a file that runs anywhere.

    To prove it, the file and the notebook are run, each in a clean process of its own
    on a copy of the folder, without network where the system can do that, and both are
    asked the same. The exit status is 0 when the file is proved, or when --no-check
    asks for no proof; 1 when it is not; 3 when nothing could be compared.
    """
    if deploy and project is None:
        raise click.UsageError(
            "--deploy adds to a project: name it with --project DIR."
        )
    if str(output) == "-":
        raise click.UsageError("-o takes a file: an app can need others beside it.")
    with ends_on_errors():
        book = load(notebook)
        wish = Wish(
            notebook,
            output,
            target,
            app,
            upto,
            project,
            tests,
            not no_check,
            check,
            env,
            timeout,
            force,
            book.python,
            file,
            deploy,
            docs,
            openapi,
        )
        if wish.is_checked and check == "notebook":
            click.echo(RUNS_NOTEBOOK)
        delivery = deliver(book.cells, wish, progress=LineProgress())
    click.echo(delivery.text)
    sys.exit(delivery.status)


export = export_command
"""The command under the name that its users type."""
