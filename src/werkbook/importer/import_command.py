"""The command `werkbook import app.py -o app.ipynb`."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from itertools import count
from pathlib import Path

import click

from werkbook.cli.command_errors import ends_on_errors
from werkbook.errors import WerkbookError, quoted_list
from werkbook.export.project.writing import check_is_not, is_ours, write_all
from werkbook.plain_words import MAX_TEXT_CHARS, on_one_line

from .companions import check_size
from .importer import ImportedApp, import_app
from .notebook_text import write_notebook


class NotebookExistsError(WerkbookError, FileExistsError):
    """A file that an import would write is there."""


@click.command("import", short_help="Make a notebook of a Flask app.")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The notebook to write; in the app's own folder unless given.",
)
@click.option(
    "--app", default="", metavar="EXPR", help="The app, as \"create_app('dev')\"."
)
@click.option(
    "--keep-files", is_flag=True, help="Leave templates and static files as files."
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def import_command(
    source: Path, output: Path | None, app: str, keep_files: bool, force: bool
) -> None:
    """Make a notebook of the Flask app that SOURCE is.

    SOURCE is the Python file that makes the app, its package, or the folder of its
    project. Nothing of the app is executed. Templates, static files and routes become
    cells, and so do the modules that register something with the app; other modules
    stay files. The notebook's folder takes the place of the app's: files that it needs
    are copied where that is another folder.
    """
    with ends_on_errors():
        if output is not None:
            check_is_not(output, source)
        made = import_app(source, app=app, keeps_files=keep_files)
        target = output or made.root / f"{made.title}.ipynb"
        copied = write_import(made, target, force=force)
    click.echo(report_import(made, target, copied))


def write_import(made: ImportedApp, target: Path, *, force: bool) -> list[str]:
    """Write a notebook, and the files that it needs beside it: all or none.

    Returns:
        The paths of the files that were copied, seen from the notebook.

    Raises:
        NotebookExistsError: A file is there, and is not the same.
        ImportingError: The files are too large to be copied.
        OutsideError: A link beside the notebook leads elsewhere.
        OSError: A file cannot be written.
    """
    files: dict[Path, str | Path] = {target: write_notebook(made.cells)}
    if os.path.lexists(target) and not force:
        raise NotebookExistsError(
            f"The file {str(target)!r} exists.",
            why="an import never overwrites what is there.",
            fix="choose another name with -o, or add --force.",
        )
    copied = {
        name: path
        for name, path in made.companions.items()
        if _must_be_copied(path, target.parent / name, force=force)
    }
    check_size(copied)
    files |= {target.parent / name: path for name, path in copied.items()}
    write_all(files, [target.parent])
    return list(copied)


def _must_be_copied(path: Path, target: Path, *, force: bool) -> bool:
    if not os.path.lexists(target):
        return True
    if target.is_file() and target.read_bytes() == path.read_bytes():
        return False
    if not force:
        raise NotebookExistsError(
            f"The file {str(target)!r} exists, and is not that of the app.",
            why="the notebook needs the app's there, and an import never overwrites.",
            fix="choose another folder with -o, or add --force.",
        )
    return True


def report_import(made: ImportedApp, target: Path, copied: list[str]) -> str:
    """Say what was written, and what a reader has to know."""
    counts = Counter(one.about for one in made.cells)
    parts = [
        _count(counts[about], noun)
        for about, noun in (
            ("route", "route"),
            ("template", "template"),
            ("static", "static file"),
        )
        if counts[about]
    ]
    held = f", with {quoted_and(parts)}" if parts else ""
    lines = [f"Wrote {target}: {_count(len(made.cells), 'cell')}{held}."]
    if made.kept:
        lines.append(f"Modules that stay files: {quoted_list(made.kept)}.")
    if copied:
        lines.append(f"Copied beside it: {quoted_list(copied)}.")
    lines += made.cautions
    back = shlex.join(["werkbook", "export", str(target), "-o", _name_of_export()])
    lines.append(f"And back: {back}")
    return "\n".join(on_one_line(line, MAX_TEXT_CHARS) for line in lines)


def _name_of_export() -> str:
    """Return a file's name that an export may write: the app's own is often there."""
    names = (f"exported{n}.py" if n else "exported.py" for n in count())
    if not os.path.lexists("app.py") or is_ours(Path("app.py")):
        return "app.py"
    return next(one for one in names if not os.path.lexists(one) or is_ours(Path(one)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def quoted_and(parts: list[str]) -> str:
    """Join parts as a sentence does: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


command = import_command
"""The command under the name by which the command line finds it."""
