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


@pytest.mark.parametrize(
    "source",
    [
        "# the page\n%%template a.html\n<b>x</b>",
        "import json\n\n%%route GET /\n'x'",
        "# note\n\n%%static a.css\nb { color: red }",
    ],
)
def test_magic_below_the_first_line_is_told_its_place(
    notebook: Notebook, source: str
) -> None:
    ran = notebook.fail("k", source)
    name = source[source.index("%%") :].split()[0]
    assert (
        f"{name} has to be the cell's first line: move what stands above it"
        " into another cell, or below."
    ) in ran.text


def test_magic_inside_the_text_of_another_one_is_left_alone(notebook: Notebook) -> None:
    ran = notebook.fail("k", "%%template\n%%route GET /")
    assert "first line" not in ran.text
