"""What a cell's output says about what it registered."""

from __future__ import annotations

from tests.werkbook_ext.notebooks import Notebook

APP = """from werkbook import App
app = App("__main__")
def shouting(view):
    def wrapper(**values):
        return view(**values).upper()
    return wrapper
"""
VIEW = "@app.get('/{0}')\n@shouting\ndef {0}():\n    return '{0}'"
TOLD = (
    "Each view below that decorator is named 'wrapper': write @functools.wraps(view)"
    " above def wrapper, and run the cells of the views again."
)


def test_wrappers_that_share_an_endpoint_are_told_of_wraps(notebook: Notebook) -> None:
    """A decorator without `functools.wraps` is named as the cause; one with is not."""
    notebook.run("app", APP)
    assert TOLD not in notebook.run("a", VIEW.format("a")).text
    assert TOLD in notebook.run("b", VIEW.format("b")).text
    wraps = "    import functools\n    @functools.wraps(view)\n    def wrapper"
    notebook.run("app", APP.replace("    def wrapper", wraps))
    notebook.run("a", VIEW.format("a"))
    assert TOLD not in notebook.run("b", VIEW.format("b")).text
    assert [notebook.get("/a"), notebook.get("/b")] == ["A", "B"]


def test_same_function_in_two_cells_is_no_wrapper(notebook: Notebook) -> None:
    """A plain view that moves from cell to cell is told as a takeover alone."""
    notebook.run("app", APP)
    notebook.run("a", "@app.get('/')\ndef index():\n    return '1'")
    ran = notebook.run("b", "@app.get('/b')\ndef index():\n    return '2'")
    assert "takes over from" in ran.text
    assert "functools" not in ran.text
