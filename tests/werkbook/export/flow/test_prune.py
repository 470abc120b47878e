"""What only serves or asks stays out; what a view reads stays."""

from __future__ import annotations

import pytest

from werkbook.cells.cell import Cell
from werkbook.cells.source import magics
from werkbook.export import Options, export

APP = "from flask import Flask, url_for\napp = Flask(__name__)"
VIEW = '@app.get("/")\ndef index():\n    return LINK'


def source_of(*sources: str) -> str:
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    return export(cells, Options()).source


def test_name_bound_in_a_request_context_stays_where_a_view_reads_it() -> None:
    """A context that only shows something is for the notebook."""
    head = "with app.test_request_context():\n    "
    bound = f'{head}LINK = url_for("index")'
    assert bound in source_of(APP, VIEW, bound)
    shown = f'{head}print(url_for("index"))'
    assert "test_request_context" not in source_of(APP, VIEW, 'LINK = "/"', shown)
    unread = f"{head}other = 1"
    assert "test_request_context" not in source_of(APP, VIEW, 'LINK = "/"', unread)


def test_folder_that_a_quiet_cd_enters_is_entered() -> None:
    """`-q` is IPython's option, and no folder."""
    assert magics.transform("%cd -q data").source == 'os.chdir("data")'


def test_what_a_cell_uses_up_is_used_up_in_the_file() -> None:
    """An iterator, a file that is printed into, a function that keeps its answers."""
    app = "from functools import cache\nfrom flask import Flask\napp = Flask(__name__)"
    view = '@app.get("/")\ndef index():\n    return'
    rows = "rows = (n for n in range(3))"
    for looked in ("sum(rows)", "2 in rows", "print(*rows)", "display(list(rows))"):
        is_there = looked in source_of(app, rows, looked, f"{view} list(rows)")
        assert is_there is ("display" not in looked)
    assert "\nrows\n" not in source_of(app, rows, "rows", f"{view} list(rows)")
    log = "log = open('log.txt', 'w')"
    printed = "print('one', file=log)"
    read = f"{view} open('log.txt').read()"
    assert printed in source_of(app, log, printed, "log.close()", read)
    kept = "@cache\ndef rate(key):\n    return rates[key]"
    rates = "rates = {'a': 1}"
    asked = source_of(app, rates, kept, "rate('a')", f"{view} str(rate('a'))")
    assert "\nrate('a')\n" in asked


def test_files_of_a_folder_that_a_view_lists_are_written() -> None:
    """Their names stand nowhere else; a view that opens one by its name needs that."""
    written = (
        "for n in range(3):\n    with open(f'part{n}.txt', 'w') as file:\n        "
    )
    written += "file.write('x')"
    imports = "import glob, os, zipfile"
    for listed in ("glob.glob('part*.txt')", "os.listdir('.')"):
        view = f'@app.get("/")\ndef index():\n    return {listed}'
        assert written in source_of(APP, imports, written, view)
    view = '@app.get("/")\ndef index():\n    return'
    assert "part{n}" not in source_of(APP, imports, written, f"{view} os.getcwd()")
    packed = "with zipfile.ZipFile('a.zip', 'w') as pack:\n    pack.write('x')"
    opened = f"{view} zipfile.ZipFile('a.zip').namelist()"
    assert packed in source_of(APP, imports, packed, opened)


@pytest.mark.parametrize(
    "asking",
    [
        "from fasthtml.jupyter import *\nsrv = JupyUvi(app)\nsrv.stop()",
        "from fasthtml.jupyter import nb_serve\nsrv = nb_serve(app)",
        "import uvicorn\nfrom multiprocessing import Process\n"
        "srv = Process(target=uvicorn.run, args=(app,))\nsrv.start()\nsrv.join()",
        "import httpx\nsrv = httpx.Client(transport=httpx.WSGITransport(app=app))\n"
        "print(srv.get('/'))",
        "from httpx import ASGITransport, AsyncClient\n"
        "async with AsyncClient(transport=ASGITransport(app=app)) as srv:\n"
        "    print(await srv.get('/'))",
    ],
)
def test_server_or_client_that_is_given_the_app_stays_out(asking: str) -> None:
    """However it is started, and whatever is done with it."""
    source = source_of(APP, '@app.get("/")\ndef index():\n    return "x"', asking)
    assert "srv" not in source
    assert "multiprocessing" not in source


def test_name_that_executed_text_may_bind_is_read_too_early_by_nobody() -> None:
    """The text of a file is not known; nor is what it binds."""
    view = '@app.get("/")\ndef index():\n    return str(COUNT)'
    run = 'exec(open("start.py").read())'
    source = source_of(APP, run, "COUNT += 1", view)
    assert f"{run}\n\nCOUNT += 1\n" in source
    assert "COUNT += 1" not in source_of(APP, "COUNT += 1", view)


@pytest.mark.parametrize(
    "cell",
    [
        "LINK = LINK if 'LINK' in globals() else 'none'",
        "LINK = 'LINK' in globals() and LINK or 'none'",
        "LINK = 'none' if True else nowhere",
        "LINK = 'none'; assert LINK, nowhere",
    ],
)
def test_name_that_is_read_on_a_condition_only_makes_no_cell_fail(cell: str) -> None:
    """The cell runs from top to bottom, too; only a sure read of nothing fails."""
    cells = [Cell("a", APP), Cell("b", cell), Cell("c", VIEW)]
    made = export(cells, Options())
    assert cell.partition(";")[0] in made.source
    assert not made.program.premature
    for failing in ("LINK = [nowhere, 1]", "LINK += 'x'"):
        sure = [cells[0], Cell("b", failing), cells[2]]
        assert export(sure, Options()).program.premature


ASKED = (
    "def is_here():\n    try:\n        {}\n    except {}:\n        return False\n"
    "    return True\nLINK = str(is_here())"
)
LOCAL = "from IPython import get_ipython\n        name = get_ipython().config"


@pytest.mark.parametrize(
    "asking",
    [
        ASKED.format("get_ipython()", "NameError"),
        ASKED.format(LOCAL, "Exception"),
        ASKED.format("__IPYTHON__", "(NameError, KeyError)"),
        "try:\n    get_ipython()\n    LINK = 'a'\nexcept NameError:\n    LINK = 'b'",
        "try:\n    display\nexcept NameError:\n    display = print\nLINK = display(1)",
        "from IPython import get_ipython\nLINK = str(get_ipython() is not None)",
        "import IPython\nshell = IPython.get_ipython()\nLINK = type(shell).__name__",
        "from IPython import get_ipython\nshell = get_ipython()\n"
        "LINK = str(shell.config) if shell else 'b'",
        "LINK = str(get_ipython()) if 'get_ipython' in globals() else 'b'",
    ],
)
def test_what_asks_for_the_shell_as_a_file_can_stays(asking: str) -> None:
    """Where the error is caught that a file gets, or it is looked first."""
    source = source_of(APP, asking, VIEW)
    for line in asking.splitlines():
        assert line in source


@pytest.mark.parametrize(
    "asking",
    [
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "shell = get_ipython()\nshell.run_line_magic('autoreload', '2')",
        "from IPython import get_ipython\nshell = get_ipython()\n"
        "shell.run_line_magic('autoreload', '2')",
        "from IPython import get_ipython\nshell = get_ipython()\n"
        "if shell:\n    shell.run_line_magic('autoreload', '2')",
        "def show():\n    get_ipython().run_line_magic('autoreload', '2')\nshow()",
        "from IPython import get_ipython\nshell = get_ipython()\n"
        "shell.user_ns['rows'] = 1",
    ],
)
def test_what_needs_the_shell_stays_out(asking: str) -> None:
    """A file has none: it would not start."""
    assert "shell" not in source_of(APP, asking, "LINK = '/'", VIEW)
    assert "get_ipython" not in source_of(APP, asking, "LINK = '/'", VIEW)


@pytest.mark.parametrize(
    "waiting",
    [
        "[one.result() for one in jobs]",
        "for one in jobs:\n    one.result()",
        "told = [one.result() for one in jobs]",
        "jobs[0].result()",
        "for one in as_completed(jobs):\n    one.result()",
        "print([one.result() for one in as_completed(jobs)])",
    ],
)
def test_what_waits_for_jobs_stays_where_these_change_what_a_view_reads(
    waiting: str,
) -> None:
    """Otherwise the file would answer before they are done."""
    work = "LINK = []\ndef work(n):\n    LINK.append(n)"
    pool = "from concurrent.futures import ThreadPoolExecutor, as_completed\n"
    pool += "pool = ThreadPoolExecutor(2)\njobs = [pool.submit(work, 1)]"
    assert waiting in source_of(APP, work, pool, waiting, VIEW)


def test_what_stands_below_a_raise_stays_out() -> None:
    """The cell ends there in the notebook, as often as it runs; the next one runs."""
    source = source_of(
        APP, "LINK = []", "LINK.append(1)\nraise SystemExit\nLINK.append(2)", VIEW
    )
    assert "LINK.append(1)" in source
    assert "LINK.append(2)" not in source
    assert "@app" in source


@pytest.mark.parametrize(
    "changing",
    [
        "[one.pop() for one in rows]",
        "print([one.pop() for row in [rows] for one in rows])",
        "gone = {n: one.popitem() for n, one in table.items()}",
        "[item.append(2) for one in nested for item in one]",
        "[one.append(other) for one, other in zip(rows, [3])]",
    ],
)
def test_what_a_comprehension_changes_is_changed_in_the_file(changing: str) -> None:
    """Its own variable stands for a part of what it goes through."""
    made = "rows = [[1, 2]]\ntable = {'a': {'b': 1}}\nnested = [[[1]]]"
    view = '@app.get("/")\ndef index():\n    return [rows, table, nested]'
    assert changing in source_of(APP, made, changing, view)


@pytest.mark.parametrize(
    "changing",
    [
        "for one, n in zip(rows, [3]):\n    one.append(n)",
        "for one in sorted(rows):\n    one.append(3)",
        "for one in list(table.values()):\n    one['b'] = 2",
        "best = max(rows, key=len)\nbest.append(3)",
        "first = next(iter(rows))\nfirst.append(3)",
        "long = [one for one in rows if len(one) > 1]\nlong[0].append(3)",
        "some = list(filter(len, rows))\nsome[0].append(3)",
        "part = find('a')\npart['b'] = 2",
        "both = nested\nother = both\nother.append(3)",
        "twin.append(3)",
        "add(3)",
    ],
)
def test_what_is_done_to_a_part_is_done_in_the_file(changing: str) -> None:
    """However it was chosen: by a builtin, a comprehension, a function."""
    made = "rows = [[1, 2]]\ntable = {'a': {'b': 1}}\nnested = twin = []\n"
    made += "def find(key):\n    return table[key]\ndef make():\n    found = []\n"
    made += "    return found.append, lambda: found\nadd, show = make()"
    view = '@app.get("/")\ndef index():\n    return [rows, table, nested, show()]'
    assert changing.splitlines()[-1] in source_of(APP, made, changing, view)


@pytest.mark.parametrize(
    ("asking", "said"),
    [
        (
            "LINK = str('google.colab' in str(get_ipython()))",
            "LINK = str('google.colab' in str(None))",
        ),
        (
            "if get_ipython() != None and  1:\n    LINK = 'a'\nelse:\n    LINK = ''",
            "if None != None and  1:\n    LINK = 'a'\nelse:\n    LINK = ''",
        ),
        (
            "LINK = get_ipython().__class__.__name__ + str(1)",
            "LINK = None.__class__.__name__ + str(1)",
        ),
        (
            "LINK = 'a'\nif 'colab' in str(get_ipython()):\n    LINK = 'b'",
            "if 'colab' in str(None):\n    LINK = 'b'",
        ),
        ("LINK = 'a' if not get_ipython() else 'b'", "LINK = 'a' if not None else 'b'"),
        (
            "def is_here():\n    return hasattr(get_ipython(), 'kernel')\n"
            "LINK = str(is_here())",
            "def is_here():\n    return hasattr(None, 'kernel')\n",
        ),
    ],
)
def test_what_only_looks_whether_there_is_a_shell_is_told_none(
    asking: str, said: str
) -> None:
    """The answer is then that of a file; the rest of the text stays."""
    source = source_of(APP, asking, VIEW)
    assert said in source
    assert "# The notebook's shell, get_ipython(), is None in a file.\n" in source
    compile(source, "app.py", "exec")


@pytest.mark.parametrize(
    "asking",
    [
        "LINK = str(get_ipython()) + get_ipython().user_ns['x']",
        "LINK = f'{str(get_ipython())}'",
        "import os\nif get_ipython():\n    os.environ['LINK'] = '/'",
    ],
)
def test_what_looks_at_the_shell_and_needs_it_stays_out(asking: str) -> None:
    """One call of a statement that a file can't have is enough."""
    source = source_of(APP, asking, "LINK = '/'", VIEW)
    assert "None" not in source
