"""Reading a saved notebook: nbformat 3 and 4, as JSON; nothing is executed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkbook.cells.cell import Cell, NotebookError


@dataclass(frozen=True)
class Notebook:
    """A notebook: its cells and what of its metadata matters.

    Attributes:
        name: The file's name, or what the front end calls it.
        cells: In document order.
        python: The major version of Python it was written for: 2 or 3.
    """

    name: str
    cells: list[Cell] = field(default_factory=list)
    python: int = 3


def read_notebook(path: str | Path) -> list[Cell]:
    """Read the cells of a saved notebook, in document order.

    Raises:
        NotebookError: The file is not a notebook, or not one of a Python kernel.
        OSError: The file cannot be read.
    """
    return load(path).cells


def load(path: str | Path) -> Notebook:
    """Read a saved notebook with its metadata.

    Raises:
        NotebookError: The file is not a notebook, or not one of a Python kernel.
        OSError: The file cannot be read.
    """
    path = Path(path)
    content = path.read_text(encoding="utf-8-sig", errors="replace")
    return decode(content, str(path))


def decode(content: str, path: str) -> Notebook:
    """Read the text of a saved notebook.

    Raises:
        NotebookError: It is not a notebook, or not one of a Python kernel.
    """
    try:
        data = json.loads(content, strict=False)
        sheets = data.get("worksheets")
        raw = data["cells"] if sheets is None else sheets[0]["cells"]
        raw = [one for one in raw if one.get("cell_type") == "code" or "source" in one]
        cells = [_cell(number, one) for number, one in enumerate(raw, 1)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NotebookError(
            f"{path!r} is not a notebook.",
            why=f"a saved notebook is JSON with a list of cells ({error}).",
            fix="name a file that Jupyter saved, such as notebook.ipynb.",
        ) from error
    return Notebook(Path(path).name, cells, _python_version(path, data))


def _cell(number: int, data: dict[str, Any]) -> Cell:
    count = data.get("execution_count", data.get("prompt_number"))
    return Cell(
        id=str(data.get("id") or f"cell-{number}"),
        source=_text(data.get("source", data.get("input", ""))),
        kind=str(data.get("cell_type", "code")),
        execution_count=count if isinstance(count, int) else None,
        error=_error(data.get("outputs") or ()),
        printed=_printed(data.get("outputs") or ()),
    )


def _text(source: Any) -> str:
    text = "".join(source) if isinstance(source, list) else str(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _error(outputs: Any) -> str:
    for output in outputs:
        if output.get("output_type") in ("error", "pyerr"):
            return f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
    return ""


def _printed(outputs: Any) -> str:
    """The text that a cell printed, with what was typed at its prompts."""
    return "".join(
        _text(output.get("text", ""))
        for output in outputs
        if output.get("output_type") == "stream"
    )


def _python_version(path: str, data: dict[str, Any]) -> int:
    metadata = data.get("metadata") or {}
    kernel = metadata.get("kernelspec") or {}
    info = metadata.get("language_info") or {}
    language = str(
        info.get("name") or kernel.get("language") or metadata.get("language") or ""
    ).lower()
    if language and "python" not in language:
        raise NotebookError(
            f"{path!r} is a notebook of the language {language!r}.",
            why="only Python cells can become an app.",
            fix="export a notebook with a Python kernel.",
        )
    if str(info.get("version", "")).startswith("2"):
        return 2
    if kernel.get("name") == "python2" or int(data.get("nbformat", 4)) < 4:
        return 2
    return 3
