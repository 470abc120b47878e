"""The command `werkbook export notebook.ipynb -o app.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from werkbook.cells.read import load
from werkbook.errors import WerkbookError
from werkbook.export.delivering import Wish, deliver


@click.command("export", short_help="Write the app of a notebook as app.py.")
@click.argument("notebook", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; app.py beside the notebook unless --project is given.",
)
@click.option(
    "--target",
    type=click.Choice(["werkbook", "flask"]),
    help="The package that the file imports; what the notebook uses unless given.",
)
@click.option("--app", metavar="NAME", help="The app to export; the last one if not.")
@click.option("--upto", type=int, metavar="N", help="Use the first N code cells only.")
@click.option(
    "--project",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a folder: app, templates, static, tests, Dockerfile and more.",
)
@click.option("--tests", is_flag=True, help="Write test_app.py beside the file, too.")
@click.option("--no-check", is_flag=True, help="Do not start the file to prove it.")
@click.option("--env", multiple=True, metavar="NAME", help="Hand a variable on to it.")
@click.option(
    "--timeout",
    default=60.0,
    show_default=True,
    help="Seconds that the proof may take.",
)
@click.option("--force", is_flag=True, help="Overwrite files that someone wrote.")
def export_command(
    notebook: Path,
    output: Path | None,
    target: str | None,
    app: str | None,
    upto: int | None,
    project: Path | None,
    tests: bool,
    no_check: bool,
    env: tuple[str, ...],
    timeout: float,
    force: bool,
) -> None:
    """Write the app that NOTEBOOK makes as a file that runs anywhere.

    Nothing of the notebook is executed but the file itself, in a clean process, to
    prove that it works. The exit status is 0 only when it is proved, or when --no-check
    asks for no proof.
    """
    try:
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
            env,
            timeout,
            force,
            book.python,
        )
        delivery = deliver(book.cells, wish)
    except (WerkbookError, OSError) as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)
    click.echo(delivery.text)
    if not no_check and not delivery.is_proved:
        sys.exit(1)


export = export_command
"""The command under the name that its users type."""
