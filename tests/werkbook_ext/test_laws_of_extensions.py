"""What cells tell an object of a Flask extension: the laws hold there, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.werkbook_ext.notebooks import KernelNotebook, RealKernel

STAND_INS = {
    "flask_limiter/__init__.py": "from ._extension import Limiter",
    "flask_limiter/_extension.py": """
class Manager:
    def __init__(self):
        self._decorated_limits = {}
        self._blueprint_limits = {}
        self._endpoint_hints = {}
class Limiter:
    def __init__(self, app):
        self._route_exemptions = {}
        self._blueprint_exemptions = {}
        self._request_filters = []
        self._marked_for_limiting = set()
        self.limit_manager = Manager()
    def limit(self, name, text):
        self._marked_for_limiting.add(name)
        self.limit_manager._decorated_limits.setdefault(name, set()).add(text)
    def told(self):
        limits = self.limit_manager._decorated_limits
        return [list(limits.get("view", ())), "view" in self._marked_for_limiting]
""",
    "flask_admin/__init__.py": "from .base import Admin",
    "flask_admin/base.py": """
class Admin:
    def __init__(self, app):
        self._views, self._menu, self._menu_links = [], [], []
        self._menu_categories = {}
        if self._views:
            raise ValueError("a new one has views")
        self.add_view("home")
    def add_view(self, view):
        self._views.append(view)
        self._menu.append(view)
""",
    "apiflask/__init__.py": "from .app import APIFlask",
    "apiflask/app.py": """
from flask import Flask
class APIFlask(Flask):
    def __init__(self, name):
        super().__init__(name)
        self._spec = None
    def spec(self):
        if self._spec is None:
            self._spec = [one.rule for one in self.url_map.iter_rules()]
        return self._spec
""",
    "flask_restx/__init__.py": "from .api import Api",
    "flask_restx/api.py": """
from werkzeug.utils import cached_property
class Api:
    def __init__(self, app):
        self.app, self._schema = app, None
    def spec(self):
        return self.__schema__
    @cached_property
    def __schema__(self):
        if not self._schema:
            self._schema = [one.rule for one in self.app.url_map.iter_rules()]
        return self._schema
""",
    "flask_principal.py": """
from collections import deque
from blinker import Namespace
identity_loaded = Namespace().signal("identity-loaded")
class Principal:
    def __init__(self, app):
        self.identity_loaders, self.identity_savers = deque(), deque()
        self.identity_loader("session")
    def identity_loader(self, one):
        self.identity_loaders.appendleft(one)
""",
    "flask_assets.py": """
class Environment:
    def __init__(self, app):
        self._named_bundles, self._anon_bundles = {}, []
    def register(self, name, bundle):
        if name in self._named_bundles:
            raise ValueError("Another bundle is already registered as " + name)
        self._named_bundles[name] = bundle
""",
}
"""Extensions as far as they keep what they are told: by their files."""
SETUP = (
    "import flask\nfrom flask import Flask\napp = Flask('main')\napp.secret_key = 'k'"
)
CASES = {
    "Flask-Login": (
        "from flask_login import LoginManager\nmanager = LoginManager(app)",
        "@manager.user_loader\ndef load(name): return '{}'",
        "manager._user_callback and manager._user_callback('x')",
        (None, "one", "two"),
    ),
    "Flask-WTF": (
        "from flask_wtf import CSRFProtect\ncsrf = CSRFProtect(app)\n"
        "def one(): return ''\ndef two(): return ''\n"
        "for view in (one, two): app.post('/' + view.__name__)(view)",
        "csrf.exempt({})",
        "[app.test_client().post('/' + p).status_code for p in ('one', 'two')]",
        ([400, 400], [200, 400], [400, 200]),
    ),
    "Flask-SocketIO": (
        "from flask_socketio import SocketIO\nsockets = SocketIO(app)",
        "@sockets.on('{}')\ndef hear(data): return data",
        "[e for ns in sockets.server.handlers.values() for e in ns]",
        ([], ["one"], ["two"]),
    ),
    "Flask-Limiter": (
        "from flask_limiter import Limiter\nlimiter = Limiter(app)",
        "limiter.limit('view', '{}')",
        "limiter.told()",
        ([[], False], [["one"], True], [["two"], True]),
    ),
    "Flask-Admin": (
        "from flask_admin import Admin\nadmin = Admin(app)",
        "admin.add_view('{}')",
        "[list(admin._views), list(admin._menu)]",
        tuple([["home", *more]] * 2 for more in ([], ["one"], ["two"])),
    ),
    "Flask-Principal": (
        "from flask_principal import Principal\nprincipal = Principal(app)",
        "principal.identity_loader('{}')",
        "list(principal.identity_loaders)",
        (["session"], ["one", "session"], ["two", "session"]),
    ),
    "Flask-Assets": (
        "from flask_assets import Environment\nassets = Environment(app)",
        "assets.register('js', '{}')",
        "dict(assets._named_bundles)",
        ({}, {"js": "one"}, {"js": "two"}),
    ),
    "a signal of an extension": (
        "from flask_principal import identity_loaded",
        "@identity_loaded.connect_via(app)\ndef hear(sender, **more): return '{}'",
        "[answer for _, answer in identity_loaded.send(app)]",
        ([], ["one"], ["two"]),
    ),
    "a signal of the notebook": (
        "import blinker\nchanged = blinker.signal('changed')",
        "@changed.connect\ndef hear(sender): return '{}'",
        "[answer for _, answer in changed.send(app)]",
        ([], ["one"], ["two"]),
    ),
}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealKernel]:
    folder: Path = tmp_path_factory.mktemp("stand_ins")
    for name, source in STAND_INS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source, "utf-8")
    with RealKernel({"IPYTHONDIR": str(folder / "ipython")}) as kernel:
        kernel.run(f"import sys\nsys.path.insert(0, {str(folder)!r})")
        kernel.run("%load_ext werkbook")
        yield kernel


@pytest.fixture
def here(kernel: RealKernel) -> Iterator[KernelNotebook]:
    notebook = KernelNotebook(kernel)
    yield notebook
    notebook.delete_all()


@pytest.mark.parametrize(
    ("made", "told", "asked", "expected"), CASES.values(), ids=CASES
)
def test_what_an_extension_is_told(
    here: KernelNotebook,
    made: str,
    told: str,
    asked: str,
    expected: tuple[object, object, object],
) -> None:
    """It is the cell's that tells it: kept, replaced, taken back, gone with that."""
    nothing, one, two = expected
    here.run("app", SETUP)
    here.run("extension", made)
    here.run("cell", told.format("one"))
    assert here.ask(asked) == one
    for cell_id, source in (("extension", made), ("app", SETUP), ("extension", made)):
        here.run(cell_id, source)
        assert here.ask(asked) == one
    here.run("cell", told.format("two"))
    assert here.ask(asked) == two
    for cell_id, source in (("cell", told.format("one")), ("extension", made)):
        here.fail(cell_id, source + "\n1 / 0")
        assert here.ask(asked) == two
    here.delete("cell")
    assert here.ask(asked) == nothing
    here.run("cell", told.format("one"))
    assert here.ask(asked) == one


@pytest.mark.parametrize(
    "made",
    [
        "from apiflask import APIFlask\napp = api = APIFlask('main')",
        SETUP + "\nfrom flask_restx import Api\napi = Api(app)",
    ],
    ids=["APIFlask", "Flask-RESTX"],
)
def test_document_of_an_api_is_that_of_now(here: KernelNotebook, made: str) -> None:
    """It is made anew after what cells do, and is the same one between."""
    here.run("app", made)
    asked = "[rule for rule in api.spec() if rule in ('/one', '/two')]"
    assert here.ask(asked) == []
    route = "@app.get('/{}')\ndef view(): return ''"
    here.run("cell", route.format("one"))
    assert here.ask(asked) == ["/one"]
    assert here.ask("api.spec() is api.spec()")
    here.run("cell", route.format("two"))
    assert here.ask(asked) == ["/two"]
    here.fail("cell", route.format("one") + "\napi.spec()\n1 / 0")
    assert here.ask(asked) == ["/two"]
    here.delete("cell")
    assert here.ask(asked) == []
