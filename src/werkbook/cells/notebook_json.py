"""The JSON of a saved notebook, as it stands: what is wrong with it is told by cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from werkbook.cells.cell import NotebookError

MAX_NESTING = 200
"""Of a notebook's JSON: what copies and writes it needs some stack for each level."""


def read_saved(path: Path) -> dict[str, Any]:
    """Read a saved notebook as it stands, for what makes another one of it.

    Returns:
        The data of nbformat 4. Each cell has a `source`, which is one text, a
        `cell_type` that is text, and a dict of `metadata`; those without a source are
        left out. All of it can be written as JSON in UTF-8.

    Raises:
        NotebookError: The file is not a notebook.
        OSError: The file cannot be read.
    """
    name = str(path)
    data, raw = read_json(read_text(path), name)
    if "worksheets" in data:
        raise NotebookError(
            f"{name!r} is a notebook of nbformat 3.",
            why="a course is made of notebooks of nbformat 4.",
            fix=f"jupyter nbconvert --to notebook --inplace {path.name}",
        )
    if _nesting(data) > MAX_NESTING:
        raise no_notebook(name, "it nests too deeply")
    told = [one for one in raw if "source" in one]
    try:
        cells = [_saved_cell(number, one) for number, one in enumerate(told, 1)]
    except (TypeError, ValueError) as error:
        raise no_notebook(name, str(error)) from error
    whole = {**data, "cells": cells}
    if not _is_well_formed_data(whole):
        raise no_notebook(name, "its metadata holds half a character")
    return whole


def _saved_cell(number: int, cell: dict[str, Any]) -> dict[str, Any]:
    made = {
        **cell,
        "cell_type": str(cell.get("cell_type", "code")),
        "metadata": mapping(cell.get("metadata")),
        "source": source_text(number, cell["source"]),
    }
    if not _is_well_formed_data(made):
        raise ValueError(half(number))
    return made


def _is_well_formed_data(data: Any) -> bool:
    return is_well_formed(json.dumps(data, ensure_ascii=False))


def _nesting(data: Any) -> int:
    """Count the levels of JSON's data, without a level of the stack for each."""
    count, row = 0, [data]
    while row:
        count += 1
        inner = (one.values() if isinstance(one, dict) else one for one in row)
        row = [x for one in inner for x in one if isinstance(x, dict | list)]
    return count


def read_text(path: Path) -> str:
    """Read a file's text.

    Raises:
        NotebookError: It is a device or a pipe, or not UTF-8.
        OSError: The file cannot be read.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise NotebookError(
            f"{str(path)!r} is not a notebook.",
            why="it is a device or a pipe, which may have no end.",
            fix="name a file.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError(
            f"{str(path)!r} is not a notebook.",
            why=f"a saved notebook is UTF-8, and byte {error.start} is not.",
            fix="save the file in Jupyter again.",
        ) from error
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def read_json(content: str, path: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read a notebook's JSON; return it, and its cells as they stand.

    Raises:
        NotebookError: It is no notebook's.
    """
    try:
        data = json.loads(content, strict=False)
    except RecursionError as error:
        raise no_notebook(path, "it nests too deeply") from error
    except ValueError as error:
        raise no_notebook(path, str(error)) from error
    if not isinstance(data, dict):
        raise no_notebook(path, f"it is {_kind(data)}")
    sheets = data.get("worksheets")
    if isinstance(sheets, list) and sheets:
        raw = mapping(sheets[0]).get("cells")
    elif "cells" in data:
        raw = data["cells"]
    else:
        raise no_notebook(path, "it has no 'cells'")
    if not isinstance(raw, list):
        raise no_notebook(path, f"its cells are {_kind(raw)}")
    for number, one in enumerate(raw, 1):
        if not isinstance(one, dict):
            raise no_notebook(path, f"cell {number} is {_kind(one)}")
    return data, raw


_KINDS = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    type(None): "null",
}


def _kind(value: Any) -> str:
    """Say what a value of JSON is, in JSON's words."""
    return _KINDS.get(type(value), "a number")


def no_notebook(path: str, reason: str) -> NotebookError:
    """Make the error that says why a file is not a notebook."""
    return NotebookError(
        f"{path!r} is not a notebook.",
        why=f"a saved notebook is JSON with a list of cells ({reason[:200]}).",
        fix="name a file that Jupyter saved, such as notebook.ipynb.",
    )


def source_text(number: int, source: Any) -> str:
    """Join the lines of a cell's source.

    Raises:
        TypeError: They are no text; the message says of which cell.
    """
    lines = source if isinstance(source, list) else [source]
    wrong = [_kind(one) for one in lines if not isinstance(one, str)]
    if wrong:
        raise TypeError(f"the source of cell {number} is {wrong[0]}, not text")
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")


def half(number: int) -> str:
    """Say that a cell can't be written in UTF-8."""
    return f"cell {number} holds half a character, a lone surrogate"


def is_well_formed(text: str) -> bool:
    """Say whether a text can be written in UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def mapping(value: Any) -> dict[str, Any]:
    """Return an object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}
