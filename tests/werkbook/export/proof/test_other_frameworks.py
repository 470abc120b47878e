"""Notebooks of Litestar and Quart: the file that is written is proved."""

from pathlib import Path

import pytest

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

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
