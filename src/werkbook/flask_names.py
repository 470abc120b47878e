"""Let `import flask` give Werkbook, for tutorials and extensions written for Flask."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .errors import WerkbookError

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder

FLASK_VERSION = "3.1.3"
"""The version of Flask whose API Werkbook has.

`importlib.metadata.version("flask")` answers it where Flask is not installed.
"""

_MODULES = {
    "flask": "werkbook",
    "flask.app": "werkbook.app",
    "flask.blueprints": "werkbook.blueprints.blueprint",
    "flask.cli": "werkbook.cli",
    "flask.config": "werkbook.config",
    "flask.ctx": "werkbook.ctx",
    "flask.debughelpers": "werkbook.debughelpers",
    "flask.globals": "werkbook.globals",
    "flask.helpers": "werkbook.helpers",
    "flask.json": "werkbook.json",
    "flask.json.provider": "werkbook.json.provider",
    "flask.json.tag": "werkbook.json.tag",
    "flask.logging": "werkbook.logging",
    "flask.sansio": "werkbook",
    "flask.sansio.app": "werkbook.app",
    "flask.sansio.blueprints": "werkbook.blueprints.blueprint",
    "flask.sansio.scaffold": "werkbook.scaffold",
    "flask.sessions": "werkbook.sessions",
    "flask.signals": "werkbook.signals",
    "flask.templating": "werkbook.templating",
    "flask.testing": "werkbook.testing",
    "flask.typing": "werkbook.typing",
    "flask.views": "werkbook.views",
    "flask.wrappers": "werkbook.wrappers",
}
"""Flask's modules, each with its counterpart; no other name below `flask` resolves."""
FLASK_MODULES = frozenset(_MODULES)

_ALIASES = {
    "flask.json._json": "json",
    "flask.json.provider._default": "werkbook.json.provider:to_json_type",
    "flask.sansio.scaffold.find_package": "werkbook.helpers.paths:find_package",
    "flask.signals.Namespace": "blinker:Namespace",
    "flask.cli.click": "click",
    "flask.app.click": "click",
    "flask.app.BadRequestKeyError": "werkzeug.exceptions:BadRequestKeyError",
    "flask.app.BaseResponse": "werkzeug.wrappers:Response",
    "flask.app.InternalServerError": "werkzeug.exceptions:InternalServerError",
    "flask.app.RequestRedirect": "werkzeug.routing:RequestRedirect",
    "flask.app.Rule": "werkzeug.routing:Rule",
    "flask.app.MapAdapter": "werkzeug.routing:MapAdapter",
    "flask.app.Headers": "werkzeug.datastructures:Headers",
    "flask.app.iscoroutinefunction": "inspect:iscoroutinefunction",
    "flask.helpers.BaseResponse": "werkzeug.wrappers:Response",
    "flask.sansio.app.Map": "werkzeug.routing:Map",
    "flask.sessions.BadSignature": "itsdangerous:BadSignature",
    "flask.sessions.URLSafeTimedSerializer": "itsdangerous:URLSafeTimedSerializer",
    "flask.templating._render": "werkbook.templating.rendering:render",
    "flask.templating._stream": "werkbook.templating.rendering:_stream",
    "flask.testing.Client": "werkzeug.test:Client",
    "flask.wrappers.RequestBase": "werkzeug.wrappers:Request",
    "flask.wrappers.ResponseBase": "werkzeug.wrappers:Response",
}
"""Names that extensions import from Flask's modules, and where they are."""

_SHARED = {
    "_AppCtxGlobals": "werkbook.ctx.application:AppGlobals",
    "_cv_app": "werkbook.globals:_cv_app",
    "_cv_request": "werkbook.globals:_cv_request",
    "_default_template_ctx_processor": "werkbook.ctx.functions:default_context",
    "_endpoint_from_view_func": "werkbook.routing.endpoints:name_endpoint",
    "_split_blueprint_path": "werkbook.routing.endpoints:split_blueprint_path",
    "AppContext": "werkbook.ctx.application:AppContext",
    "Environment": "werkbook.templating:Environment",
    "HTTPException": "werkzeug.exceptions:HTTPException",
    "Scaffold": "werkbook.scaffold:Scaffold",
    "ft": "werkbook.typing",
    "get_debug_flag": "werkbook.config:get_debug_flag",
    "get_load_dotenv": "werkbook.config:get_load_dotenv",
    "import_string": "werkzeug.utils:import_string",
    "importlib": "importlib",
    "os": "os",
    "run_simple": "werkzeug.serving:run_simple",
    "sys": "sys",
    "t": "typing",
    "update_wrapper": "functools:update_wrapper",
    "werkzeug": "werkzeug",
}
"""Names that several of Flask's modules import, or a test patches through them."""


_BUILT_ON_FLASK = ("quart",)
"""Packages whose classes derive from Flask's own, and need them."""


class FlaskImportedError(WerkbookError, ImportError):
    """The real Flask was imported before Werkbook could take its name."""


class FlaskModule(ModuleType):
    """A module of Flask's name that stands for one of Werkbook's.

    Reading and setting an attribute reads and sets the other module's, so that a test
    that replaces a function of `flask.cli` replaces what runs. A submodule needs no
    import of its own, as in Flask.
    """

    def __init__(self, name: str, target: ModuleType) -> None:
        super().__init__(name, target.__doc__)
        vars(self).update(_target=target, __file__=getattr(target, "__file__", None))
        if hasattr(target, "__path__"):
            # Werkbook's own path would let `flask.dispatch` and the like be imported.
            vars(self).update(__path__=[])

    def __getattr__(self, name: str) -> Any:
        if name == "__version__" and self.__name__ == "flask":
            return FLASK_VERSION
        if (submodule := f"{self.__name__}.{name}") in _MODULES:
            # Werkbook's own lacks the names which stand elsewhere.
            is_ours = _finder in sys.meta_path
            return importlib.import_module(
                submodule if is_ours else _MODULES[submodule]
            )
        try:
            return getattr(vars(self)["_target"], name)
        except AttributeError:
            return _elsewhere(self.__name__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        # The import system sets dunder names and submodules: those stay here.
        if isinstance(value, FlaskModule) or name.startswith("__"):
            super().__setattr__(name, value)
        else:
            setattr(*self._locate(name), value)

    def __delattr__(self, name: str) -> None:
        delattr(*self._locate(name))

    def _locate(self, name: str) -> tuple[ModuleType, str]:
        """Return the module of Werkbook's that reads a name, and what it calls it."""
        home, _, alias = _ALIASES.get(f"{self.__name__}.{name}", "").partition(":")
        if alias and home.startswith("werkbook."):
            return importlib.import_module(home), alias
        return vars(self)["_target"], name

    def __dir__(self) -> Iterable[str]:
        return dir(vars(self)["_target"])


class _Finder(MetaPathFinder, Loader):
    """Finds and loads `flask` and its submodules."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname in _BUILT_ON_FLASK:
            return _find_with_real_flask(fullname)
        if fullname != "flask" and not fullname.startswith("flask."):
            return None
        name = _MODULES.get(fullname)
        if name is None:
            return None
        found = importlib.util.find_spec(name)
        if found is None:
            return None
        is_package = found.submodule_search_locations is not None
        return ModuleSpec(fullname, self, origin=name, is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        target = importlib.import_module(_MODULES[spec.name])
        return FlaskModule(spec.name, target)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module that it stands for was imported."""


class _WithRealFlask(Loader):
    """Loads a package that gets Flask itself, whatever the others get."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Import the package and what it imports; then `flask` is Werkbook again."""
        ours = _take_flask_modules()
        try:
            with without_alias():
                self._loader.exec_module(module)
        finally:
            _take_flask_modules()
            sys.modules.update(ours)


def _find_with_real_flask(name: str) -> ModuleSpec | None:
    with without_alias():
        spec = importlib.util.find_spec(name)
    if spec is not None and spec.loader is not None:
        spec.loader = _WithRealFlask(spec.loader)
    return spec


def _take_flask_modules() -> dict[str, ModuleType]:
    """Take all of Flask's modules out of those that are imported."""
    return {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name.partition(".")[0] == "flask"
    }


class _MetadataFinder(MetaPathFinder):
    """Answers for the distribution `flask` where no other finder does."""

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        name = getattr(context, "name", None)
        if name is None or name.lower() != "flask":
            return []
        # Start-up time: who asks has imported this module already.
        from importlib.metadata import Distribution

        class FlaskDistribution(Distribution):
            def read_text(self, filename: str) -> str | None:
                if filename != "METADATA":
                    return None
                return f"Metadata-Version: 2.1\nName: Flask\nVersion: {FLASK_VERSION}\n"

            def locate_file(self, path: Any) -> Any:
                raise FileNotFoundError(path)

        return [FlaskDistribution()]

    def find_spec(self, *args: Any) -> None:
        return None


_finder = _Finder()
_metadata_finder = _MetadataFinder()


def install_as_flask() -> None:
    """Make `flask` and its submodules mean Werkbook in this process.

    Also where Flask is installed; `importlib.metadata.version("flask")` answers also
    where it is not. In an IPython kernel this makes apps live, as `%load_ext werkbook`
    does. A second call changes nothing.

    Raises:
        FlaskImportedError: The real Flask is in use already.
    """
    loaded = real_flask()
    if loaded is not None:
        raise FlaskImportedError(
            "The real Flask was imported before install_as_flask() was called.",
            why=f"{_find_users(loaded)} it already, and would go on using it.",
            fix="restart the kernel or the process, and call "
            "werkbook.install_as_flask() before any import of flask or an extension.",
        )
    take_name()
    _make_live()


def real_flask() -> ModuleType | None:
    """Return Flask itself, where this process has imported it."""
    loaded = sys.modules.get("flask")
    return None if isinstance(loaded, FlaskModule) else loaded


def is_in_use() -> bool:
    """Say whether this process has imported `flask`, be it Flask or Werkbook."""
    return "flask" in sys.modules


def take_name() -> bool:
    """Let `import flask` give Werkbook; False where it did so already."""
    if _finder in sys.meta_path:
        return False
    sys.meta_path.insert(0, _finder)
    sys.meta_path.append(_metadata_finder)
    importlib.invalidate_caches()
    return True


def give_name_back() -> None:
    """Let the next `import flask` give Flask itself; who has Werkbook keeps it."""
    for finder in (_finder, _metadata_finder):
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)
    for name, module in list(sys.modules.items()):
        if isinstance(module, FlaskModule):
            del sys.modules[name]
    importlib.invalidate_caches()


def _elsewhere(module: str, name: str) -> Any:
    """Find a name that Flask's module has, and Werkbook's of the same name has not.

    Flask's modules import `current_app` and others from each other, and extensions
    import them from there.
    """
    known = _ALIASES.get(f"{module}.{name}", "")
    if not known and module != "flask":
        known = _SHARED.get(name, "")
    home, _, alias = known.partition(":")
    if home:
        found = importlib.import_module(home)
        return getattr(found, alias) if alias else found
    if name in sys.modules["werkbook"].__all__:
        return getattr(sys.modules["werkbook"], name)
    raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name)


def _find_users(flask: ModuleType) -> str:
    """Name some modules that have something of Flask's among their names."""
    users = sorted(
        name
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] != "flask"
        and any(
            value is flask or getattr(value, "__module__", "") == "flask.app"
            for value in list(vars(module).values() if module else ())
            if isinstance(value, (ModuleType, type))
        )
    )
    if not users:
        return "something uses"
    return f"{', '.join(users[:3])} use{'s' if len(users) == 1 else ''}"


def _make_live() -> None:
    """Load the extension where code runs in cells; never import IPython for that."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.extension_manager.load_extension("werkbook")


@contextmanager
def without_alias() -> Iterator[None]:
    """Have the finders of `flask` give the real one in a block, where it is installed.

    Modules that were imported already stay in `sys.modules`.
    """
    before = list(sys.meta_path)
    sys.meta_path[:] = [one for one in before if one not in (_finder, _metadata_finder)]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.meta_path[:] = before
