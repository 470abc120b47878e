"""What is changed through something that stands for it stays in the export."""

from __future__ import annotations

import pytest

from werkbook.cells.cell import Cell
from werkbook.export import Options, export

FLASK = "from flask import Flask\n\napp = Flask(__name__)"


def source(*cells: str, view: str, **options: bool) -> str:
    texts = [FLASK, *cells, f'@app.route("/")\ndef index():\n    return str({view})']
    made = [Cell(str(number), text) for number, text in enumerate(texts)]
    return export(made, Options(**options)).source  # type: ignore[arg-type]  # flags


@pytest.mark.parametrize(
    ("cells", "view"),
    [
        (("a = []\nbox = {'x': a}", "box['x'].append(2)"), "a"),
        (("a = []\nb = []", "for one in (a, b):\n    one.append(2)"), "a"),
        (("a = []\n\n\ndef get():\n    return a", "get().append(2)"), "a"),
        (("a = []\nadd = a.append", "add(2)"), "a"),
        (("a = []\nadd = a.append", "list(map(add, [2]))"), "a"),
        (("a = []\nways = {'add': a.append}", "ways['add'](2)"), "a"),
        (
            (
                "import functools\n\na = {}",
                "put = functools.partial(a.__setitem__, 1)",
                "put(2)",
            ),
            "a",
        ),
        (
            (
                "a = []\n\n\ndef each(found, give):\n    for one in found:\n"
                "        give(one)",
                "each([2], lambda one: a.append(one))",
            ),
            "a",
        ),
        (
            (
                "import threading\n\na = {}",
                "t = threading.Thread(target=lambda: a.update(b=2))\nt.start()",
                "t.join()",
            ),
            "a",
        ),
        (("class A:\n    pass\n\n\na = A()", "vars(a)['y'] = 2"), "a.y"),
        (("a = {}\nnames = a.keys()", "a['b'] = 2"), "list(names)"),
        (("class A:\n    x = 1\n\n\na = A()", "setattr(A, 'x', 2)"), "a.x"),
        (("class A:\n    x = 1\n\n\na = A()", "A.x = 2"), "a.x"),
        (
            ("def count(found=[]):\n    found.append(1)\n    return found", "count()"),
            "count()",
        ),
        (
            (
                "def make():\n    n = 0\n\n    def count():\n        nonlocal n\n"
                "        n += 1\n        return n\n\n    return count\n\n\n"
                "count = make()",
                "print(count())",
            ),
            "count()",
        ),
        (
            (
                "known = {}\n\n\nclass Meta(type):\n"
                "    def __new__(cls, name, *rest):\n"
                "        made = super().__new__(cls, name, *rest)\n"
                "        known[name] = made\n        return made",
                "class A(metaclass=Meta):\n    pass",
                "class B(A):\n    pass",
            ),
            "known",
        ),
        (("exec('a = 2')",), "a"),
        (("globals().update(a=2)",), "a"),
        (("globals()['a'] = 2",), "a"),
        (("import builtins", "builtins.a = 2"), "a"),
        (("list = [1]", "del list"), "list((1,))"),
        (
            (
                "import pandas as pd\n\ndf = pd.DataFrame({'a': [2, 1]})",
                "df.sort_values('a', inplace=True)",
            ),
            "df",
        ),
        (
            (
                "import sys",
                "open('libs/helper.py', 'w').write('x = 1')",
                "sys.path.insert(0, 'libs')",
                "import helper",
            ),
            "helper.x",
        ),
        (
            (
                "open('pages/a.html', 'w').write('x')",
                "app.jinja_loader.searchpath.append('pages')",
            ),
            "1",
        ),
    ],
)
def test_what_changes_the_data_of_a_view_stays(
    cells: tuple[str, ...], view: str
) -> None:
    """By another name, a container, a closure, a class: the view sees it."""
    lines = "\n".join(cells).split("\n")
    kept = source(*cells, view=view).split("\n")
    assert [one for one in lines if one.strip() and one not in kept] == []


@pytest.mark.parametrize(
    "look",
    [
        "model.predict([1])",
        "print(model)",
        "box['model'].describe()",
        "df.sort_values('a')",
        "df.sort_values('a', inplace=False)",
        "list(map(str, rows))",
    ],
)
def test_what_only_looks_stays_out(look: str) -> None:
    """It was for the notebook's author to see."""
    data = "from lib import load\n\ndf, model, rows = load()\nbox = {'model': model}"
    view = "[df, model, rows, box]"
    assert look not in source(data, look, view=view)


@pytest.mark.parametrize(
    ("look", "is_kept"),
    [
        ("box['touched']", True),
        ("print(box['touched'])", True),
        ("box.ticks", True),
        ("box << 3", True),
        ("len(box.parts)", True),
        ("sum(box)", True),
        ("os.chdir('parts')", True),
        ("box", False),
        ("print(box)", False),
        ("'text'", False),
        ("plt.plot(box.parts)", False),
    ],
)
def test_whole_file_keeps_looks_that_may_change_something(
    look: str, is_kept: bool
) -> None:
    """The last try of a proof keeps what runs code of the notebook's own classes."""
    data = "import os\n\nimport matplotlib.pyplot as plt\nfrom lib import box"
    made = source(data, look, view="box", is_wide=True, is_whole=True)
    assert (f"\n{look}\n" in made) is is_kept


def test_a_context_that_is_pushed_by_its_name_stays() -> None:
    """`current_app` and a database need it, as they need `app.app_context().push()`."""
    cells = ("context = app.app_context()\ncontext.push()", "from flask import g")
    found = source(*cells, "g.x = 3", "context.pop()", view="'a'")
    assert "context.push()" in found
    assert found.index("context.push()") < found.index("context.pop()")
