"""A notebook of FastHTML: its proof takes half a minute."""

from pathlib import Path

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Wish, deliver

FASTHTML = [
    "from fasthtml.common import *\n\napp, rt = fast_app()",
    "@rt('/')\ndef get():\n    return Titled('Hello', P('Ada'))",
    "@app.post('/items')\ndef add(name: str):\n    return Li(name)",
    "%http -f POST /items name=tea",
    "serve()",
]


def test_notebook_of_fasthtml_is_proved(tmp_path: Path) -> None:
    """Its rules come by `rt`, and its pages without what FastHTML adds in notebooks."""
    cells = [Cell(f"c{number}", source) for number, source in enumerate(FASTHTML)]
    wish = Wish(tmp_path / "a.ipynb", tmp_path / "app.py")
    verdict = "Proved: 3 of 3 rules asked, 3 answers equal"
    assert deliver(cells, wish).text.splitlines()[1:] == [verdict]
    text = (tmp_path / "app.py").read_text()
    assert '#     "python-fasthtml>=' in text
    assert "serve()" not in text
    assert text.endswith(
        "    uvicorn.run(app, host=host, port=port)\n\n\n"
        'if __name__ == "__main__":\n    main()\n'
    )
