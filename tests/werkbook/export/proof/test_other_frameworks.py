"""Notebooks of Litestar and Quart: the file that is written is proved."""

from pathlib import Path

import pytest

from werkbook.cells.cell import Cell
from werkbook.export import Options, export
from werkbook.export.delivering import Wish, deliver
from werkbook.export.proof.proof import Prover
from werkbook.export.proof.subject import Subject
from werkbook.export.report import verdict

LITESTAR = [
    "from litestar import Litestar, get, post",
    "NAMES = {1: 'tea'}",
    "@get('/items/{number:int}')\n"
    "async def item(number: int, q: str = '') -> dict[str, str]:\n"
    "    return {'name': NAMES[number], 'q': q}",
    "@post('/items')\nasync def add(data: dict[str, str]) -> dict[str, str]:\n"
    "    return data",
    "app = Litestar([item, add], openapi_config=None)\n%serve",
    "%http GET /items/1 --expect 200",
    "%http POST /items name=tea",
]
QUART = [
    "from quart import Quart, render_template_string, request\n\napp = Quart(__name__)",
    "@app.get('/')\nasync def home():\n"
    "    return await render_template_string('<h1>{{ 1 + 1 }}</h1>')",
    "@app.post('/items')\nasync def add():\n    return (await request.get_json()), 201",
    "@app.errorhandler(404)\nasync def missing(error):\n    return 'not here', 404",
    "%http POST /items name=tea",
    "app.run()",
]


@pytest.mark.parametrize(
    ("sources", "verdict", "package", "last"),
    [
        (
            LITESTAR,
            "Proved: 2 of 2 rules asked, 2 answers equal",
            "litestar",
            "uvicorn.run(app, host=host, port=port)",
        ),
        (
            QUART,
            "Proved: 2 of 2 rules asked, 2 answers equal",
            "Quart",
            "app.run(host=host, port=port)",
        ),
    ],
    ids=["Litestar", "Quart"],
)
def test_notebook_of_a_framework_is_proved(
    tmp_path: Path, sources: list[str], verdict: str, package: str, last: str
) -> None:
    """It names its package, serves itself as its framework is served, and no more."""
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    assert deliver(cells, wish).text.splitlines()[1:] == [verdict]
    text = (tmp_path / "app.py").read_text()
    assert f'#     "{package}>=' in text
    assert text.endswith(f'{last}\n\n\nif __name__ == "__main__":\n    main()\n')
    assert text.count("serve(") + text.count("run(") == 1


@pytest.mark.parametrize("package", ["fastapi", "quart"])
def test_what_an_asgi_view_lacks_is_named(tmp_path: Path, package: str) -> None:
    """Both apps answer 500 alike for want of a file, which proves nothing."""
    name = {"fastapi": "FastAPI()", "quart": "Quart(__name__)"}[package]
    sources = [
        f"from {package} import {name.partition('(')[0]}\n\napp = {name}",
        "@app.get('/')\nasync def home():\n    return {'at': 'home'}",
        "@app.get('/rows')\nasync def rows():\n    return open('rows.csv').read()",
    ]
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    assert deliver(cells, wish).text.splitlines()[2:] == [
        "Not proved: cell 3, line 1: GET /rows answers 500: the file 'rows.csv' is not"
        " there.",
        "  FileNotFoundError: [Errno 2] No such file or directory: 'rows.csv'",
    ]


def test_views_of_asgi_that_raise_alike_say_what(tmp_path: Path) -> None:
    """The report has the exception, as that of an app of WSGI has."""
    sources = [
        "from starlette.applications import Starlette\n"
        "from starlette.responses import PlainTextResponse\n"
        "from starlette.routing import Route",
        "async def home(request):\n    return PlainTextResponse('home')\n\n"
        "def bad(request):\n    return PlainTextResponse(1 / 0)",
        "app = Starlette(routes=[Route('/', home), Route('/bad', bad)])",
    ]
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    assert deliver(cells, wish).text.splitlines()[1:] == [
        "Note: GET /bad raises ZeroDivisionError: division by zero in both.",
        "Proved: 2 of 2 rules asked, 2 answers equal",
    ]


STARTS = {
    "event": "from fastapi import FastAPI\napp = FastAPI()\n\n"
    "@app.on_event('startup')\ndef begin():\n    ROWS.append(open('rows.txt').read())",
    "lifespan": "from contextlib import asynccontextmanager\n"
    "from fastapi import FastAPI\n\n@asynccontextmanager\nasync def life(app):\n"
    "    ROWS.append(open('rows.txt').read())\n    yield\n\n"
    "app = FastAPI(lifespan=life)",
}


@pytest.mark.filterwarnings("ignore:.*on_event is deprecated")
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_app_whose_start_up_fails_is_not_proved(tmp_path: Path, start: str) -> None:
    """Servers give up then, whatever its rules would answer."""
    view = "@app.get('/')\ndef index():\n    return {'rows': ROWS}"
    cells = [Cell(str(n), one) for n, one in enumerate(["ROWS = []", start, view])]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    lines = deliver(cells, wish).text.splitlines()
    assert lines[-3:] == [
        "Not proved: cell 2, line 4: The file does not start: the file 'rows.txt' is"
        " not there.",
        "  ROWS.append(open('rows.txt').read())",
        "  FileNotFoundError: [Errno 2] No such file or directory: 'rows.txt'",
    ]
    (tmp_path / "rows.txt").write_text("tea")
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py", force=True)
    last = deliver(cells, wish).text.splitlines()[-1]
    assert last == "Proved: 1 of 1 rule asked, 1 answer equal"


@pytest.mark.filterwarnings("ignore:.*on_event is deprecated")
def test_app_whose_start_up_takes_longer_is_told_so() -> None:
    """It is not asked before it is ready: servers wait."""
    start = (
        "import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        "@app.on_event('startup')\nasync def begin():\n    await asyncio.sleep(60)"
    )
    view = "@app.get('/')\ndef index():\n    return 'ready'"
    cells = [Cell(str(n), one) for n, one in enumerate([start, view])]
    made = export(cells, Options())
    with Prover(Subject(cells, timeout_s=9), tries_workers=False) as prover:
        proof = prover.prove(made)
    assert verdict(proof) == [
        "Not proved: The file does not start: the app's start-up (lifespan) takes"
        " longer than 6 s; --timeout 36 gives it more."
    ]
