"""What can stand in a request of a cell: methods, and what the view reads of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live

from ..notebook.live_cells import find_live_cells

LINE = re.compile(r"\s*(?:\w+\s*=\s*)?%%?http\s+(?P<line>[^\n]*)\Z")
CELL = re.compile(r"\s*%%http\s+(?P<line>[^\n]*)\n(?P<body>.*)\Z", re.DOTALL)
METHOD = re.compile(r"(?P<typed>[A-Z]*)\Z")
FIELD = re.compile(r"\s(?P<typed>[^\W\d]\w*|)\Z")
KEY = re.compile(r"[{,]\s*\"(?P<typed>[^\"]*)\Z")
FORM = re.compile(r"(?:\A|[\n&])(?P<typed>\w*)\Z")
TARGET = re.compile(r"(?:(?P<method>[A-Z]+)\s+)?(?P<url>/[^\s?]*)")

READ = re.compile(
    r"\brequest\.(?P<where>form|values|args|files)"
    r"(?:\.get(?:list)?\(|\[)\s*[\"'](?P<name>[^\"']+)"
)
JSON = r"request\.(?:json\b|get_json\([^)]*\))"
JSON_NAME = re.compile(rf"\b(?P<name>\w+)\s*(?::[^=\n]*)?=\s*{JSON}")
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def request_words(shell: InteractiveShell, text: str) -> tuple[str, list[str]] | None:
    """Return what was typed of a word and the words that may stand there.

    Args:
        shell: The shell whose apps are asked.
        text: The cell, or its line, up to the cursor.

    Returns:
        None where nothing of a request is typed.
    """
    cell = CELL.match(text)
    if cell is not None:
        return _in_body(shell, cell["line"], cell["body"])
    line = LINE.search(text.rpartition("\n")[2])
    if line is None:
        return None
    method = METHOD.fullmatch(line["line"])
    if method is not None:
        return method["typed"], list(METHODS)
    field = FIELD.search(line["line"])
    if field is None or not TARGET.search(line["line"]):
        return None
    fields, keys, queries = _read(shell, line["line"])
    words = [f"{name}=" for name in (*fields, *keys)]
    return field["typed"], words + [f"{name}==" for name in queries]


def _in_body(
    shell: InteractiveShell, line: str, body: str
) -> tuple[str, list[str]] | None:
    fields, keys, _ = _read(shell, line)
    key = KEY.search(body)
    if key is not None:
        return key["typed"], keys
    form = FORM.search(body)
    return (form["typed"], [f"{name}=" for name in fields]) if form else None


def _read(shell: InteractiveShell, line: str) -> tuple[list[str], list[str], list[str]]:
    """Return the form fields, JSON keys and query names that the view reads."""
    target = TARGET.search(line)
    sources = list(_views(shell, target)) if target is not None else []
    fields: list[str] = []
    keys: list[str] = []
    queries: list[str] = []
    for source in sources:
        for match in READ.finditer(source):
            is_query = match["where"] == "args"
            (queries if is_query else fields).append(match["name"])
        keys += json_keys(source)
    return fields, keys, queries


def json_keys(source: str) -> list[str]:
    """Return the keys of the request's JSON that a view's source reads."""
    names = [re.escape(match["name"]) for match in JSON_NAME.finditer(source)]
    holders = "|".join([JSON, *(rf"\b{name}" for name in names)])
    reads = rf"(?:{holders})(?:\.get\(|\[)\s*[\"']([^\"']+)"
    return re.findall(reads, source)


def _views(shell: InteractiveShell, target: re.Match[str]) -> Iterator[str]:
    """Return the sources of the views that may answer."""
    cells = find_live_cells(shell)
    for app in live.apps():
        for info in live.rules(app):
            is_method = not target["method"] or target["method"] in info.methods
            if is_method and _matches(info.rule, target["url"]):
                known = cells.known.get(info.owner.id) if cells and info.owner else None
                source = known.cell.source if known is not None else ""
                yield source if source.startswith("%%route") else _source(info.view)


def _source(view: Any) -> str:
    try:
        return inspect.getsource(inspect.unwrap(view))
    except (OSError, TypeError):
        return ""


def _matches(rule: str, url: str) -> bool:
    pattern = "".join(
        "[^/]+" if part.startswith("<") else re.escape(part)
        for part in re.split(r"(<[^<>]*>)", rule)
    )
    return re.fullmatch(pattern, url) is not None
