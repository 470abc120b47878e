"""A notebook that a kernel has open, as Jupyter Server opens it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.werkbook_ext.notebooks import KernelNotebook, RealKernel

APP = """%load_ext werkbook
from werkbook import App, request
app = App("shop")
teas = ["green"]"""
ROUTES = """@app.get("/teas")
def list_teas():
    print("asked for teas")
    return teas

@app.get("/about")
def about():
    return {"shop": "teas"}

@app.post("/teas")
def add_tea():
    teas.append(request.json["name"])
    return {"count": len(teas)}, 201"""
BROKEN = """@app.get("/price/<name>")
def price(name):
    prices = {"green": 3}
    return {"price": prices[name]}"""
CELLS = {"load": APP, "teas": ROUTES, "price": BROKEN}


def save(path: Path, cells: dict[str, str], prefix: str = "") -> None:
    """Save a notebook with code cells."""
    made = [
        {
            "cell_type": "code",
            "id": prefix + name,
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for name, source in cells.items()
    ]
    notebook = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))


@contextmanager
def open_notebook(path: Path) -> Iterator[KernelNotebook]:
    """Run the cells in a kernel whose connection file names the notebook."""
    made = RealKernel(env={"JPY_SESSION_NAME": str(path)})
    # Where Jupyter Server has it.
    name = f"kernel-{uuid4()}.json"
    made.manager.connection_file = str(Path(os.environ["JUPYTER_RUNTIME_DIR"], name))
    with made as kernel:
        kernel.ask(f"__import__('os').chdir({str(path.parent)!r})")
        notebook = KernelNotebook(kernel)
        save(path, CELLS, notebook.prefix)
        for name, source in CELLS.items():
            notebook.run(name, source)
        yield notebook
