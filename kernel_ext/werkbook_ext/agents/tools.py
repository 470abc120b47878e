"""The tools inside the kernel: each takes JSON and answers with text.

They do what the magics do, with the rights of the kernel and no more, and own nothing:
no cell runs. What they ask of the app goes into its log as any request does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from werkbook.app import App
from werkbook.cells.notebook_json import is_well_formed
from werkbook.cells.requests import OutgoingRequest
from werkbook.cli.command_errors import say_failure
from werkbook.export.delivering import Wish
from werkbook.export.proof.progress import NoProgress
from werkbook.plain_words import not_obeyed

from ..api_docs import describe_live
from ..bodies.masking import steady_text, visible_text
from ..cards.answers import make_sender
from ..cards.model import Card
from ..cards.text import render_head, render_output, shown_body
from ..magics.routes import APPROXIMATE, routes
from ..notebook import LiveCells, find_live_cells
from ..notebook.apps import list_rules, name_app, which_app
from ..notebook.flask_itself import is_of_flask_itself, make_error
from ..output import text_table
from ..restart import describe_check, export_notebook, notebook_path
from .cell_places import describe_cell, describe_frames
from .failures_text import describe_failures

MAX_BODY_LINES = 400
MAX_ANSWER_CHARS = 100_000
NOT_LOADED = (
    "This kernel has no Werkbook: no cell ran %load_ext werkbook. Run that cell first."
)


_KINDS = {str: "a text", dict: "an object", bool: "true or false", object: "JSON"}


class ToolCall:
    """One call: the shell, its cells, and what was asked with it."""

    def __init__(
        self, shell: InteractiveShell, cells: LiveCells, given: Mapping[str, Any]
    ) -> None:
        self.shell = shell
        self.cells = cells
        self._given = given

    def find_app(self) -> Any:
        """Return the app that is meant."""
        return which_app(self.shell, self.read("app"))

    def read(self, name: str, default: Any = None, kind: type = str) -> Any:
        """Return an argument; the default where it was not given.

        Raises:
            UsageError: It is of another type, or a text that is no Unicode.
        """
        value = self._given.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise UsageError(f"{name} is {_KINDS[kind]}, and {value!r:.60} is not.")
        if isinstance(value, str) and not is_well_formed(value):
            raise UsageError(f"{name} holds half a character, which no text can have.")
        return value


def answer(name: str, arguments: str) -> dict[str, Any]:
    """Answer a call of a tool; what the user can mend is told as text.

    Args:
        name: The tool.
        arguments: A JSON object.

    Returns:
        `text`, and `is_error` where the tool could not do what was asked.
    """
    shell = get_ipython()
    cells = find_live_cells(shell) if shell is not None else None
    if shell is None or cells is None:
        return {"text": NOT_LOADED, "is_error": True}
    try:
        text = TOOLS[name](ToolCall(shell, cells, json.loads(arguments)))
        is_error = False
    except UsageError as error:
        text, is_error = str(error), True
    except Exception as error:  # also what an app's own objects raise when looked at
        text, is_error = _say_error(error), True
    return {"text": _cut(not_obeyed(visible_text(text))), "is_error": is_error}


def _say_error(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno and error.filename is not None:
        return say_failure(error)
    return f"{type(error).__name__}: {error}"


def _cut(text: str) -> str:
    if len(text) <= MAX_ANSWER_CHARS:
        return text
    rest = len(text) - MAX_ANSWER_CHARS
    return f"{text[:MAX_ANSWER_CHARS]}\n[{rest} characters more]"


def tell_place(call: ToolCall) -> str:
    """Return the path of the kernel's notebook; empty where it is not known."""
    path = call.cells.notebook.path
    return str(path) if path is not None else ""


def tell_routes(call: ToolCall) -> str:
    """Return the URL map, with the cell of each rule."""
    app = call.find_app()
    rows = routes(app)
    owners = {
        (one.rule, str(one.endpoint)): one.owner
        for one in list_rules(app)
        if one.owner is not None
    }
    cells = {key: describe_cell(call.cells, one.id) for key, one in owners.items()}
    table = text_table(
        ("rule", "methods", "endpoint", "requests", "last status", "cell"),
        [
            (
                row.rule,
                row.methods,
                row.endpoint,
                str(row.requests),
                str(row.last_status or ""),
                cells.get((row.rule, row.endpoint), "")
                + (" (edited since it ran)" if row.cell.endswith("*") else ""),
            )
            for row in rows
        ],
    )
    note = APPROXIMATE if any("~" in row.cell for row in rows) else ""
    return f"{name_app(call.shell, app)}:\n{table}\n{note}".rstrip()


def send_http(call: ToolCall) -> str:
    """Send a request to the app, with the notebook's cookies; return its card."""
    url, sent = call.read("url", "/"), call.read("json", kind=object)
    if not url.startswith("/"):
        raise UsageError(f"{url!r} is no URL of the app: it begins with a slash.")
    headers = dict(call.read("headers", {}, dict))
    body = call.read("body")
    if sent is not None:
        headers.setdefault("Content-Type", "application/json")
        body = json.dumps(sent)
    card = make_sender(call.shell, call.find_app())(
        OutgoingRequest(
            call.read("method", "GET").upper(),
            url,
            tuple((str(name), str(value)) for name, value in headers.items()),
            body.encode() if body is not None else None,
            is_followed=call.read("follow", True, bool),
            timeout_s=30.0,
        )
    )
    return _describe_card(call.cells, card)


def _describe_card(cells: LiveCells, card: Card) -> str:
    blocks = [render_head(card), render_output(card)]
    if card.error:
        lines = [steady_text(card.error), *describe_frames(cells, card.frames)]
        blocks.append("\n".join(lines))
    blocks.append(shown_body(card, MAX_BODY_LINES))
    return "\n\n".join(filter(None, blocks))


def tell_failures(call: ToolCall) -> str:
    """Return what fails now, with cells and lines."""
    return describe_failures(call.shell, call.cells)


def check(call: ToolCall) -> str:
    """Return whether Restart and Run All gives the app that runs now."""
    app = call.find_app()
    lines, _ = describe_check(call.shell, app, call.read("app"), has_ids=True)
    return "\n".join(lines)


def export(call: ToolCall) -> str:
    """Export the app, prove it, and return the report, which ends in the verdict."""
    notebook = notebook_path(call.shell)
    path = _read_place(call, "path", notebook.parent)
    project = _read_place(call, "project", notebook.parent)
    wish = Wish(
        notebook=notebook,
        output=path,
        target=call.read("target"),
        app=call.read("app"),
        project=project,
        tests=call.read("tests", False, bool),
        docs=call.read("docs", False, bool),
        openapi=call.read("openapi", False, bool),
    )
    describe = partial(describe_live, call.shell)
    return export_notebook(call.shell, wish, NoProgress(), describe).text


def _read_place(call: ToolCall, name: str, folder: Path) -> Path | None:
    """Return where to write: in the notebook's folder, and nowhere else.

    An agent does what texts say that it reads, and those are an app's, too.
    """
    given = call.read(name)
    if given is None:
        return None
    if "\0" in given:
        raise UsageError(f"{name} is {given!r:.60}, which no file can be called.")
    place = Path.cwd() / given
    if not Path(os.path.realpath(place)).is_relative_to(folder.resolve()):
        raise UsageError(
            f"{name} is {given!r:.200}, which lies outside of the notebook's folder;"
            " an agent's export is written there or below."
        )
    return Path(given)


def tell_openapi(call: ToolCall) -> str:
    """Return the app's OpenAPI document, or the part of it below a path."""
    app = call.find_app()
    if is_of_flask_itself(app):
        raise make_error(call.shell, app, "openapi", "describes no API")
    if not isinstance(app, App):
        raise UsageError("This app is another framework's: ask it for /openapi.json.")
    document = describe_live(call.shell, app)
    below = call.read("below", "/")
    paths = document["paths"]
    document["paths"] = {
        key: one for key, one in paths.items() if key.startswith(below)
    }
    return json.dumps(document, ensure_ascii=False, default=str)


TOOLS: dict[str, Callable[[ToolCall], str]] = {
    "place": tell_place,
    "routes": tell_routes,
    "http": send_http,
    "failures": tell_failures,
    "check": check,
    "export": export,
    "openapi": tell_openapi,
}
"""What can be called from outside, by name."""


class ToolReply:
    """What a call gives back over the kernel's line: JSON, whatever the text holds.

    Args:
        content: What `answer` said.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {"application/json": self._content, "text/plain": ""}


def reply(name: str, arguments: str) -> ToolReply:
    """Answer a call that comes over the kernel's line; see `answer`."""
    return ToolReply(answer(name, arguments))
