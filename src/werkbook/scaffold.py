"""What apps and blueprints have in common: registering views, hooks and handlers."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, TypeVar

from werkzeug.utils import cached_property

from .ctx.functions import default_context
from .globals import current_app
from .helpers.files import open_for_reading, send_from_directory
from .helpers.paths import get_root_path
from .helpers.template_folders import make_loader
from .registrations.dicts import OwnedDict
from .registrations.error_handlers import ErrorHandlerSpec, read_error_class
from .registrations.made import MadeAttributes
from .registrations.registration import Registration
from .registrations.scopes import OwnedScopes

if TYPE_CHECKING:
    from jinja2 import BaseLoader

    from .wrappers import Response

FunctionType = TypeVar("FunctionType", bound=Callable[..., Any])


def setupmethod(f: FunctionType) -> FunctionType:
    """Refuse a method that registers something once a strict app serves requests."""
    name = f.__name__

    @functools.wraps(f)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._check_setup_finished(name)
        return f(self, *args, **kwargs)

    return checked  # type: ignore[return-value]  # wraps it


class Scaffold(MadeAttributes):
    """Base of `App` and `Blueprint`.

    Args:
        import_name: The name of the module, from which files are found.
        static_folder: Folder of static files, relative to the root path.
        static_url_path: The URL prefix of static files.
        template_folder: Folder of templates, relative to the root path.
        root_path: The folder that relative paths start from.
    """

    name: str
    _owned_names = frozenset({"_static_folder", "_static_url_path", "_name"})
    _static_folder: str | None = None
    _static_url_path: str | None = None
    has_mounts = False

    def __init__(
        self,
        import_name: str,
        static_folder: str | os.PathLike[str] | None = None,
        static_url_path: str | None = None,
        template_folder: str | os.PathLike[str] | None = None,
        root_path: str | None = None,
    ) -> None:
        self.make_once()
        self.import_name = import_name
        self.static_folder = static_folder
        self.static_url_path = static_url_path
        self.template_folder = template_folder
        if root_path is None:
            root_path = get_root_path(import_name)
        self.root_path = root_path

    _initial_processors: tuple[Callable[..., Any], ...] = (default_context,)

    def _make_containers(self) -> None:
        """Make what is kept when the app's cell runs again."""
        containers: dict[str, Any] = {
            "view_functions": OwnedDict("view", self),
            "error_handler_spec": ErrorHandlerSpec(self),
            "before_request_funcs": OwnedScopes("before_request", self),
            "after_request_funcs": OwnedScopes("after_request", self),
            "teardown_request_funcs": OwnedScopes("teardown_request", self),
            "template_context_processors": OwnedScopes(
                "context_processor", self, self._initial_processors
            ),
            "url_value_preprocessors": OwnedScopes("url_value_preprocessor", self),
            "url_default_functions": OwnedScopes("url_default", self),
        }
        self.__dict__.update(containers)

    view_functions: dict[str, Callable[..., Any]]
    """Endpoint to view function."""
    error_handler_spec: dict[Any, dict[Any, dict[Any, Callable[..., Any]]]]
    """Scope, status code and exception class to error handler."""
    before_request_funcs: dict[Any, list[Callable[..., Any]]]
    """Scope to the functions called before a view function."""
    after_request_funcs: dict[Any, list[Callable[..., Any]]]
    """Scope to the functions called with the response."""
    teardown_request_funcs: dict[Any, list[Callable[..., Any]]]
    """Scope to the functions called when the request context goes."""
    template_context_processors: dict[Any, list[Callable[..., Any]]]
    """Scope to the functions that give templates variables."""
    url_value_preprocessors: dict[Any, list[Callable[..., Any]]]
    """Scope to the functions that may change a rule's values."""
    url_default_functions: dict[Any, list[Callable[..., Any]]]
    """Scope to the functions that fill in values when a URL is built."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def _check_setup_finished(self, f_name: str) -> None:
        raise NotImplementedError

    def touch(self, kind: str) -> None:
        """Note that a registration of this kind changed."""

    def derive(self, registration: Registration) -> None:
        """Make what follows from a new registration elsewhere."""

    def run_ended(self) -> None:
        """Do what must wait for the end of a run that changed something here."""

    @property
    def registered_for(self) -> Scaffold:
        """What the registrations in this object's containers are for: itself."""
        return self

    @property
    def cli(self) -> Any:
        """The commands of this object: a `click.Group` for `werkbook` and `flask`."""
        group = self.__dict__.get("_cli")
        if group is None:
            # Start-up time: few apps have commands, and click is slow to import.
            from .cli.groups import AppGroup

            group = self.__dict__["_cli"] = AppGroup(name=self.name)
            group.commands = OwnedDict("cli_command", self)
        return group

    @cli.setter
    def cli(self, value: Any) -> None:
        self.__dict__["_cli"] = value

    @property
    def static_folder(self) -> str | None:
        """The absolute path of the folder of static files, None without one."""
        if self._static_folder is None:
            return None
        return os.path.join(self.root_path, self._static_folder)

    @static_folder.setter
    def static_folder(self, value: str | os.PathLike[str] | None) -> None:
        self._static_folder = None if value is None else os.fspath(value).rstrip(r"\/")

    @property
    def has_static_folder(self) -> bool:
        """Whether there is a folder of static files."""
        return self._static_folder is not None

    @property
    def static_url_path(self) -> str | None:
        """The URL prefix of static files; by default the folder's name."""
        if self._static_url_path is not None:
            return self._static_url_path
        if self.static_folder is not None:
            return f"/{os.path.basename(self.static_folder)}".rstrip("/")
        return None

    @static_url_path.setter
    def static_url_path(self, value: str | None) -> None:
        self._static_url_path = None if value is None else value.rstrip("/")

    @cached_property
    def jinja_loader(self) -> BaseLoader | None:
        """Loads this object's own templates; None without a template folder."""
        return make_loader(self)

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Return how many seconds a browser may cache a file; None: asks each time.

        By default `SEND_FILE_MAX_AGE_DEFAULT`.
        """
        value = current_app.config["SEND_FILE_MAX_AGE_DEFAULT"]
        if value is None:
            return None
        seconds = getattr(value, "total_seconds", None)
        return int(seconds()) if seconds is not None else value

    def send_static_file(self, filename: str) -> Response:
        """Answer with a file of the static folder; the view of the static rule.

        Raises:
            NotFound: There is no such file.
            RuntimeError: There is no static folder.
        """
        if not self.has_static_folder:
            raise RuntimeError("'static_folder' must be set to serve static_files.")
        max_age = self.get_send_file_max_age(filename)
        return send_from_directory(self.static_folder or "", filename, max_age=max_age)

    def open_resource(
        self, resource: str, mode: str = "rb", encoding: str | None = None
    ) -> IO[Any]:
        """Open a file relative to the root path, for reading.

        Args:
            resource: The path.
            mode: `r`, `rt` or `rb`.
            encoding: For text.

        Raises:
            ValueError: The mode is not for reading.
        """
        return open_for_reading(os.path.join(self.root_path, resource), mode, encoding)

    # Views.

    def _method_route(
        self, method: str, rule: str, options: dict[str, Any]
    ) -> Callable[[FunctionType], FunctionType]:
        if "methods" in options:
            raise TypeError("Use the 'route' decorator to use the 'methods' argument.")
        return self.route(rule, methods=[method], **options)

    @setupmethod
    def get(self, rule: str, **options: Any) -> Callable[[FunctionType], FunctionType]:
        """Register a view function for GET: `route` with `methods=["GET"]`."""
        return self._method_route("GET", rule, options)

    @setupmethod
    def post(self, rule: str, **options: Any) -> Callable[[FunctionType], FunctionType]:
        """Register a view function for POST: `route` with `methods=["POST"]`."""
        return self._method_route("POST", rule, options)

    @setupmethod
    def put(self, rule: str, **options: Any) -> Callable[[FunctionType], FunctionType]:
        """Register a view function for PUT: `route` with `methods=["PUT"]`."""
        return self._method_route("PUT", rule, options)

    @setupmethod
    def delete(
        self, rule: str, **options: Any
    ) -> Callable[[FunctionType], FunctionType]:
        """Register a view function for DELETE: `route` with `methods=["DELETE"]`."""
        return self._method_route("DELETE", rule, options)

    @setupmethod
    def patch(
        self, rule: str, **options: Any
    ) -> Callable[[FunctionType], FunctionType]:
        """Register a view function for PATCH: `route` with `methods=["PATCH"]`."""
        return self._method_route("PATCH", rule, options)

    @setupmethod
    def route(
        self, rule: str, **options: Any
    ) -> Callable[[FunctionType], FunctionType]:
        """Register the decorated function as the view function of a rule.

        ```python
        @app.route("/hello/<name>")
        def hello(name):
            return f"Hello {name}!"
        ```

        Args:
            rule: The rule, which begins with a slash.
            options: `endpoint`, `methods`, `typed`, and what `werkzeug.routing.Rule`
                takes.

        Raises:
            RuleError: The rule can't be read.
            UnknownConverterError: It names a URL converter that the app doesn't have.
            EndpointTakenError: The endpoint has another view function already.
        """

        def decorator(f: FunctionType) -> FunctionType:
            endpoint = options.pop("endpoint", None)
            self.add_url_rule(rule, endpoint, f, **options)
            return f

        return decorator

    @setupmethod
    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, **more: Any
    ) -> None:
        """Register a rule and the view function of its endpoint.

        See `App.add_url_rule`, and `Blueprint.add_url_rule` for what differs there.
        """
        raise NotImplementedError

    @setupmethod
    def endpoint(self, endpoint: str) -> Callable[[FunctionType], FunctionType]:
        """Register the decorated function as the view function of an endpoint."""

        def decorator(f: FunctionType) -> FunctionType:
            self.view_functions[endpoint] = f
            return f

        return decorator

    # Hooks.

    @setupmethod
    def before_request(self, f: FunctionType) -> FunctionType:
        """Call a function before each view function; its value is sent instead."""
        self.before_request_funcs[None].append(f)
        return f

    @setupmethod
    def after_request(self, f: FunctionType) -> FunctionType:
        """Call a function with each response, and send what it returns."""
        self.after_request_funcs[None].append(f)
        return f

    @setupmethod
    def teardown_request(self, f: FunctionType) -> FunctionType:
        """Call a function when a request context goes, with the exception or None."""
        self.teardown_request_funcs[None].append(f)
        return f

    @setupmethod
    def context_processor(self, f: FunctionType) -> FunctionType:
        """Give templates the variables that a function returns."""
        self.template_context_processors[None].append(f)
        return f

    @setupmethod
    def url_value_preprocessor(self, f: FunctionType) -> FunctionType:
        """Call a function with endpoint and values before the other hooks."""
        self.url_value_preprocessors[None].append(f)
        return f

    @setupmethod
    def url_defaults(self, f: FunctionType) -> FunctionType:
        """Call a function with endpoint and values whenever a URL is built."""
        self.url_default_functions[None].append(f)
        return f

    @setupmethod
    def errorhandler(
        self, code_or_exception: type[Exception] | int
    ) -> Callable[[FunctionType], FunctionType]:
        """Answer errors of a status code or exception class by the decorated function.

        Raises:
            HandlerError: It is neither a known code nor an exception class.
            HandlerTypeError: It is an exception, not a class.
        """

        def decorator(f: FunctionType) -> FunctionType:
            self.register_error_handler(code_or_exception, f)
            return f

        return decorator

    @setupmethod
    def register_error_handler(
        self, code_or_exception: type[Exception] | int, f: Callable[..., Any]
    ) -> None:
        """Answer errors by a function; see `errorhandler`."""
        exception_class, code = self._get_exc_class_and_code(code_or_exception)
        self.error_handler_spec[None][code][exception_class] = f

    @staticmethod
    def _get_exc_class_and_code(
        exc_class_or_code: type[Exception] | int,
    ) -> tuple[type[Exception], int | None]:
        """Return an exception class and its status code, None when it has none."""
        return read_error_class(exc_class_or_code)


def decorating(add: Callable[..., None], name: Any) -> Any:
    """Make the decorator of a template filter, test or global.

    Args:
        add: Registers a function under a name.
        name: The name; or the function itself, where the decorator has no brackets.
    """
    if callable(name):
        add(name)
        return name

    def decorator(f: FunctionType) -> FunctionType:
        add(f, name=name)
        return f

    return decorator
