"""A mistyped magic: IPython's error names it, the line below the one that was meant."""

import pytest
from tests.werkbook_ext.notebooks import Notebook


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("%%rout GET /\n'x'", "Did you mean %%route?"),
        ("%%tempalte a.html\nx", "Did you mean %%template?"),
        ("%htpp /", "Did you mean %http?"),
        ("%brwose", "Did you mean %browse?"),
    ],
)
def test_mistyped_magic_is_offered_the_one_that_was_meant(
    notebook: Notebook, source: str, meant: str
) -> None:
    ran = notebook.fail("k", source)
    assert "not found." in ran.text
    assert meant in ran.text


@pytest.mark.parametrize("source", ["%%quite_another\nx", "%xmode no", "1 / 0"])
def test_other_failures_have_no_such_line(notebook: Notebook, source: str) -> None:
    assert "Did you mean" not in notebook.try_run("k", source).text
