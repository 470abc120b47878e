"""The application: Flask's API over registrations that can be replaced live."""

from __future__ import annotations

import itertools
import os
import sys
import weakref
from collections.abc import Callable, ValuesView
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, SupportsIndex

from werkzeug.exceptions import Aborter
from werkzeug.routing import BuildError, Rule
from werkzeug.utils import cached_property
from werkzeug.utils import redirect as werkzeug_redirect

from .blueprints.blueprint import Blueprint
from .config import (
    DEFAULT_CONFIG,
    Config,
    ConfigAttribute,
    get_debug_flag,
    to_timedelta,
)
from .ctx.application import AppGlobals
from .ctx.request import RequestContext
from .dispatch.pipeline import Pipeline
from .dispatch.request_hooks import run_context_processors
from .dispatch.snapshot import TEMPLATE_KINDS, Snapshot
from .errors import WerkbookError
from .globals import current_context, g
from .helpers.files import open_for_reading, send_cell_file
from .helpers.paths import find_package
from .helpers.template_folders import forget_old_loader
from .json.provider import DefaultJSONProvider, JSONProvider
from .live.instances import find_or_make
from .live.notebook_cells import notebook
from .logging import create_logger
from .registrations.attributes import OwnedAttributes
from .registrations.dicts import CellOrderedDict, OwnedDict
from .registrations.divided import find_whole_class
from .registrations.ledger import call_if_it_fails, ledger, renewing_run
from .registrations.lists import OwnedList
from .registrations.owners import current_owners, owned_by
from .registrations.registration import Registration
from .routing.endpoints import name_blueprint, name_endpoint, split_blueprint_path
from .routing.rule_registrations import RuleRegistrations
from .routing.rules import check_leading_slash
from .routing.url_building import ask_error_handlers, build_url
from .routing.url_map import UrlMap
from .routing.view_functions import decide_methods, make_endpoint_error
from .scaffold import FunctionType, decorating, setupmethod
from .sessions import SecureCookieSessionInterface, SessionInterface
from .typed.candidates import declare, is_plain
from .wrappers import Request, Response

if TYPE_CHECKING:
    import logging

    from werkzeug.wrappers import Response as WerkzeugResponse

    from .templating import DispatchingJinjaLoader
    from .testing import FlaskClient, FlaskCliRunner

_SNAPSHOT_ATTRIBUTES = frozenset({"json", "config", "url_map", "subdomain_matching"})


class SetupFinishedError(WerkbookError, AssertionError):
    """A strict app was changed after its first request."""


class NotPicklableError(WerkbookError, TypeError):
    """An app was to be pickled: for another process, or to be copied deeply."""


_changes = itertools.count(1)
_KEPT_KINDS = TEMPLATE_KINDS | {"rule", "converter", "url_map", "attribute"}


class LateAttribute:
    """A class attribute that stands for a name of another module.

    The module is imported when somebody asks. Start-up time: Jinja2 alone is a fifth
    of what `import werkbook` would take, and an app that answers in JSON needs none.

    Args:
        module: The module, below this package.
        name: The name in it.
    """

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return getattr(import_module(f".{self.module}", __package__), self.name)


class App(Pipeline):
    """A WSGI application with Flask's API.

    In a notebook that loaded the extension it is live: everything that a cell registers
    is replaced when the cell runs again. Elsewhere it is as strict as Flask.

    Args:
        import_name: The name of the app's module, usually `__name__`; by default that
            of the caller.
        static_url_path: The URL prefix of static files; by default the folder's name.
        static_folder: Folder of static files, relative to the root path.
        static_host: The host of the static rule, with `host_matching`.
        host_matching: Match rules by host.
        subdomain_matching: Match rules by subdomain of `SERVER_NAME`.
        template_folder: Folder of templates, relative to the root path.
        instance_path: Absolute path of the instance folder.
        instance_relative_config: Relative names of config files start from there.
        root_path: The folder that relative paths start from.
    """

    aborter_class = Aborter
    """Makes `aborter`, which `abort` calls."""
    jinja_environment: Any = LateAttribute("templating", "Environment")
    """The class of `jinja_env`."""
    app_ctx_globals_class = AppGlobals
    """The class of `g`."""
    config_class = Config
    """The class of `config`."""
    testing = ConfigAttribute[bool]("TESTING")
    """Test mode: exceptions are raised instead of answered."""
    secret_key = ConfigAttribute[str | bytes | None]("SECRET_KEY")
    """Signs session cookies and whatever else needs it."""
    permanent_session_lifetime = ConfigAttribute[timedelta](
        "PERMANENT_SESSION_LIFETIME",
        get_converter=to_timedelta,  # type: ignore[arg-type]  # never None
    )
    """How long a permanent session lasts; a number is seconds."""
    json_provider_class: type[JSONProvider] = DefaultJSONProvider
    """The class of `json`."""
    jinja_options: dict[str, Any] = {}
    """What `jinja_env` is made with."""
    default_config = DEFAULT_CONFIG
    """The configuration at first; Flask's documentation says what each key does."""
    url_rule_class = Rule
    """The class of rules."""
    url_map_class = UrlMap
    """The class of `url_map`."""
    test_client_class: type[FlaskClient] | None = None
    """The class of `test_client()`; None: `FlaskClient`."""
    test_cli_runner_class: type[FlaskCliRunner] | None = None
    """The class of `test_cli_runner()`; None: `FlaskCliRunner`."""
    request_class: type[Request] = Request
    """The class of `request`."""
    response_class: type[Response] = Response
    """The class that view functions' values are made into."""
    session_interface: SessionInterface = SecureCookieSessionInterface()
    """Where sessions come from and go."""

    _got_first_request = False
    _rules: RuleRegistrations
    _changed: dict[str, int]

    def __new__(cls, *arguments: Any, **options: Any) -> App:
        return find_or_make(cls, "App")

    def __init__(
        self,
        import_name: str | None = None,
        static_url_path: str | None = None,
        static_folder: str | os.PathLike[str] | None = "static",
        static_host: str | None = None,
        host_matching: bool = False,
        subdomain_matching: bool = False,
        template_folder: str | os.PathLike[str] | None = "templates",
        instance_path: str | None = None,
        instance_relative_config: bool = False,
        root_path: str | None = None,
    ) -> None:
        if import_name is None:
            import_name = sys._getframe(1).f_globals.get("__name__", "__main__")
        with self.being_made():
            super().__init__(
                import_name, static_folder, static_url_path, template_folder, root_path
            )
            notebook.welcome(self)
            self._forget_cached("jinja_loader", "logger")
            if instance_path is None:
                instance_path = self.auto_find_instance_path()
            elif not os.path.isabs(instance_path):
                raise ValueError(
                    "If an instance path is provided it must be absolute."
                    " A relative path was given instead."
                )
            self.instance_path = instance_path
            self._set_config(instance_relative_config)
            self._set_jinja_options()
            self.aborter = self.make_aborter()
            self.json = self._make_json()
            self._set_url_map(host_matching)
            self.subdomain_matching = subdomain_matching
            if self.has_static_folder:
                self._add_static_rule(static_host, host_matching)

    config: Config
    """The settings."""
    blueprints: dict[str, Blueprint]
    """The blueprints by the name that they are registered under."""
    extensions: dict[str, Any]
    """What extensions keep on the app, by their name."""
    teardown_appcontext_funcs: list[Callable[..., Any]]
    """Called when an application context goes."""
    shell_context_processors: list[Callable[..., Any]]
    """Give the interactive shell variables."""
    url_build_error_handlers: list[Callable[..., Any]]
    """Called when no URL can be built."""

    def _make_containers(self) -> None:
        super()._make_containers()
        self.__dict__.update(
            _rules=RuleRegistrations(self),
            _changed={},
            blueprints=CellOrderedDict("blueprint", self),
            extensions=OwnedDict("extension", self),
            teardown_appcontext_funcs=OwnedList("teardown_appcontext", self),
            shell_context_processors=OwnedList("shell_context_processor", self),
            url_build_error_handlers=OwnedList("url_build_error_handler", self),
        )

    def _set_config(self, instance_relative: bool) -> None:
        config = self.make_config(instance_relative)
        kept = self.__dict__.get("config")
        if kept is None:
            if isinstance(config, OwnedDict):
                config.own("config", self)
            self.__dict__["config"] = config
        else:
            # The app's cell runs again: the settings of other cells stay.
            call_if_it_fails(partial(setattr, kept, "root_path", kept.root_path))
            kept.root_path = config.root_path

    def _set_jinja_options(self) -> None:
        # Of this app, not of the class: a cell changes them in place, and may go.
        given = find_whole_class(self).jinja_options
        kept = self.__dict__.get("_jinja_options")
        if kept is None:
            kept = OwnedDict("jinja_option", self, given)
            self.__dict__["_jinja_options"] = kept
            self.__dict__.setdefault("jinja_options", kept)
        else:
            call_if_it_fails(partial(kept.put_below, kept.put_below(given)))

    def _make_json(self) -> JSONProvider:
        # The provider stays when the app's cell runs again: other cells may have set
        # something on it.
        made: JSONProvider | None = self.__dict__.get("_json")
        if made is None or find_whole_class(made) is not self.json_provider_class:
            call_if_it_fails(partial(self.__dict__.update, _json=made))
            made = self.__dict__["_json"] = self.json_provider_class(self)
            if isinstance(made, OwnedAttributes):
                made.own_attributes(self)
        return made

    def _set_url_map(self, host_matching: bool) -> None:
        kept = self.__dict__.get("url_map")
        if kept is None:
            self.__dict__["url_map"] = self._make_url_map(host_matching)
        else:
            # The same map: other cells have converters and settings in it.
            with kept.being_made():
                kept.host_matching = host_matching

    def _make_url_map(self, host_matching: bool) -> Any:
        cls = self.url_map_class
        if issubclass(cls, UrlMap):
            return cls(self._rules, self, host_matching=host_matching)
        made: type[UrlMap] = type(cls.__name__, (UrlMap, cls), {})
        return made(self._rules, self, host_matching=host_matching)

    def _add_static_rule(self, static_host: str | None, host_matching: bool) -> None:
        if bool(static_host) != host_matching:
            raise AssertionError("Invalid static_host/host_matching combination")
        # The app holds this view function, which must not hold the app in turn.
        self_ref = weakref.ref(self)

        def static(**values: Any) -> Any:
            app = self_ref()
            assert app is not None
            return app.send_static_file(**values)

        self.add_url_rule(
            f"{self.static_url_path}/<path:filename>",
            endpoint="static",
            host=static_host,
            view_func=static,
        )

    # Changes.

    def touch(self, kind: str) -> None:
        """Note that a registration changed; the next request sees it."""
        self._changed[kind] = next(_changes)
        self.__dict__["_snapshot"] = None
        if kind in _KEPT_KINDS:
            self._forget_kept(kind)

    def _forget_kept(self, kind: str) -> None:
        """Forget what is made of the registrations of a kind, beside snapshots."""
        if kind in ("rule", "converter", "url_map"):
            url_map = self.__dict__.get("url_map")
            if url_map is not None:
                if kind == "converter":
                    url_map.forget_patterns()
                url_map.mark_stale()
        elif kind == "attribute":
            forget_old_loader(self)
        if kind in TEMPLATE_KINDS:  # what `jinja_env.get_template` has compiled is old
            env = self.__dict__.get("jinja_env")
            if env is not None and env.cache is not None:
                env.cache.clear()

    def _forget_cached(self, *names: str) -> None:
        """Compute cached properties anew, if nobody set them."""
        for name in names:
            if name not in self._attributes._claims:
                self.__dict__.pop(name, None)

    def _attribute_changed(self, name: str) -> None:
        if name in _SNAPSHOT_ATTRIBUTES or hasattr(type(self), name):
            self.touch(
                "jinja_attribute"
                if "template" in name or "jinja" in name
                else "attribute"
            )

    def is_claimed_elsewhere(self, kind: str, key: Any) -> bool:
        """Tell whether another cell claims a key, so that this one may take it."""
        if not ledger.is_live:
            return False
        container: Any = {"view": self.view_functions, "blueprint": self.blueprints}[
            kind
        ]
        claim = container.seen_claim(key)
        owner = None if claim is None else claim.owner
        return owner != (current_owners() or (None,))[0]

    def _check_setup_finished(self, f_name: str) -> None:
        if self._got_first_request and not ledger.is_live:
            raise SetupFinishedError(
                f"The setup method '{f_name}' can no longer be called on the"
                " application. It has already handled its first request, any changes"
                " will not be applied consistently.",
                why="outside a notebook an app is complete when it serves.",
                fix="make sure all imports, decorators, functions, etc. needed to set"
                " up the application are done before running it.",
            )

    def __copy__(self) -> App:
        """Return an app that has the same content, as `copy.copy` does of Flask's."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """Refuse to be pickled.

        Raises:
            NotPicklableError: Always: another process would lack what the views use.
        """
        fix = (
            "write a function at the top of the module that calls app.run(), and give"
            " its name to Process(target=...)."
        )
        if ledger.is_live and ledger.front_end is not None:
            fix = "write app.run(), which returns at once in a notebook."
            if hasattr(os, "fork"):
                fix = (
                    f"{fix[:-1]}, or, for a process of its own, multiprocessing."
                    'get_context("fork").Process(target=app.run).'
                )
        raise NotPicklableError(
            f"App {self.name!r} can't be pickled, so it can't go to another process.",
            why="its views are functions of this process; of multiprocessing's ways to"
            " start a process 'spawn' and 'forkserver' pickle what it is to run.",
            fix=fix,
        )

    # Settings.

    @property
    def name(self) -> str:
        """The app's name: its module, or the file that runs."""
        given = getattr(self, "_name", None)
        if given is not None:
            return str(given)
        if self.import_name == "__main__":
            file = getattr(sys.modules["__main__"], "__file__", None)
            if file is None:
                return "__main__"
            return str(os.path.splitext(os.path.basename(file))[0])
        return str(self.import_name)

    @name.setter
    def name(self, value: str) -> None:
        self._name = value

    @cached_property
    def logger(self) -> logging.Logger:
        """The logger of the app's name."""
        return create_logger(self)

    @cached_property
    def jinja_env(self) -> Any:
        """The Jinja2 environment."""
        with owned_by(()):
            return self.create_jinja_environment()

    def create_jinja_environment(self) -> Any:
        """Make the Jinja2 environment, with the app's globals."""
        from .templating.environment import create_environment  # start-up time

        return create_environment(self)

    def make_config(self, instance_relative: bool = False) -> Config:
        """Make the configuration."""
        root_path = self.instance_path if instance_relative else self.root_path
        defaults = dict(self.default_config)
        defaults["DEBUG"] = get_debug_flag()
        return self.config_class(root_path, defaults)

    def make_aborter(self) -> Aborter:
        """Make what `abort` calls."""
        return self.aborter_class()

    def auto_find_instance_path(self) -> str:
        """Return the instance folder: beside the module, or under the prefix."""
        prefix, folder = find_package(self.import_name)
        if prefix is None:
            return os.path.join(folder, "instance")
        return os.path.join(prefix, "var", f"{self.name}-instance")

    def create_global_jinja_loader(self) -> DispatchingJinjaLoader:
        """Make what loads templates from the app and its blueprints."""
        from .templating import DispatchingJinjaLoader  # start-up time

        return DispatchingJinjaLoader(self)

    def select_jinja_autoescape(self, filename: str | None) -> bool:
        """Tell whether a template is escaped: by its suffix, and without a file."""
        if filename is None:
            return True
        return filename.endswith((".html", ".htm", ".xml", ".xhtml", ".svg"))

    def template_hint(self, name: str) -> str:
        """Say how to make a template that does not exist."""
        if ledger.is_live:
            return f"run the cell that begins with '%%template {name}', or write one."
        folder = self.template_folder or "templates"
        return f"make the file {os.path.join(folder, name)!r}."

    @property
    def debug(self) -> bool:
        """Debug mode; the config key `DEBUG`. Never switch it on in production."""
        return self.config["DEBUG"]  # type: ignore[no-any-return]  # config

    @debug.setter
    def debug(self, value: bool) -> None:
        self.config["DEBUG"] = value
        if self.config["TEMPLATES_AUTO_RELOAD"] is None:
            self.jinja_env.auto_reload = value

    # Files.

    def send_static_file(self, filename: str) -> Response:
        """Answer with a static cell, or with a file of the static folder."""
        cells = notebook.cells("static")
        if filename in cells:
            return send_cell_file(cells[filename], filename)
        return super().send_static_file(filename)

    def open_instance_resource(
        self, resource: str, mode: str = "rb", encoding: str | None = "utf-8"
    ) -> IO[Any]:
        """Open a file relative to the instance folder.

        Args:
            resource: The path.
            mode: As `open`'s; files may be written.
            encoding: For text.
        """
        path = os.path.join(self.instance_path, resource)
        return open(path, mode, encoding=None if "b" in mode else encoding)

    def open_resource(
        self, resource: str, mode: str = "rb", encoding: str | None = None
    ) -> IO[Any]:
        """Open a file relative to the root path, for reading; text is UTF-8.

        Raises:
            ValueError: The mode is not for reading.
        """
        path = os.path.join(self.root_path, resource)
        return open_for_reading(path, mode, encoding or "utf-8")

    # Registering.

    @setupmethod
    def register_blueprint(self, blueprint: Blueprint, **options: Any) -> None:
        """Mount a blueprint.

        Args:
            blueprint: The blueprint.
            options: `url_prefix`, `subdomain`, `url_defaults`, `name`, in place of the
                blueprint's own; what is left goes to its setup state.

        Raises:
            BlueprintNameError: The app has a blueprint of the name.
        """
        blueprint.register(self, options)

    def iter_blueprints(self) -> ValuesView[Blueprint]:
        """Return the blueprints in the order in which they were registered."""
        return self.blueprints.values()

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        typed: bool | None = None,
        **options: Any,
    ) -> None:
        """Register a rule and the view function of its endpoint; see `route`.

        Args:
            rule: The rule, which begins with a slash.
            endpoint: By default the view function's name.
            view_func: The view function; it may be given later by `endpoint`.
            provide_automatic_options: Whether OPTIONS is answered by the app; by
                default unless the view function does.
            typed: False: the view function's hints change nothing; True: they count
                below decorators too; None: they count where a request can give what
                they say (`docs/reference/typed.md`).
            options: `methods`, and what `werkzeug.routing.Rule` takes.

        Raises:
            EndpointTakenError: The endpoint has another view function already.
            ParameterError: The view function's hints have no meaning.
            RuleError: The rule can't be read.
            UnknownConverterError: It names a URL converter that the app doesn't have.
        """
        # No `setupmethod`: a call more for each of thousands of rules.
        if self._got_first_request and not ledger.is_live:
            self._check_setup_finished("add_url_rule")
        if endpoint is None:
            endpoint = name_endpoint(view_func)
        methods, automatic = decide_methods(
            view_func,
            options.pop("methods", None),
            provide_automatic_options,
            is_offered=self.config["PROVIDE_AUTOMATIC_OPTIONS"],
        )
        with ledger.lock:
            repeated = self._rules.find_repeated(rule, endpoint)
            if (
                repeated is not None
                and not options
                and typed is None
                and is_plain(view_func)
                and self.url_map.is_of_same(
                    repeated.value, methods, automatic, self.url_rule_class
                )
            ):
                self._register_again(repeated, endpoint, view_func)
                return
            check_leading_slash(rule)
            options["endpoint"] = endpoint
            made = self.url_rule_class(rule, methods=methods, **options)
            made.provide_automatic_options = automatic  # type: ignore[attr-defined]  # as Flask
            if view_func is not None:
                declare(made, view_func, typed)
                self._check_endpoint(endpoint, view_func)
            self.url_map.add(made)
            if view_func is not None:
                self.view_functions[endpoint] = view_func

    def _register_again(
        self, repeated: Registration, endpoint: str, view_func: Any
    ) -> None:
        """Register a rule of the running cell's previous run, with its view."""
        views: Any = self.view_functions
        claim = views.find_repeated(endpoint) if isinstance(views, OwnedDict) else None
        if claim is not None and repeated.can_go_on:
            run = renewing_run()
            if run is not None:
                self._rules.renew(run, repeated)
                views.renew(run, claim, view_func)
                self.touch("view")
                return
        self._check_endpoint(endpoint, view_func)
        self._rules.register(repeated.value)
        views[endpoint] = view_func

    def _check_endpoint(self, endpoint: str, view_func: Callable[..., Any]) -> None:
        taken = self.view_functions.get(endpoint)
        if taken is None or taken == view_func:
            return
        if self.is_claimed_elsewhere("view", endpoint):
            return
        raise make_endpoint_error(endpoint, taken, view_func)

    @setupmethod
    def template_filter(self, name: Any = None) -> Any:
        """Register the decorated function as a template filter."""
        return decorating(self.add_template_filter, name)

    @setupmethod
    def add_template_filter(self, f: FunctionType, name: str | None = None) -> None:
        """Register a template filter, by default under the function's name."""
        self.jinja_env.filters[name or f.__name__] = f

    @setupmethod
    def template_test(self, name: Any = None) -> Any:
        """Register the decorated function as a template test."""
        return decorating(self.add_template_test, name)

    @setupmethod
    def add_template_test(self, f: FunctionType, name: str | None = None) -> None:
        """Register a template test, by default under the function's name."""
        self.jinja_env.tests[name or f.__name__] = f

    @setupmethod
    def template_global(self, name: Any = None) -> Any:
        """Register the decorated function as a template global."""
        return decorating(self.add_template_global, name)

    @setupmethod
    def add_template_global(self, f: FunctionType, name: str | None = None) -> None:
        """Register a template global, by default under the function's name."""
        self.jinja_env.globals[name or f.__name__] = f

    @setupmethod
    def teardown_appcontext(self, f: FunctionType) -> FunctionType:
        """Call a function when an application context goes."""
        self.teardown_appcontext_funcs.append(f)
        return f

    @setupmethod
    def shell_context_processor(self, f: FunctionType) -> FunctionType:
        """Give the interactive shell the variables that a function returns."""
        self.shell_context_processors.append(f)
        return f

    # Templates and URLs.

    def update_template_context(self, context: dict[str, Any]) -> None:
        """Add the variables of the context processors, below those that are there."""
        run_context_processors(self, context)

    def _current_snapshot(self) -> Snapshot:
        context = current_context.get(None)
        context = None if context is None else context.request_context
        if context is not None and context.app is self:
            return context._snapshot  # type: ignore[no-any-return]  # its own
        return self.snapshot()

    def make_shell_context(self) -> dict[str, Any]:
        """Return the variables of the interactive shell."""
        variables: dict[str, Any] = {"app": self, "g": g}
        for function in self.shell_context_processors:
            variables.update(function())
        return variables

    def redirect(self, location: str, code: int = 302) -> WerkzeugResponse:
        """Make a redirect with the app's response class."""
        return werkzeug_redirect(location, code=code, Response=self.response_class)

    def url_for(
        self,
        /,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Build the URL of an endpoint; see `werkbook.url_for`."""
        options = {
            "_anchor": _anchor,
            "_method": _method,
            "_scheme": _scheme,
            "_external": _external,
        }
        return build_url(self, endpoint, options, values)

    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        """Let the URL default functions fill in values."""
        scopes: list[str | None] = [None]
        blueprint = name_blueprint(endpoint)
        if blueprint is not None:
            scopes += reversed(split_blueprint_path(blueprint))
        for function in self._current_snapshot().url_defaults(scopes):
            function(endpoint, values)

    def handle_url_build_error(
        self, error: BuildError, endpoint: str, values: dict[str, Any]
    ) -> str:
        """Ask the URL build error handlers; the first that returns a URL has it.

        Raises:
            BuildError: None did.
        """
        return ask_error_handlers(self, error, endpoint, values)

    # Running and testing.

    def run(
        self,
        host: str | None = None,
        port: int | None = None,
        debug: bool | None = None,
        load_dotenv: bool = True,
        **options: Any,
    ) -> None:
        """Serve the app: by Werkzeug's development server; in a notebook, beside it.

        Args:
            host: By default that of `SERVER_NAME`, or 127.0.0.1.
            port: By default that of `SERVER_NAME`, or 5000; in a notebook a free one.
            debug: Sets debug mode; reloader and debugger follow it.
            load_dotenv: Read `.env` and `.flaskenv`.
            options: As `werkzeug.serving.run_simple`'s.
        """
        if ledger.is_live and ledger.front_end is not None:
            if debug is not None:
                self.debug = bool(debug)
            ledger.front_end.run(self, host, port, options)
            return
        from .cli.development import serve_in_development  # start-up time

        serve_in_development(self, host, port, debug, load_dotenv, options)

    def test_client(self, use_cookies: bool = True, **kwargs: Any) -> FlaskClient:
        """Make a client that calls this app without a socket.

        Args:
            use_cookies: Keep cookies between requests.
            kwargs: Go to `test_client_class`.
        """
        cls: Any = self.test_client_class
        if cls is None:
            from .testing import FlaskClient as cls  # start-up time
        made: FlaskClient = cls(
            self, self.response_class, use_cookies=use_cookies, **kwargs
        )
        return made

    def test_cli_runner(self, **kwargs: Any) -> FlaskCliRunner:
        """Make a runner of this app's commands."""
        cls: Any = self.test_cli_runner_class
        if cls is None:
            from .testing import FlaskCliRunner as cls  # start-up time
        made: FlaskCliRunner = cls(self, **kwargs)
        return made

    def test_request_context(self, *args: Any, **kwargs: Any) -> RequestContext:
        """Make the context of a request that was never sent, for a `with` block.

        Takes what `werkzeug.test.EnvironBuilder` takes. What is registered while it is
        pushed counts for it, as in Flask.
        """
        from .testing import EnvironBuilder  # start-up time

        builder = EnvironBuilder(self, *args, **kwargs)
        try:
            return self.request_context(builder.get_environ())
        finally:
            builder.close()
