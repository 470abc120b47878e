"""Reading a saved notebook: nbformat 3 and 4, as JSON; nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from werkbook.cells.cell import Cell, NotebookError
from werkbook.cells.notebook_json import (
    half,
    is_well_formed,
    mapping,
    no_notebook,
    read_json,
    read_text,
    source_text,
)


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


_TEXT_FORMS = {
    ".py": "py",
    ".md": "md",
    ".Rmd": "Rmd",
    ".myst": "myst",
    # Its own converter needs the quarto program; its cells are written as R Markdown's.
    ".qmd": "Rmd",
}
"""The suffixes of notebooks in a text form, with what jupytext calls that form."""


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
    return decode(read_text(Path(path)), str(path))


def decode(content: str, path: str) -> Notebook:
    """Read the text of a saved notebook.

    Raises:
        NotebookError: It is not a notebook, or not one of a Python kernel.
    """
    if content.lstrip()[:1] != "{":
        return Notebook(Path(path).name, _converted(content, path))
    data, raw = read_json(content, path)
    raw = [one for one in raw if one.get("cell_type") == "code" or "source" in one]
    try:
        cells = [_cell(number, one) for number, one in enumerate(raw, 1)]
    except (ValueError, TypeError) as error:
        raise no_notebook(path, str(error)) from error
    return Notebook(Path(path).name, _with_own_ids(cells), _python_version(path, data))


def _converted(content: str, path: str) -> list[Cell]:
    """Read a notebook in a text form, which the jupytext package knows.

    Raises:
        NotebookError: jupytext is not installed, or the text is no notebook.
    """
    suffix = Path(path).suffix
    if suffix not in _TEXT_FORMS and content.startswith("<<<<<<<"):
        raise no_notebook(path, "Git's marks of a conflict stand in it")
    if suffix not in _TEXT_FORMS:
        raise no_notebook(path, "the text does not begin with a brace")
    try:
        jupytext = import_module("jupytext")
    except ModuleNotFoundError as error:
        raise NotebookError(
            f"{path!r} is a notebook in a text form.",
            why="the jupytext package reads those, and it is not installed.",
            fix=f"pip install jupytext, or: jupytext --to ipynb {Path(path).name}",
        ) from error
    try:
        book = jupytext.reads(content, fmt=_TEXT_FORMS[suffix])
        return [_cell(number, one) for number, one in enumerate(book.cells, 1)]
    except Exception as error:  # whatever a converter makes of a stranger's text
        raise no_notebook(path, f"jupytext: {error}") from error


def _with_own_ids(cells: list[Cell]) -> list[Cell]:
    """Tell cells of one id apart: a copied file may hold it twice."""
    seen: dict[str, int] = {}
    result = []
    for cell in cells:
        count = seen[cell.id] = seen.get(cell.id, 0) + 1
        result.append(cell if count == 1 else replace(cell, id=f"{cell.id}#{count}"))
    return result


def _cell(number: int, data: dict[str, Any]) -> Cell:
    count = data.get("execution_count", data.get("prompt_number"))
    kind = str(data.get("cell_type", "code"))
    source = source_text(number, data.get("source", data.get("input", "")))
    if kind == "code" and not is_well_formed(source):
        raise ValueError(half(number))
    found = data.get("outputs")
    listed = found if isinstance(found, list) else ()
    outputs = [one for one in listed if isinstance(one, dict)]
    return Cell(
        id=str(data.get("id") or f"cell-{number}"),
        source=source,
        kind=kind,
        execution_count=count if isinstance(count, int) else None,
        error=_error(outputs),
        printed=_printed(outputs),
        shown=tuple(_shown(outputs)),
    )


def _error(outputs: Any) -> str:
    for output in outputs:
        if output.get("output_type") in ("error", "pyerr"):
            text = f"{output.get('ename', 'Error')}: {output.get('evalue', '')}"
            return text.encode(errors="replace").decode()
    return ""


def _printed(outputs: Any) -> str:
    """The text that a cell printed, with what was typed at its prompts."""
    return "".join(
        _shown_text(output.get("text"))
        for output in outputs
        if output.get("output_type") == "stream"
    )


def _shown(outputs: list[dict[str, Any]]) -> Iterator[str]:
    """Give the text of what a cell displays, in order."""
    for output in outputs:
        text = mapping(output.get("data")).get("text/plain")
        if isinstance(text, list | str):
            yield _shown_text(text)


def _shown_text(value: Any) -> str:
    """Read what an output shows; what is no text there shows nothing."""
    lines = value if isinstance(value, list) else [value]
    text = "".join(one for one in lines if isinstance(one, str))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode(errors="replace").decode()


def _python_version(path: str, data: dict[str, Any]) -> int:
    metadata = mapping(data.get("metadata"))
    kernel = mapping(metadata.get("kernelspec"))
    info = mapping(metadata.get("language_info"))
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
    version = data.get("nbformat")
    is_old = isinstance(version, int) and version < 4
    return 2 if kernel.get("name") == "python2" or is_old else 3
