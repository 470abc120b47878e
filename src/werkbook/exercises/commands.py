"""`werkbook course build` and `werkbook grade`."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from werkbook.cli.command_errors import ends_on_errors
from werkbook.whole_files import write_whole

from ..plain_words import on_one_line
from .course.build import build_course
from .course.course_proof import prove_course
from .course.key import read_key
from .grading.confinement import SubmissionLimits
from .grading.formats import as_csv, as_gradescope, as_json, as_junit
from .grading.grading import grade_all
from .grading.results import Graded
from .grading.student_page import write_reports
from .grading.submissions import find_submissions, only_of_key

MAX_NAME_CHARS = 60
MAX_REASON_CHARS = 1000
WIDTH = 200
"""Columns of the table where it goes to a file."""

_limits: list[Callable[[Any], Any]] = [
    click.option("--timeout", default=60.0, help="Seconds for each notebook (60)."),
    click.option("--memory", default=2000, help="Megabytes of memory for each (2000)."),
    click.option("--file-size", default=100, help="Megabytes of any file (100)."),
    click.option("--processes", default=100, help="Processes of each (100)."),
    click.option("--network", is_flag=True, help="Let notebooks reach other machines."),
]


def _with_limits(command: Callable[..., None]) -> Any:
    """Give a command the options of the limits, and hand them on as one argument."""

    @functools.wraps(command)
    def limited(
        *,
        timeout: float,
        memory: int,
        file_size: int,
        processes: int,
        network: bool,
        **rest: Any,
    ) -> None:
        limits = SubmissionLimits(
            timeout_s=timeout,
            memory_mb=memory,
            file_mb=file_size,
            processes=processes,
            has_network=network,
        )
        command(limits=limits, **rest)

    function: Any = limited
    for option in reversed(_limits):
        function = option(function)
    return function


@click.group("course", short_help="Make the students' notebooks and the key.")
def course_command() -> None:
    """Make courses of notebooks with exercises."""


@course_command.command("build")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--no-check", is_flag=True, help="Don't run the solutions.")
@_with_limits
def build_command(
    source: Path, target: Path, no_check: bool, limits: SubmissionLimits
) -> None:
    """Turn SOURCE, a notebook or a folder of them, into TARGET/student and TARGET/key.

    Solutions, hidden checks and hidden tests (nbgrader's, otter's or our marks) stay in
    the key. The solutions are run: each exercise must be solved by them, and none by
    the students' notebook as it is.
    """
    with ends_on_errors():
        built, key = build_course(source, target)
        flaws = [] if no_check else prove_course(built, key, limits)
    count = sum(len(one.key.sources) + len(one.key.tests) for one in built)
    notebooks, exercises = _number(len(built), "notebook"), _number(count, "exercise")
    click.echo(f"{notebooks} with {exercises} in {target}")
    for flaw in flaws:
        name = f"{flaw.notebook}: {flaw.exercise}".removesuffix(": ")
        click.echo(f"{name}: {flaw.what}", err=True)
    if flaws:
        raise SystemExit(1)
    if not no_check:
        click.echo("Each is solved by its solution, and not without it.")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


@click.command("grade", short_help="Grade submissions with a course's key.")
@click.argument(
    "submissions",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--key",
    "key_path",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="What werkbook course build wrote: DST/key.",
)
@click.option("--jobs", type=click.IntRange(1), help="How many at a time.")
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A line for each student.",
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Each check with its words.",
)
@click.option(
    "--junit",
    "junit_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JUnit XML, for continuous integration.",
)
@click.option(
    "--gradescope",
    "gradescope_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="For one submission: results.json.",
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder that gets a page for each student.",
)
@_with_limits
def grade_command(
    submissions: Sequence[Path],
    key_path: Path,
    jobs: int | None,
    csv_path: Path | None,
    json_path: Path | None,
    junit_path: Path | None,
    gradescope_path: Path | None,
    report_path: Path | None,
    limits: SubmissionLimits,
) -> None:
    """Grade SUBMISSIONS: notebooks, or folders of them (one for each student).

    Each runs in a process of its own, with limits and, where the system can refuse it,
    without network. One that hangs or dies gets its line.
    """
    with ends_on_errors():
        key = read_key(key_path)
        found = only_of_key(find_submissions(submissions), key)
        _refuse_numbers(len(found), gradescope_path)
        with _progress(len(found)) as advance:
            results = grade_all(found, key, limits, jobs=jobs, on_graded=advance)
    paths = (csv_path, json_path, junit_path, gradescope_path)
    # What another program reads there must stand alone on standard output.
    is_read = any(str(path) == "-" for path in paths)
    console = Console(stderr=is_read)
    if not console.is_terminal:
        console = Console(stderr=is_read, width=WIDTH)
    console.print(_table(results))  # first: what can't be written loses no result
    with ends_on_errors():
        _write(csv_path, lambda: as_csv(results))
        _write(json_path, lambda: as_json(results))
        _write(junit_path, lambda: as_junit(results))
        _write(gradescope_path, lambda: as_gradescope(results[0]))
        if report_path is not None:
            write_reports(results, report_path)


def _refuse_numbers(count: int, gradescope_path: Path | None) -> None:
    """Refuse no submission, and several where one alone can be written."""
    if not count:
        raise click.ClickException("There is no notebook among the submissions.")
    if gradescope_path is not None and count != 1:
        raise click.ClickException("--gradescope takes one submission.")


class _progress:
    """A bar on standard error that grows with each submission."""

    def __init__(self, total: int) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn())
        is_shown = console.is_terminal
        self._bar = Progress(*columns, console=console, disable=not is_shown)
        self._task = self._bar.add_task("Grading", total=total)

    def __enter__(self) -> Callable[[Graded], None]:
        self._bar.start()
        return lambda graded: self._bar.advance(self._task)

    def __exit__(self, *arguments: object) -> None:
        self._bar.stop()


def _write(path: Path | None, make: Callable[[], str]) -> None:
    """Write a file whole, or not at all; `-` is standard output."""
    if path is None:
        return
    text = make()
    if str(path) == "-":
        click.echo(text.removesuffix("\n"))
        return
    write_whole(path, text)


def _table(results: Sequence[Graded]) -> Table:
    """Return the class as a table: a line for each student."""
    names = list(dict.fromkeys(row[0] for one in results for row in one.rows))
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("")
    for one in results:
        points = {name: f"{got:g}" for name, got, _, _ in one.rows}
        row = [points.get(name, "") for name in names]
        total = f"{one.points:g}/{one.max_points:g}"
        student = _plain(one.student, MAX_NAME_CHARS)
        table.add_row(student, *row, total, _plain(one.reason, MAX_REASON_CHARS))
    return table


def _plain(text: str, most_chars: int) -> Text:
    """Keep a student's text from being taken as markup, by Rich or by a terminal."""
    return Text(on_one_line(text, most_chars))


if __name__ == "__main__":
    sys.exit(grade_command())
