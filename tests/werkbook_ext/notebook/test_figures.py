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
@app.get("/open")
def left_open():
    import matplotlib.pyplot as plt
    plt.plot([1])
    return str(len(plt.get_fignums()))
@app.get("/show")
def show():
    import matplotlib.pyplot as plt, threading
    from IPython.display import clear_output, display
    thread = threading.Thread(target=lambda: display(plt.figure()))
    thread.start()
    thread.join()
    clear_output()
    display("a text")
    plt.plot([1])
    plt.show()
    return str(len(plt.get_fignums()))
"""
ASK = """import requests
requests.get(server.url + "/plot").text"""
COUNT = "import matplotlib.pyplot as plt; len(plt.get_fignums())"


@pytest.mark.parametrize("before", ["pass", "%matplotlib inline"])
def test_figure_of_a_view_is_drawn_under_no_cell(
    kernel: RealKernel, before: str
) -> None:
    """Each request has figures of its own, and a cell shows its own alone.

    What a view shows or displays is its request's output; it clears no cell's.
    """
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
    tested = kernel.run("[app.test_client().get('/open').text for _ in range(2)]")
    assert "['1', '1']" in tested.text
    assert "image/png" not in str(tested.outputs)
    shown = kernel.run("print('before')\n%http GET /show")
    assert [one["output_type"] for one in shown.outputs] == ["stream", "display_data"]
    assert "  'a text'\n  <Figure size 640x480 with 1 Axes>" in shown.text
    assert "image/png" not in str(shown.outputs)
    assert kernel.run("display('of the cell')").text.strip() == "'of the cell'"


ASK_CAPTURED = """%%capture kept
import requests
display("of the cell")
answer = requests.get(server.url + "/show").text
display("of the cell too")
"""


def test_what_a_view_displays_is_not_captured_with_a_cell(kernel: RealKernel) -> None:
    """It keeps what its cell displays; the view's is in its request's output."""
    kernel.run(APP)
    kernel.run("from werkbook_ext import serve\nserver = serve(app)")
    kernel.run(ASK_CAPTURED)
    seen = kernel.run("[one.data['text/plain'] for one in kept.outputs]")
    assert seen.text.strip() == """["'of the cell'", "'of the cell too'"]"""
    output = kernel.run("print(list(server.exchanges)[-1].output)")
    assert output.text.strip().splitlines() == [
        "'a text'",
        "<Figure size 640x480 with 1 Axes>",
    ]
    assert kernel.run("display('shown')").text.strip() == "'shown'"
