"""The gallery's FastAPI notebook: its export needs no Werkbook, and is proved."""

import shutil
from pathlib import Path

from werkbook.cells.read import load
from werkbook.export.delivering import Wish, deliver

NOTEBOOK = Path(__file__).parents[1] / "notebooks/gallery/fastapi_app.ipynb"


def test_fastapi_notebook_is_exported_and_proved(tmp_path: Path) -> None:
    """The file is FastAPI's alone, serves by uvicorn, and answers as the cells did."""
    notebook = tmp_path / NOTEBOOK.name
    shutil.copy(NOTEBOOK, notebook)
    output = tmp_path / "app.py"
    delivery = deliver(load(notebook).cells, Wish(notebook, output=output))
    assert "Proved: 3 of 3 rules asked" in delivery.text, delivery.text
    source = output.read_text("utf-8")
    assert source.endswith(
        "    uvicorn.run(app, host=host, port=port)\n\n\n"
        'if __name__ == "__main__":\n    main()\n'
    )
    head = source.partition("# ///\n")[0]
    assert '"fastapi' in head
    assert '"uvicorn' in head
    assert "werkbook" not in source
