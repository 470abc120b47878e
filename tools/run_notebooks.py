"""Run notebooks in fresh kernels and save them as they are to be committed.

Usage: python tools/run_notebooks.py [NOTEBOOK]...   (default: all in notebooks/)

What varies from run to run stays out of a saved notebook: times, versions, and the
widgets, whose state lives in a kernel. Their text and HTML stand in for them.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
WIDGET = "application/vnd.jupyter.widget-view+json"


def run(path: Path, timeout_s: int = 120) -> NotebookNode:
    """Run a notebook in its own folder, and return it with its outputs.

    Args:
        path: The notebook; the file itself is left as it is.
        timeout_s: Seconds that one cell may take.

    Raises:
        CellExecutionError: A cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=timeout_s,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # a busy machine sends one text in pieces
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return settled(notebook)


def settled(notebook: NotebookNode) -> NotebookNode:
    """Take out of a notebook what differs between two runs of it."""
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
            output.get("metadata", {}).pop("werkbook", None)  # names a widget, too
    return notebook


def save(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as JupyterLab does: one space, no escapes, a last newline."""
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def main(arguments: list[str]) -> None:
    """Run and save the notebooks that are named, or all."""
    paths = [Path(argument) for argument in arguments]
    for path in paths or sorted(FOLDER.glob("[!.]*.ipynb")) + sorted(
        FOLDER.glob("gallery/[!.]*.ipynb")
    ):
        print("running", path)
        save(run(path), path)


if __name__ == "__main__":
    main(sys.argv[1:])
