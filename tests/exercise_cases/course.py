"""A course of the ten exercises in one notebook, and a class that hands it in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.exercise_cases.reading import CASES, ExerciseCase, Solution

HEAD = """%load_ext werkbook
import sqlite3, tempfile
from markupsafe import escape
from werkbook import *
from werkbook import App, abort, g, jsonify, make_response, redirect, render_template
from werkbook import render_template_string, request, session, url_for
app = App("lesson")
app.secret_key = "only for this course"
"""


def given(case: ExerciseCase) -> str:
    """Return what a case gives, without an app of its own."""
    dropped = ("app = ", "app.secret_key", "from ", "import ")
    lines = case.given.splitlines()
    return "\n".join(line for line in lines if not line.startswith(dropped))


def fits(solution: Solution) -> bool:
    """Say whether a solution can stand beside those of the other exercises."""
    text = "\n".join(solution.cells)
    hooks = ("app = ", "def app(", "before_request", "after_request", "HTTPException")
    return not any(one in text for one in (*hooks, "<path:all", "<path:any", "loader"))


def chosen(case: ExerciseCase, number: int) -> Solution:
    """Choose a solution: the first student's are right, the others' are mixed."""
    right = [one for one in case.solutions if not one.code and fits(one)]
    every = [one for one in case.solutions if fits(one)]
    return right[0] if number == 0 else every[number % len(every)]


def source_notebook() -> dict[str, Any]:
    """Return the teacher's notebook, with solutions in marks."""
    cells = [code(HEAD)]
    for case in CASES:
        cells += [markdown(f"## {case.name}"), code(given(case)), code(case.exercise)]
        for cell in chosen(case, 0).cells:
            magic, _, body = cell.partition("\n")
            if not magic.startswith("%%"):
                magic, body = "", cell
            marked = f"### BEGIN SOLUTION\n{body}\n### END SOLUTION"
            cells.append(code(f"{magic}\n{marked}".lstrip()))
    return notebook(cells)


def submission(number: int) -> dict[str, Any]:
    """Return what a student handed in."""
    cells = [code(HEAD)]
    for case in CASES:
        cells += [code(given(case)), code(case.exercise)]
        cells += [code(cell) for cell in chosen(case, number).cells]
    return notebook(cells)


def write_class(folder: Path, count: int) -> list[Path]:
    """Write the notebooks of a class; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"student{number:02}.ipynb" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(json.dumps(submission(number)), "utf-8")
    return paths


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    named = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": named}


def code(source: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"metadata": {}, "outputs": [], "execution_count": None}
    return {"cell_type": "code", "source": source.splitlines(True), **empty}


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": [source]}
