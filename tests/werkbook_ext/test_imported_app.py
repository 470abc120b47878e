"""A notebook that was made of an app's files runs, and its app is live."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook.importer.apps import write

from werkbook.importer.importer import import_app

FILES = {
    "app.py": "import os\nfrom werkbook import App, render_template\n\n"
    "app = App(__name__)\nhere = os.path.basename(os.path.dirname(__file__))\n"
    "import pages\napp.register_blueprint(pages.bp)\n"
    'app.add_url_rule("/", endpoint="index")\n\n'
    '@app.get("/where")\ndef where():\n    return here\n\n'
    'if __name__ == "__main__":\n    app.run(port=0)\n',
    "pages.py": "from werkbook import Blueprint, render_template\n\n"
    'bp = Blueprint("pages", __name__)\n\n'
    '@bp.get("/")\ndef front():\n    return render_template("front.html")\n',
    "templates/front.html": "<p>{{ url_for('index') }}</p>\n",
    "static/a.css": "p {}\n",
}


def test_imported_app_is_live(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell runs; a cell that is changed then changes the app."""
    made = import_app(write(tmp_path, FILES) / "app.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(shell.user_ns, "_dh", [str(tmp_path)])
    for cell in made.cells:
        if cell.kind == "code":
            assert shell.run_cell(cell.source).success, cell.source
    client = shell.user_ns["app"].test_client()
    assert client.get("/").text == "<p>/</p>"
    assert client.get("/where").text == tmp_path.name
    assert client.get("/static/a.css").text == "p {}\n"
    shell.run_cell("%%template front.html\n<p>new</p>")
    assert client.get("/").text == "<p>new</p>"
