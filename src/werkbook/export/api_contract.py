"""An app's contract with its clients: its document, described, written and compared."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

from werkbook.cells import cell as cell_errors
from werkbook.cells.cell import NotebookError
from werkbook.cells.read import load
from werkbook.errors import WerkbookError
from werkbook.export.described_app import describe_app
from werkbook.export.exporter import MARK
from werkbook.export.project.writing import is_ours
from werkbook.export.proof.folder import Budget, plan_copies
from werkbook.export.proof.notebook_run import import_path
from werkbook.export.proof.process import CleanProcess, SilentError
from werkbook.openapi.differences import list_api_changes
from werkbook.openapi.pages import write_json
from werkbook.plain_words import MAX_TEXT_CHARS, on_one_line
from werkbook.system import this_system

FILE_NAME = "openapi.json"
_MARK_KEY = "x-generator"


def describe_notebook(
    notebook: Path, app: str | None = None, *, timeout_s: float = 60.0
) -> dict[str, Any]:
    """Return the document of the app that a notebook makes.

    The app runs in a clean process, on a copy of the notebook's folder, shut in as the
    processes of a proof are.

    Args:
        notebook: The notebook.
        app: The app's name; the last one when None.
        timeout_s: Seconds that it may take.

    Raises:
        NotebookError: The file is no notebook, its app is another framework's, or its
            code fails.
        NoAppError: It makes no app.
    """
    load(notebook)  # what is wrong with the file itself is told of it, not of a copy
    with tempfile.TemporaryDirectory(prefix="werkbook-openapi-") as name:
        place = Path(name).resolve()
        # What the cells write, they write into a copy.
        folder = place / "notebook"
        plan_copies(notebook.parent, place, Budget()).copy_to(folder)
        if this_system().has_processes:
            return _describe_apart(notebook.name, app, place, folder, timeout_s)
        with contextlib.chdir(folder):
            return describe_app(notebook.name, app)


def _describe_apart(
    name: str, app: str | None, place: Path, folder: Path, timeout_s: float
) -> dict[str, Any]:
    process = CleanProcess("api_description", place, silence_s=timeout_s)
    process.say(
        {
            "notebook": name,
            "app": app,
            "folder": str(folder),
            "path": import_path(),
            "limit_s": timeout_s,
        }
    )
    try:
        while True:
            message = process.hear()
            if message["what"] == "failed":
                raise _read_error(name, message)
            if message["what"] == "end":
                found: dict[str, Any] = message["document"]
                return found
    except SilentError as error:
        last = error.log.strip().splitlines()[-1:]
        raise _failing(name, f"{error.why}{': ' + last[0] if last else ''}") from None
    finally:
        process.close()


def _read_error(name: str, message: dict[str, Any]) -> WerkbookError:
    if message["own"] is None:
        return _failing(name, str(message["error"]["text"]).rstrip("."))
    kind, problem, why, fix = message["own"]
    found = getattr(cell_errors, kind, NotebookError)
    error: WerkbookError = found(problem, why=why, fix=fix)
    return error


def _failing(name: str, why: str) -> NotebookError:
    return NotebookError(
        f"The app of {name!r} cannot be described.",
        why=f"{why}.",
        fix="restart the kernel and run all cells: that shows which one it is.",
    )


def write_contract(document: dict[str, Any]) -> str:
    """Return the text of the openapi.json that an export writes beside its file."""
    return write_json({_MARK_KEY: MARK, **document})


def compare_with_export(path: Path, document: dict[str, Any]) -> list[str]:
    """Say what changed since an export wrote its openapi.json; [] where none did."""
    if not is_ours(path):
        return []
    try:
        found = list_api_changes(json.loads(path.read_bytes()), document)
    except (ValueError, RecursionError):
        return [f"What {path.name} held was no document of an API."]
    breaking = sum(one.is_breaking for one in found)
    if not found:
        return [f"The API is as {path.name} had it."]
    count = f"{len(found)} change{'s' * (len(found) != 1)} since the last export"
    return [
        f"API: {count}, {breaking} of them breaking:",
        *(f"  {on_one_line(str(one), MAX_TEXT_CHARS)}" for one in found),
    ]
