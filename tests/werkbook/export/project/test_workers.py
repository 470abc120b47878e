"""How many workers a project asks for."""

from __future__ import annotations

from pathlib import Path

from werkbook.cells.cell import Cell
from werkbook.export import Export, Options, export
from werkbook.export.project.project import project_files
from werkbook.export.project.workers import Workers, workers_for
from werkbook.export.proof.answers import OneProcess, Proof
from werkbook.export.proof.proved import Proved

COUNTER = (
    "from flask import Flask\n\napp = Flask(__name__)\nvisits = []\n\n\n"
    '@app.get("/")\ndef index():\n    visits.append(1)\n    return "home"'
)
WHY = "One process, as something of the app lives in it and no other would see it:"


def exported(source: str) -> Export:
    return export([Cell("a", source)], Options())


def test_what_lives_in_one_process_gets_one_worker() -> None:
    """With threads, and with the cell that is why."""
    proof = Proof(one_process=[OneProcess("a list", "In[3], line 2")])
    made = Proved(exported(COUNTER), proof)
    assert workers_for(made) == Workers(1, 8, (WHY, "- In[3], line 2: a list"))
    files = project_files(made, [], Path("n.ipynb"))
    for name in ("Procfile", "app.yaml"):
        assert "gunicorn --workers 1 --threads 8" in files[name]
    command = 'CMD ["gunicorn", "--workers", "1", "--threads", "8"]'
    assert command in files["Dockerfile"]
    for name in ("Dockerfile", "app.yaml", "gunicorn.conf.py"):
        assert f"# {WHY}\n# - In[3], line 2: a list\n" in files[name]


def test_what_two_workers_share_gets_two() -> None:
    """The proof has tried it."""
    made = Proved(
        exported(COUNTER.replace("visits.append(1)", "pass")), Proof(one_process=[])
    )
    assert workers_for(made) == Workers(
        2, 2, ("Two workers gave the same answers as one.",)
    )


def test_without_a_proof_the_text_decides() -> None:
    """A view that changes a global keeps it in its process."""
    assert workers_for(Proved(exported(COUNTER), None)) == Workers(
        1, 8, (WHY, "- cell 1, line 9: the view 'index' changes the global 'visits'")
    )
    plain = exported(COUNTER.replace("visits.append(1)", "pass"))
    assert workers_for(Proved(plain, None)) == Workers(2, 2, ())
