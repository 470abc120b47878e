"""An app's files become cells: what each of them holds, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.werkbook.importer.apps import write

from werkbook.importer.code.source_modules import ImportingError
from werkbook.importer.importer import ImportedApp, import_app

SHOP = '''\
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# The shop of the town.
"""A shop.

    Indented, too.
"""
import os  # for the environment
from flask import Flask, render_template

# ---- set-up ----
app = Flask(__name__)
app.config["TITLE"] = "Shop"


prices = {"tea": 3}


# ---- pages ----
@app.route("/")  # the front page
def index():
    # Prices come by name.
    return render_template("index.html", prices=prices)


def price_of(name):
    """Look a price up."""
    return prices[name]


@app.get("/price/<name>")
def price(name):
    return str(price_of(name))


if __name__ == "__main__":
    # The town's own port.
    app.run(debug=True, port=5001)
# The end.
'''
BASE = "<title>{% block title %}{% endblock %}</title>\n"
INDEX = (
    '{% extends "base.html" %}\n{% block title %}{{ prices|length }}{% endblock %}\n'
)
FILES = {
    "app.py": SHOP,
    "templates/base.html": BASE,
    "templates/index.html": INDEX,
    "templates/unused.html": "<p>nobody</p>\n",
    "static/style.css": "h1 { color: teal }",
}


def shown(made: ImportedApp) -> list[tuple[str, str]]:
    """Return kind and text of each cell."""
    return [(one.kind, one.source) for one in made.cells]


def test_file_becomes_cells(tmp_path: Path) -> None:
    """Imports, set-up, routes, templates, static files and serving have their own."""
    made = import_app(write(tmp_path, FILES) / "app.py")
    assert shown(made) == [
        ("markdown", "# app\n\nA shop.\n\nIndented, too."),
        ("code", "%load_ext werkbook"),
        (
            "code",
            "# The shop of the town.\n"
            "import os  # for the environment\n"
            "from flask import Flask, render_template",
        ),
        (
            "code",
            '# ---- set-up ----\napp = Flask(__name__)\napp.config["TITLE"] = "Shop"\n'
            '\n\nprices = {"tea": 3}',
        ),
        ("code", "%%template base.html\n" + BASE.rstrip()),
        ("code", "%%template index.html\n" + INDEX.rstrip()),
        (
            "code",
            '# ---- pages ----\n@app.route("/")  # the front page\ndef index():\n'
            "    # Prices come by name.\n"
            '    return render_template("index.html", prices=prices)',
        ),
        (
            "code",
            'def price_of(name):\n    """Look a price up."""\n    return prices[name]',
        ),
        (
            "code",
            '@app.get("/price/<name>")\ndef price(name):\n'
            "    return str(price_of(name))",
        ),
        ("code", "# The end."),
        ("markdown", "## Other templates"),
        ("code", "%%template unused.html\n<p>nobody</p>"),
        ("markdown", "## Static files"),
        ("code", "%%static style.css\nh1 { color: teal }"),
        ("code", "# The town's own port.\napp.run(debug=True, port=5001)"),
        ("code", "%browse /"),
    ]
    assert made.root == tmp_path
    assert made.companions == {}
    assert made.cautions == []


BLUEPRINTS = {
    "shop/__init__.py": (
        "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n"
        "    # The parts.\n    from . import admin, pages\n"
        "    app.register_blueprint(admin.bp)\n    app.register_blueprint(pages.bp)\n"
        "    return app\n"
    ),
    "shop/store.py": (
        "items = ['tea']\n\n\ndef find(number):\n    return items[number]\n"
    ),
    "shop/admin.py": (
        "from flask import Blueprint\nfrom .store import find as look\n\n"
        'bp = Blueprint("admin", __name__, url_prefix="/admin")\n\n\n'
        '@bp.route("/")\ndef index():\n    return "admin " + look(0)\n'
    ),
    "shop/pages.py": (
        "from flask import Blueprint, url_for\nfrom shop import store\n\n"
        'bp = Blueprint("pages", __name__)\n\n\n'
        '@bp.route("/")\ndef index():\n    find = store.find\n'
        '    return find(0) + url_for("admin.index") + store.items[0]\n'
    ),
}


def test_modules_share_one_namespace(tmp_path: Path) -> None:
    """Names that two modules bind get the module's in front, and imports go."""
    made = import_app(write(tmp_path, BLUEPRINTS) / "shop")
    assert [one for kind, one in shown(made) if kind == "code"] == [
        "%load_ext werkbook",
        "from flask import Flask",
        "from flask import Blueprint",
        "items = ['tea']",
        "def store_find(number):\n    return items[number]",
        'admin_bp = Blueprint("admin", __name__, url_prefix="/admin")',
        '@admin_bp.route("/")\ndef index():\n    return "admin " + store_find(0)',
        "from flask import url_for",
        'pages_bp = Blueprint("pages", __name__)',
        '@pages_bp.route("/")\ndef index():\n    find = store_find\n'
        '    return find(0) + url_for("admin.index") + items[0]',
        "def create_app():\n    app = Flask(__name__)\n    # The parts.\n"
        "    app.register_blueprint(admin_bp)\n    app.register_blueprint(pages_bp)\n"
        "    return app",
        "app = create_app()",
        "%browse /",
    ]


@pytest.mark.parametrize(
    ("files", "source", "text"),
    [
        (
            {"app.py": "x = 1\n"},
            "app.py",
            "'{folder}/app.py' makes no Flask app.\n"
            "  Why: neither it nor a module of its own that it imports calls"
            " Flask(...).\n"
            "  Fix: name the file that does: werkbook import path/to/app.py",
        ),
        (
            {"app.py": "print 'Python 2'\n"},
            "app.py",
            "'{folder}/app.py' is no Python 3 at line 1.\n"
            "  Why: Python says: Missing parentheses in call to 'print'. Did you mean"
            " print(...)?\n"
            "  Fix: mend the file (python -m py_compile says where), and import it"
            " again.",
        ),
        (
            {},
            "app.py",
            "There is no '{folder}/app.py'.\n"
            "  Why: an app is imported from a Python file or from its folder.\n"
            "  Fix: werkbook import app.py -o app.ipynb",
        ),
        (
            {"a.txt": ""},
            "",
            "No Python file in '{folder}' makes a Flask app.\n"
            "  Why: one of them has to call Flask(...).\n"
            "  Fix: name the file: werkbook import path/to/app.py",
        ),
        (
            {"one.py": "app = Flask(__name__)", "two.py": "app = Flask(__name__)"},
            "",
            "Several files in '{folder}' make an app: one.py, two.py.\n"
            "  Why: a notebook holds one app.\n"
            "  Fix: name its file: werkbook import {folder}/one.py",
        ),
        (
            {"a.ipynb": "{}"},
            "a.ipynb",
            "'{folder}/a.ipynb' is a notebook already.\n"
            "  Why: an app is imported from Python files.\n"
            "  Fix: write its app: werkbook export a.ipynb -o app.py",
        ),
        (
            {
                "app.py": "from flask import Flask\ndef create_app(mode):\n"
                "    return Flask(__name__)\n"
            },
            "app.py",
            "The factory 'create_app' of the app wants arguments.\n"
            "  Why: a notebook's cell has to call it.\n"
            "  Fix: say how: --app \"create_app('development')\"",
        ),
    ],
)
def test_what_cannot_be_imported_is_said(
    files: dict[str, str], source: str, text: str, tmp_path: Path
) -> None:
    """Each refusal names the file, why, and what to type."""
    write(tmp_path, files)
    with pytest.raises(ImportingError) as caught:
        import_app(tmp_path / source if source else tmp_path)
    assert str(caught.value) == text.format(folder=tmp_path)


def code_of(files: dict[str, str], folder: Path) -> list[str]:
    """Import an app of some files, and return its cells of code and text."""
    made = import_app(write(folder, files) / "app.py")
    return [one.source for one in made.cells if one.kind != "markdown"][1:-1]


MAKES = "from flask import Flask\n\napp = Flask(__name__)\n"


def test_main_block_is_opened(tmp_path: Path) -> None:
    """Its statements run in a notebook; what serves comes last, others stay text."""
    code = (
        "import waitress\n"
        + MAKES
        + "def setup():\n    pass\n\n"
        + 'if __name__ == "__main__":\n    setup()  # once\n    # All day.\n'
        + "    waitress.serve(app, port=80)\n    app.run(\n        port=5001,\n    )\n"
    )
    assert code_of({"app.py": code}, tmp_path) == [
        "import waitress\nfrom flask import Flask",
        "app = Flask(__name__)",
        "def setup():\n    pass",
        "setup()  # once",
        "# All day.\nwaitress.serve(app, port=80)",
        "app.run(\n    port=5001,\n)",
    ]


def test_main_block_that_reads_the_command_line_stays_text(tmp_path: Path) -> None:
    """A notebook has no command line; what functions miss then is said."""
    code = (
        "import sys\n" + MAKES + '@app.get("/")\ndef index():\n    return name\n\n'
        'if __name__ == "__main__":\n    name = sys.argv[1]\n    app.run()\nelse:\n'
        "    name = 'x'\n"
    )
    made = import_app(write(tmp_path, {"app.py": code}) / "app.py")
    assert [one.source for one in made.cells if one.kind == "raw"] == [
        "name = sys.argv[1]\napp.run()",
        "else:\n    name = 'x'",
    ]
    assert made.cautions == [
        "The app may read name, which only its '__main__' block binds, and that reads"
        " the command line: write a cell that binds it."
    ]


def test_file_name_is_the_notebooks_folder(tmp_path: Path) -> None:
    """A notebook has no `__file__`."""
    code = "import os\n" + MAKES + "here = os.path.dirname(__file__)\n"
    assert code_of({"app.py": code}, tmp_path)[1] == (
        "app = Flask(__name__)\n# A notebook has no __file__; _dh[0] is its folder.\n"
        '__file__ = _dh[0] + "/app.py"\nhere = os.path.dirname(__file__)'
    )


def test_circular_import_becomes_one_namespace(tmp_path: Path) -> None:
    """A module that imports the app from the file that imports it, as tutorials do."""
    files = {
        "app.py": MAKES + "import routes  # noqa: E402\nfrom more import *\n",
        "routes.py": "from app import app\n\n"
        '@app.get("/")\ndef index():\n    return 1\n',
        "more.py": "import app as made\n\n"
        '@made.app.get("/m")\ndef m():\n    return 2\n',
    }
    assert code_of(files, tmp_path) == [
        "from flask import Flask",
        "app = Flask(__name__)",
        '@app.get("/")\ndef index():\n    return 1',
        '@app.get("/m")\ndef m():\n    return 2',
    ]


def test_module_used_as_an_object_is_one(tmp_path: Path) -> None:
    """`from_object(config)` reads its names; an import string becomes the class."""
    files = {
        "shop/__init__.py": "",
        "shop/settings.py": "DEBUG = True\n",
        "shop/more.py": "class Live:\n    X = 1\n",
        "app.py": "from shop import settings, more\n"
        + MAKES
        + "app.config.from_object(settings)\n"
        + "app.config.from_object('shop.more.Live')\n",
        "shop/pages.py": "from flask import Blueprint\nbp = Blueprint('p', __name__)\n",
        "beside.py": "TESTING = True\n",
    }
    files["app.py"] += "from shop.pages import bp\napp.config.from_object('beside')\n"
    assert import_app(write(tmp_path, files) / "app.py").kept == ["beside.py"]
    assert code_of(files, tmp_path)[1:5] == [
        "DEBUG = True\nshop_settings_module ="
        " __import__('types').SimpleNamespace(DEBUG=DEBUG)",
        "class Live:\n    X = 1",
        "app = Flask(__name__)\napp.config.from_object(shop_settings_module)\n"
        "app.config.from_object(Live)",
        "from flask import Blueprint",
    ]


def test_renamed_view_keeps_its_endpoint(tmp_path: Path) -> None:
    """Its function has another name; what registers under the old one says so."""
    files = {
        "app.py": MAKES + "import a, b\napp.register_blueprint(a.bp)\n"
        "app.register_blueprint(b.bp)\napp.add_url_rule('/x', view_func=b.show)\n",
        "a.py": "from flask import Blueprint\nbp = Blueprint('a', __name__)\n"
        "@bp.route('/a')\ndef show():\n    return ''\n",
        "b.py": "from flask import Blueprint\nbp = Blueprint('b', __name__)\n"
        "@bp.route('/b',)\n@bp.app_template_filter()\ndef show():\n    return ''\n",
    }
    found = code_of(files, tmp_path)
    assert (
        '@b_bp.route(\'/b\', endpoint="show")\n@b_bp.app_template_filter("show")'
        in ("\n".join(found))
    )
    assert "app.add_url_rule('/x', view_func=b_show, endpoint=\"show\")" in found[-1]


@pytest.mark.parametrize(
    ("name", "text", "is_cell"),
    [
        ("templates/plain", "<p>not escaped</p>\n", False),
        ("templates/two words.html", "x\n", False),
        ("templates/a/b.html", "windows\r\n", True),
        ("templates/big.html", "x" * 100_001, False),
        ("templates/.hidden.html", "x\n", False),
        ("static/a.txt", "no last newline", False),
        ("static/a.css", "no last newline", True),
        ("static/a.js", "windows\r\n", False),
        ("static/empty.css", "", False),
        ("static/used.json", "{}\n", False),
    ],
)
def test_file_is_a_cell_where_a_cell_means_the_same(
    name: str, text: str, is_cell: bool, tmp_path: Path
) -> None:
    """Others stay files; so does one that the code opens."""
    code = MAKES + "open('static/used.json')\n"
    made = import_app(write(tmp_path, {"app.py": code, name: text}) / "app.py")
    about = [one.about for one in made.cells]
    assert ("template" in about or "static" in about) is is_cell
    assert (name in made.companions) is (not is_cell and "hidden" not in name)
