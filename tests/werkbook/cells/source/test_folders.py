"""Files that cells write stand where the notebook left them, seen from its end."""

import pytest

from werkbook.cells.cell import Cell
from werkbook.cells.source.parse import parse_cells
from werkbook.cells.source.parsed import Parsed

PAGE = "%%writefile index.html\n<h1>Hi</h1>"
MODULE = "%%writefile texts.py\nHELLO = 'Hi'"


def parsed(*sources: str) -> Parsed:
    return parse_cells([Cell(f"c{n}", one) for n, one in enumerate(sources)])


@pytest.mark.parametrize(
    ("sources", "path"),
    [
        (["%cd templates", PAGE, "%cd .."], "templates/index.html"),
        (["cd templates", PAGE, "cd ../"], "templates/index.html"),
        (["%cd -q ./templates/", PAGE, "%cd /content"], "templates/index.html"),
        (["%cd /content/templates", PAGE, "%cd /content/"], "templates/index.html"),
        (["%cd a/b", PAGE, "%cd ../..", "1"], "a/b/index.html"),
        (["%cd a", "%cd b", PAGE, "%cd ..", "%cd .."], "a/b/index.html"),
        (["!mkdir x\n%cd x\n!echo hi > index.html\n%cd .."], "x/index.html"),
        (["%cd x", "%%bash\necho hi > index.html\ncd y", "%cd .."], "x/index.html"),
        (["import os\nos.chdir('x')", PAGE, "os.chdir('..')"], "x/index.html"),
        (["%cd .well-known", PAGE, "%cd .."], ".well-known/index.html"),
        # Who stays in a folder has the app there.
        (["%cd project", PAGE], "index.html"),
        (["%cd project", "%cd templates", PAGE, "%cd .."], "templates/index.html"),
        ([PAGE, "%cd project"], "index.html"),
        # What isn't known changes no name.
        (["%cd {place}", PAGE, "%cd .."], "index.html"),
        (["%cd ~/x", PAGE], "index.html"),
        (["%cd -", PAGE], "index.html"),
        (["%cd ..", PAGE], "index.html"),
        (["%cd /srv/app", PAGE, "%cd static"], "index.html"),
        (["os.chdir(place)", PAGE, "%cd x"], "index.html"),
        (["!cd x", PAGE], "index.html"),
        (["cd = 3\ncd", PAGE], "index.html"),
    ],
)
def test_files_stand_where_the_notebook_wrote_them(
    sources: list[str], path: str
) -> None:
    assert list(parsed(*sources).texts) == [path]


@pytest.mark.parametrize(
    "sources",
    [
        ["%cd x", MODULE, "%run texts.py", "%cd .."],
        ["%cd x", MODULE, "%cd ..", "%run x/texts.py"],
        ["%cd x", MODULE, "%run texts"],
    ],
)
def test_a_script_is_found_from_where_it_is_run(sources: list[str]) -> None:
    assert "HELLO = 'Hi'" in [one.text for one in parsed(*sources).statements]


@pytest.mark.parametrize(
    ("sources", "path"),
    [
        (["%cd x", MODULE, "!python texts.py", "%cd .."], "x/texts.py"),
        (["%cd x", MODULE, "%cd ..", "!python x/texts.py"], "x/texts.py"),
        (["%cd x", MODULE, "!python texts.py"], "texts.py"),
    ],
)
def test_a_launch_is_of_the_file_beside_the_notebook(
    sources: list[str], path: str
) -> None:
    assert list(parsed(*sources).runs) == [path]
