"""What the pages' commands find in their folder, and which of them can't run here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from tests.guide.blocks import ROOT, blocks

from werkbook.cells.cell import Cell
from werkbook.export import export
from werkbook.export.project.writing import stamped


class Needs(StrEnum):
    """Why a command is not run here."""

    CLOUD = "a cloud account"
    DOCKER = "Docker"
    MACHINE = "another machine or operating system"
    NETWORK = "the network"
    ROOT = "root"


class NotRun(NamedTuple):
    """Commands that no test runs.

    Attributes:
        start: A regular expression of how they begin.
        needs: What they need.
        why: What for.
    """

    start: str
    needs: Needs
    why: str


NOT_RUN = [
    NotRun("make ", Needs.NETWORK, "packages; test_docs.py finds each in the Makefile"),
    NotRun("uv run ", Needs.NETWORK, "what the file depends on is installed"),
    NotRun("pip install --cert ", Needs.NETWORK, "a company's proxy"),
    NotRun("python -m aiosmtpd ", Needs.NETWORK, "aiosmtpd is no part of .venv"),
    NotRun("WERKBOOK_MCP=1 jupyter ", Needs.NETWORK, "nor is jupyter-server-mcp"),
    NotRun("npm install ", Needs.NETWORK, "npm's packages; tests_hub does it"),
    NotRun("COURSE=", Needs.NETWORK, "that proxy from npm; tests_hub does it"),
    NotRun("claude ", Needs.CLOUD, "Claude Code"),
    NotRun("gcloud ", Needs.CLOUD, "Google Cloud"),
    NotRun("fly ", Needs.CLOUD, "Fly"),
    NotRun("railway ", Needs.CLOUD, "Railway"),
    NotRun("heroku |git push heroku", Needs.CLOUD, "Heroku"),
    NotRun("kubectl ", Needs.CLOUD, "a cluster"),
    NotRun("docker ", Needs.DOCKER, "an image is built, or sent"),
    NotRun("scp ", Needs.MACHINE, "the server"),
    NotRun(r"curl http://shop\.example", Needs.MACHINE, "the server, by its name"),
    NotRun("(apt|adduser|install -m) ", Needs.ROOT, "packages, a user, a file of /etc"),
    NotRun("(python3 -m venv )?/srv/", Needs.ROOT, "a folder of the machine's own"),
    NotRun("(systemctl|nginx|journalctl) ", Needs.ROOT, "the machine's services"),
]


def notebook(*sources: str) -> str:
    """Return a notebook's text."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{number}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def _of_page(name: str) -> str:
    cells = [one.code for one in blocks(ROOT / name) if one.is_cell]
    # What a cell patches is no part of the file that is tested.
    return notebook(*(one for one in cells if "client" not in one))


_START = "%load_ext werkbook\nfrom werkbook import App\n\napp = App()"
_VIEW = '@app.get("/")\ndef index():\n    return {"tea": 3}'
_SHOP = notebook(_START, _VIEW)
_APP = """\
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    return {"tea": 3}


if __name__ == "__main__":
    app.run()
"""
_EXPORTED = stamped(export([Cell("c0", _START), Cell("c1", _VIEW)]).source)
_MODEL = "import msgspec\n\n\nclass Item(msgspec.Struct):\n    name: str"
_VIEWS = """\
@app.get("/items")
def items() -> list[Item]:
    return []


@app.post("/items")
def add(item: dict[str, str]) -> None:
    pass"""
_GREET = """\
%%exercise greet --points 2
Make a page at `/hello/NAME` that greets by name.

GET /hello/Ada -> text has "Ada"
GET /hello/Zoë -> text has "Zoë\""""
_POWER = """\
%%exercise power --points 2
Make a page of squares.

GET /power/3 -> text is "9\""""
_SOLVED = """\
@app.get("/{name}/<{value}>")
def {name}(n):
    ### BEGIN SOLUTION
    return {answer}
    ### END SOLUTION"""
_HELLO = _SOLVED.format(name="hello", value="n", answer='f"Hello {n}"')
_SQUARE = _SOLVED.format(name="power", value="int:n", answer="str(n * n)")
_LESSON = notebook(_START, _HELLO, _GREET, _SQUARE, _POWER)
_HALF = notebook(_START, _HELLO.replace("{n}", "Ada"), _GREET, _POWER)
_SERVE = (ROOT / "tools/lite/serve.py").read_text("utf-8")

OF_ALL: dict[str, str | Path] = {"shop.ipynb": _SHOP}
FILES: Mapping[str, dict[str, str | Path]] = {
    "README.md": {"notebooks/00_tour.ipynb": _SHOP, "app.py": _EXPORTED},
    "docs/howto/binder.md": {"binder/requirements.txt": "werkbook[notebook]\npandas\n"},
    "docs/howto/import.md": {"app.py": _APP, "flaskr/__init__.py": _APP},
    "docs/howto/teaching/grading.md": {
        "lessons/lesson.ipynb": _LESSON,
        "handed-in/ada/lesson.ipynb": _LESSON,
        "handed-in/bob/lesson.ipynb": _HALF,
    },
    "docs/howto/teaching/no-server.md": {
        "serve.py": _SERVE,
        "lite/notebooks/index.html": "The lessons",
    },
    "docs/howto/testing.md": {"weather.ipynb": _of_page("docs/howto/testing.md")},
    "docs/reference/export.md": {"notebook.ipynb": _SHOP},
    "docs/reference/openapi.md": {"shop.ipynb": notebook(_START, _MODEL, _VIEWS)},
}
"""By page, what is in its folder; `OF_ALL` where the page is not named."""

CHANGED: Mapping[str, dict[str, str | Path]] = {
    "werkbook grade handed-in --key course/key --csv points.csv --report reports": {
        "handed-in/eve/lesson.ipynb": Path("course/student/lesson.ipynb")
    },
    "werkbook openapi shop.ipynb -o openapi.json --diff": {
        "shop.ipynb": notebook(
            _START,
            f"{_MODEL}\n    note: str",
            _VIEWS.replace("add(", "add(shop: int, "),
        )
    },
}
"""What a reader changes before they type a command."""

LOGGED = {"docs/howto/deploy/index.md": ["Booting worker", "Booting worker"]}
"""What the log of a page's server says, beside other things."""

STATUS = {"werkbook openapi shop.ipynb -o openapi.json --diff": 1}
"""The exit statuses that are not 0, as the page says."""
