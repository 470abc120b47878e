"""What an export makes of a notebook: each case that the tests hold it to."""

from __future__ import annotations

import json
from pathlib import Path

from .markdown import fence

CASES = Path(__file__).parents[2] / "tests/export_cases"


def write() -> str:
    """Write each case: its cells, and the file that is made of them."""
    return "\n\n".join(
        _case(folder) for folder in sorted(CASES.iterdir()) if _is(folder)
    )


def _is(folder: Path) -> bool:
    return (folder / "notebook.ipynb").is_file() and (folder / "app.py").is_file()


def _case(folder: Path) -> str:
    notebook = json.loads((folder / "notebook.ipynb").read_text("utf-8"))
    cells = [
        "".join(cell["source"]).strip()
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    title = folder.name.replace("_", " ").capitalize()
    written = (folder / "app.py").read_text("utf-8")
    blocks = "\n\n".join(fence(cell, "notebook-cell") for cell in cells if cell)
    return f"## {title}\n\n{blocks}\n\nbecomes\n\n{fence(written, 'python')}"
