"""Figures that views draw stay out of the cells."""

from __future__ import annotations

import pytest
from tests.werkbook_ext.notebooks import RealKernel

APP = """%load_ext werkbook
from io import BytesIO
from werkbook import App
app = App("__main__")
@app.get("/plot")
def plot():
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 3])
    file = BytesIO()
    plt.savefig(file, format="png")
    return f"{len(plt.get_fignums())} {file.getvalue()[1:4].decode()}"
"""
ASK = """import requests
requests.get(server.url + "/plot").text"""
COUNT = "import matplotlib.pyplot as plt; len(plt.get_fignums())"


@pytest.mark.parametrize("before", ["pass", "%matplotlib inline"])
def test_figure_of_a_view_is_drawn_under_no_cell(
    kernel: RealKernel, before: str
) -> None:
    """Each request has figures of its own, and a cell shows its own alone."""
    kernel.run(before)
    kernel.run(APP)
    kernel.run("from werkbook_ext import serve\nserver = serve(app)")
    for _ in range(2):
        asked = kernel.run(ASK)
        assert "'1 PNG'" in asked.text
        assert "image/png" not in str(asked.outputs)
    assert kernel.run(COUNT).text.strip() == "0"
    drawn = kernel.run("import matplotlib.pyplot as plt\nx = plt.plot([1])\n" + ASK)
    assert "'1 PNG'" in drawn.text
    assert str(drawn.outputs).count("image/png") == 1
