"""The command `werkbook openapi notebook.ipynb -o openapi.json`."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from werkbook.app import App
from werkbook.cells.asked import asked_by
from werkbook.cells.cell import Cell, NotebookError
from werkbook.cells.read import load
from werkbook.errors import WerkbookError
from werkbook.export.proof.folder import Budget, plan_copies
from werkbook.export.running import load_app
from werkbook.openapi import RecordedExchange, make_document
from werkbook.openapi.differences import list_api_changes
from werkbook.openapi.pages import write_json
from werkbook.openapi.recorded import NOTHING
from werkbook.secret_names import masked_json


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
    help="Say what changed since OUTPUT was written, and leave it as it is.",
)
def openapi_command(
    notebook: Path, output: Path | None, app: str | None, is_diff: bool
) -> None:
    """Write the OpenAPI 3.1 document of the app that NOTEBOOK makes.

    The notebook's app is run in this process, on a copy of its folder, and asked what
    its cells ask: that gives examples, secrets masked. With --diff the exit status is 1
    where a change breaks clients, else 0.
    """
    if is_diff and output is None:
        raise click.UsageError("--diff compares with a file: name it with -o FILE.")
    try:
        document = describe_notebook(notebook, app)
        if is_diff:
            assert output is not None  # checked above
            sys.exit(_tell_differences(output, document))
        if output is None:
            click.echo(write_json(document), nl=False)
        else:
            output.write_text(write_json(document), "utf-8")
            click.echo(f"Wrote {output}: {_count(document)}.")
    except (WerkbookError, OSError) as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)


def describe_notebook(notebook: Path, app: str | None = None) -> dict[str, Any]:
    """Return the document of the app that a notebook makes.

    Raises:
        NotebookError: The file is no notebook, or its app is another framework's.
        NoAppError: It makes no app.
        Exception: Whatever the notebook's own code raises.
    """
    with tempfile.TemporaryDirectory(prefix="werkbook-openapi-") as place:
        # What the cells write, they write into a copy.
        folder = Path(place) / "notebook"
        plan_copies(notebook.parent, Path(place), Budget()).copy_to(folder)
        with contextlib.chdir(folder):
            return _describe(folder / notebook.name, app)


def _describe(notebook: Path, app: str | None) -> dict[str, Any]:
    made = load_app(notebook, app=app, target="werkbook")
    if not isinstance(made, App):
        raise NotebookError(
            f"The app of {notebook.name!r} is not Werkbook's or Flask's.",
            why=f"it is a {type(made).__name__}, whose rules are not known here.",
            fix="ask that framework for its document.",
        )
    return make_document(made, list(ask_app(made, load(notebook).cells)))


def ask_app(app: App, cells: list[Cell]) -> Iterator[RecordedExchange]:
    """Ask an app what a notebook's cells ask, and yield what came of it."""
    client = app.test_client()
    for asked in asked_by(cells):
        headers = [pair for pair in asked.headers if pair[0].lower() != "host"]
        try:
            response = client.open(
                asked.url, method=asked.method, headers=headers, data=asked.body
            )
        except Exception:  # a view's own, which an app in test mode lets through
            continue
        rule = _find_rule(app, asked.method, response.request.path)
        if rule is not None:
            yield RecordedExchange(
                asked.method,
                rule,
                response.status_code,
                (response.mimetype or "") if response.data else "",
                _read(asked.body),
                masked_json(response.json) if response.is_json else NOTHING,
            )


def _find_rule(app: App, method: str, path: str) -> str | None:
    try:
        adapter = app.url_map.bind("localhost")
        rule, _ = adapter.match(path, method=method, return_rule=True)
    except Exception:  # no rule, another method, a redirect
        return None
    return str(rule.rule)


def _read(body: bytes) -> Any:
    try:
        return masked_json(json.loads(body))
    except ValueError:
        return NOTHING


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
