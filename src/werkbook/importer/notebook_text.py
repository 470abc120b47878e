"""The text of a notebook's file, as Jupyter writes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from .code.cutting import MadeCell


def write_notebook(cells: Iterable[MadeCell]) -> str:
    """Write cells as a notebook file; the same cells give the same text."""
    seen: dict[str, int] = {}
    data = {
        "cells": [_cell(cell, seen) for cell in cells],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _cell(cell: MadeCell, seen: dict[str, int]) -> dict[str, object]:
    data: dict[str, object] = {
        "cell_type": cell.kind,
        "id": _identity(cell.source, seen),
        "metadata": {},
    }
    if cell.kind == "code":
        data |= {"execution_count": None, "outputs": []}
    lines = cell.source.split("\n")
    data["source"] = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    return data


def _identity(source: str, seen: dict[str, int]) -> str:
    """Name a cell by its text, so that importing again gives the same file."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    seen[digest] = count = seen.get(digest, 0) + 1
    return digest if count == 1 else f"{digest}-{count}"
