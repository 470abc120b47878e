"""The command `werkbook export notebook.ipynb -o app.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from werkbook.errors import WerkbookError
from werkbook.export.asked import asked_by
from werkbook.export.cautions import cautions_of
from werkbook.export.exporter import export as export_cells
from werkbook.export.notebook_folder import options_for
from werkbook.export.project import project_files
from werkbook.export.proved import Proved, export_and_prove
from werkbook.export.read import load
from werkbook.export.report import report
from werkbook.export.writing import check_free, write_text
from werkbook.export.written_tests import tests_for


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
    prove that it works. The exit status is 0 only when it is proved.
    """
    try:
        result = _export(notebook, target, app, upto, no_check, env, timeout)
        paths = _write(notebook, result, output, project, tests, force)
    except (WerkbookError, OSError) as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)
    click.echo(report(result, paths, cautions_of(result.export, notebook.parent)))
    if result.proof is not None and not result.proof.is_proved:
        sys.exit(1)


def _export(
    notebook: Path,
    target: str | None,
    app: str | None,
    upto: int | None,
    no_check: bool,
    env: tuple[str, ...],
    timeout: float,
) -> Proved:
    book = load(notebook)
    options = options_for(
        notebook.parent,
        notebook.name,
        target=target,
        app=app,
        upto=upto,
        python=book.python,
    )
    if no_check:
        return Proved(export_cells(book.cells, options), None)
    return export_and_prove(
        book.cells,
        options,
        folder=notebook.parent,
        requests=asked_by(book.cells),
        env=env,
        timeout_s=timeout,
    )


def _write(
    notebook: Path,
    result: Proved,
    output: Path | None,
    project: Path | None,
    tests: bool,
    force: bool,
) -> list[Path]:
    files: dict[Path, str] = {}
    asked = asked_by(load(notebook).cells)
    if project is not None:
        made = project_files(result, asked, notebook)
        files.update({project / name: text for name, text in made.items()})
    if output is not None or project is None:
        path = output or notebook.with_name("app.py")
        files[path] = result.export.source
        for name, text in result.export.files.items():
            beside = path.parent / name
            if not beside.exists():
                files[beside] = text
        if tests:
            files[path.with_name(f"test_{path.stem}.py")] = tests_for(
                result, asked, path.stem, notebook.name
            )
    for path in files:
        check_free(path, force=force)
    for path, text in files.items():
        write_text(path, text, force=force)
    return list(files)


export = export_command
"""The command under the name that its users type."""
