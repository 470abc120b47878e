"""How long the proof of an export takes: the tour and the lessons, by parts.

Run `python bench/proof.py [NAME]...`. The last line says whether the tour's proof, with
its notebook, its file and its two workers, stays under 15 seconds. On a machine that is
busy with other things the seconds of the processor say more: they are printed, too.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from werkbook.cells.asked import asked_by
from werkbook.cells.read import load
from werkbook.export.exercise_requests import exercise_requests
from werkbook.export.notebook_folder import options_for
from werkbook.export.proof.proof import Prover
from werkbook.export.proof.proved import export_and_prove
from werkbook.export.proof.subject import Subject
from werkbook.export.report import verdict

FOLDER = Path(__file__).parents[1] / "notebooks"
TOUR = "00_tour"
LIMIT_S = 15.0
PARTS = ("start", "notebook", "asking", "workers")


def measure(path: Path) -> float:
    """Prove a notebook's export, print what each part took, and give the seconds."""
    book = load(path)
    asked, exercises = asked_by(book.cells), exercise_requests(book.cells)
    subject = Subject(book.cells, path.parent, asked, exercises=exercises)
    options = options_for(path.parent, path.name, target="flask")
    began_s, used_s = time.monotonic(), _processor_s()
    with Prover(subject) as prover:
        done = export_and_prove(book.cells, options, prover)
    seconds = time.monotonic() - began_s
    assert done.proof is not None
    parts = "".join(f"{done.proof.timings.get(one, 0):9.1f} s" for one in PARTS)
    said = verdict(done.proof)[0]
    used_s = _processor_s() - used_s
    print(f"{path.stem:22}{seconds:8.1f} s{used_s:10.1f} s{parts}  {said}", flush=True)
    return seconds


def _processor_s() -> float:
    """Seconds of the processor that this process and its children have used."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    found = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in found)


def main(names: list[str]) -> None:
    """Measure the notebooks that are named, or all."""
    paths = [FOLDER / f"{name}.ipynb" for name in names] or sorted(
        FOLDER.glob("*.ipynb")
    )
    heads = "".join(f"{one:>11}" for one in PARTS)
    print(f"{'notebook':22}{'whole':>10}{'processor':>12}{heads}  verdict")
    taken = {path.stem: measure(path) for path in paths}
    if TOUR in taken:
        is_met = "yes" if taken[TOUR] < LIMIT_S else "NO"
        print(f"the tour's proof under {LIMIT_S:g} s: {is_met} ({taken[TOUR]:.1f} s)")


if __name__ == "__main__":
    main(sys.argv[1:])
