"""The tour, open in JupyterLab: for its test and for the pictures of the guide."""

import json
import shutil
from pathlib import Path

from playwright.sync_api import Page
from tests.browser.lab import ROOT, Lab, Notebook

NAME = "00_tour.ipynb"


class Tour(Notebook):
    """The tour in a copy of its folder, its cells known by their ids."""

    def __init__(self, lab: Lab, page: Page) -> None:
        folder = lab.root / "tour"
        ignored = shutil.ignore_patterns("app.py", ".*")
        shutil.copytree(ROOT / "notebooks", folder, ignore=ignored, dirs_exist_ok=True)
        super().__init__(lab, page, f"tour/{NAME}")
        cells = json.loads((folder / NAME).read_text("utf-8"))["cells"]
        self.cells = {cell["id"]: number for number, cell in enumerate(cells)}
        self.sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
        self.code = [cell["id"] for cell in cells if cell["cell_type"] == "code"]
        self.folder: Path = folder

    def change(self, cell_id: str, old: str, new: str) -> None:
        """Replace text in a cell and run the cell, as a reader would."""
        assert old in self.sources[cell_id]
        self.sources[cell_id] = self.sources[cell_id].replace(old, new)
        self.set_cell(self.cells[cell_id], self.sources[cell_id])
        self.run_cell(self.cells[cell_id])

    def scroll_to(self, cell_id: str) -> None:
        """Bring a cell to the top of the window."""
        self.scroll_to_cell(self.cells[cell_id], "start")

    def command(self, name: str) -> None:
        """Run one of JupyterLab's commands, as its menu does."""
        self.page.evaluate(
            "async (name) => void await jupyterapp.commands.execute(name)", name
        )

    def failures(self) -> list[str]:
        """Return what went wrong in any cell."""
        return [
            f"{cell_id}: {output['ename']}: {output['evalue']}"
            for cell_id in self.code
            for output in self.outputs(self.cells[cell_id])
            if output["output_type"] == "error"
        ]
