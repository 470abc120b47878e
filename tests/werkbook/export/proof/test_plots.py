"""Pictures that cells draw: a kernel closes them when the cell ends."""

from __future__ import annotations

from pathlib import Path

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

APP = (
    "import matplotlib.pyplot as plt\nfrom flask import Flask\n\napp = Flask(__name__)"
)
VIEW = """\
@app.get("/lines")
def lines():
    plt.plot([1, 2])
    count = len(plt.gca().lines)
    plt.close("all")
    return f"{count} {plt.gca().get_title()}"
"""


def verdict_of(tmp_path: Path, *sources: str) -> list[str]:
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    return deliver(cells, wish).text.splitlines()[1:]


def test_pictures_of_cells_are_closed_as_a_kernel_closes_them(tmp_path: Path) -> None:
    """Shown or not, and in a cell that awaits, too: no view draws into them."""
    verdict = verdict_of(
        tmp_path,
        APP,
        'plt.plot([3, 1])\nplt.title("mine")\nplt.show()',
        "plt.plot([3, 3])",
        "import asyncio\n\nawait asyncio.sleep(0)\nplt.plot([5])",
        VIEW,
    )
    assert verdict == ["Proved: 1 of 1 rule asked, 1 answer equal"]


def test_pictures_of_a_backend_that_a_cell_chose_stay_open(tmp_path: Path) -> None:
    """The view draws into that of the notebook, and the file has none."""
    verdict = verdict_of(
        tmp_path,
        f'import matplotlib\n\nmatplotlib.use("agg")\n{APP}',
        "plt.plot([3, 1])",
        VIEW,
    )
    assert verdict[0] == "Not proved: cell 3, line 1: GET /lines has another body."
