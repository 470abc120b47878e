"""The page that a live app shows for an exception: what happened, in which cell."""

from __future__ import annotations

import linecache
import os
import traceback
from html import escape
from typing import Any

from ..globals import request
from ..registrations.ledger import ledger

_package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; }}
h1 {{ font-size: 1.2rem; color: #b00020; }}
pre {{ background: #f6f6f6; padding: .6rem; overflow: auto; white-space: pre-wrap; }}
pre mark {{ background: #ffe08a; }}
@media (prefers-color-scheme: dark) {{
body {{ color: #ddd; background: #1e1e1e; }} pre {{ background: #2a2a2a; }}
h1 {{ color: #ff8a80; }} pre mark {{ background: #6b5500; color: inherit; }} }}
</style></head>
<body><h1>{title}</h1>{message}{frames}</body></html>
"""


def find_user_frames(error: BaseException) -> list[tuple[str, int, str]]:
    """Return the frames of an error that are the user's: name, line, function.

    The framework's own frames and those of the libraries below it are left out; when
    nothing would be left, the view function that is to blame stands for them, or the
    last frame.
    """
    frames = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        frames.append((frame.f_code.co_filename, line, frame.f_code.co_name))
    own = [frame for frame in frames if is_users_file(frame[0])]
    view_place = getattr(error, "view_place", None)
    if not own and view_place is not None and is_users_file(view_place[0]):
        return [view_place]
    return own or frames[-1:]


def is_users_file(filename: str) -> bool:
    """Say whether a file is the user's: neither the framework's nor a library's."""
    if name_cell(filename) is not None:
        return True
    return not (
        filename.startswith((_package, "<frozen"))
        or f"{os.sep}site-packages{os.sep}" in filename
        or f"{os.sep}lib{os.sep}python" in filename
    )


def name_cell(filename: str) -> str | None:
    """Return `Cell In[5]` for the code of a cell, None for a file."""
    front_end = ledger.front_end
    return None if front_end is None else front_end.name_cell(filename)


def name_place(filename: str, line: int) -> str:
    """Name a place as people see it: `Cell In[5], line 3`."""
    return f"{name_cell(filename) or filename}, line {line}"


def read_lines_around(
    filename: str, line: int, *, margin: int = 2
) -> list[tuple[int, str]]:
    """Return the numbered source lines around one."""
    source = linecache.getlines(filename)
    first = max(1, line - margin)
    last = min(len(source), line + margin)
    return [
        (number, source[number - 1].rstrip("\n")) for number in range(first, last + 1)
    ]


def describe_view_place(error: BaseException | None) -> str:
    """Return ` in Cell In[5], line 3` for the log, nothing outside a notebook."""
    if error is None or not ledger.is_live:
        return ""
    frames = find_user_frames(error)
    if not frames or name_cell(frames[-1][0]) is None:
        return ""
    return f" in {name_place(*frames[-1][:2])}"


def make_error_response(app: Any, error: Exception) -> Any:
    """Make the 500 response of a live app: HTML, or JSON for clients that want it."""
    frames = find_user_frames(error)
    title = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    if _wants_json():
        response = app.response_class(
            app.json.dumps(
                {
                    "error": type(error).__name__,
                    "message": "\n".join([str(error), *_notes(error)]),
                    "frames": [name_place(name, line) for name, line, _ in frames],
                }
            )
            + "\n",
            mimetype="application/json",
        )
    else:
        rest = "\n".join([*str(error).split("\n")[1:], *_notes(error)])
        page = _PAGE.format(
            title=escape(title),
            message=f"<pre>{escape(rest)}</pre>" if rest else "",
            frames="".join(_frame(*frame) for frame in frames),
        )
        response = app.response_class(page, mimetype="text/html")
    response.status_code = 500
    return response


def _notes(error: BaseException) -> list[str]:
    """Return what was added to an exception (PEP 678), such as what may mend it."""
    return [str(note) for note in getattr(error, "__notes__", ())]


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    if request.is_json:
        return True
    best = accepted.best_match(["text/html", "application/json"], default="text/html")
    return bool(best == "application/json" and accepted["text/html"] < accepted[best])


def _frame(filename: str, line: int, function: str) -> str:
    shown = []
    for number, text in read_lines_around(filename, line):
        numbered = escape(f"{number:>4}  {text}")
        shown.append(f"<mark>{numbered}</mark>" if number == line else numbered)
    source = "\n".join(shown)
    where = f"{escape(name_place(filename, line))}, in {escape(function)}"
    return f"<p>{where}</p><pre>{source}</pre>"
