"""The configuration of an application: a dict that can be filled in several ways.

The environment variables that Flask reads are read here too.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar, overload

from werkzeug.datastructures import ImmutableDict
from werkzeug.utils import import_string

from .errors import WerkbookError
from .registrations.dicts import OwnedDict

if TYPE_CHECKING:
    from typing import Self


T = TypeVar("T")

DEFAULT_CONFIG = ImmutableDict(
    {
        "DEBUG": None,
        "TESTING": False,
        "PROPAGATE_EXCEPTIONS": None,
        "SECRET_KEY": None,
        "SECRET_KEY_FALLBACKS": None,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=31),
        "USE_X_SENDFILE": False,
        "TRUSTED_HOSTS": None,
        "SERVER_NAME": None,
        "APPLICATION_ROOT": "/",
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": None,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": False,
        "SESSION_COOKIE_PARTITIONED": False,
        "SESSION_COOKIE_SAMESITE": None,
        "SESSION_REFRESH_EACH_REQUEST": True,
        "MAX_CONTENT_LENGTH": None,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 1_000,
        "SEND_FILE_MAX_AGE_DEFAULT": None,
        "TRAP_BAD_REQUEST_ERRORS": None,
        "TRAP_HTTP_EXCEPTIONS": False,
        "EXPLAIN_TEMPLATE_LOADING": False,
        "PREFERRED_URL_SCHEME": "http",
        "TEMPLATES_AUTO_RELOAD": None,
        "MAX_COOKIE_SIZE": 4093,
        "PROVIDE_AUTOMATIC_OPTIONS": True,
    }
)
"""What every app begins with: Flask's keys and values."""


class MissingVariableError(WerkbookError, RuntimeError):
    """The environment variable that should name the configuration file is not set."""


class ConfigAttribute(Generic[T]):
    """An attribute of the application that stands for one of its config keys.

    Args:
        name: The key.
        get_converter: Applied to the value each time it is read.
    """

    def __init__(
        self, name: str, get_converter: Callable[[Any], T] | None = None
    ) -> None:
        self.__name__ = name
        self.get_converter = get_converter

    @overload
    def __get__(self, obj: None, owner: None) -> Self: ...

    @overload
    def __get__(self, obj: Any, owner: type[Any]) -> T: ...

    def __get__(self, obj: Any, owner: type[Any] | None = None) -> T | Self:
        if obj is None:
            return self
        value = obj.config[self.__name__]
        if self.get_converter is not None:
            return self.get_converter(value)
        return value  # type: ignore[no-any-return]  # config values have any type

    def __set__(self, obj: Any, value: Any) -> None:
        obj.config[self.__name__] = value


class Config(OwnedDict):
    """A dict of settings, with ways to read them from files and objects.

    Only upper case keys are read from files and objects, so that these may have other
    names too.

    Args:
        root_path: The folder that relative file names start from.
        defaults: The values at first.
    """

    def __init__(
        self,
        root_path: str | os.PathLike[str],
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__("config", None, defaults or {})
        self.root_path = root_path

    def from_envvar(self, variable_name: str, silent: bool = False) -> bool:
        """Read the Python file that an environment variable names.

        Args:
            variable_name: The variable.
            silent: Return False where there is no such variable or file.

        Returns:
            Whether a file was read.

        Raises:
            MissingVariableError: The variable is not set or empty.
            OSError: The file cannot be read.
        """
        filename = os.environ.get(variable_name)
        if filename:
            return self.from_pyfile(filename, silent=silent)
        if silent:
            return False
        raise MissingVariableError(
            f"The environment variable {variable_name!r} is not set.",
            why="it must name the configuration file to read.",
            fix=f"type export {variable_name}=/path/to/settings.py before the start, "
            "or pass silent=True.",
        )

    def from_prefixed_env(
        self, prefix: str = "FLASK", *, loads: Callable[[str], Any] = json.loads
    ) -> bool:
        """Read the environment variables whose names start with `prefix` and `_`.

        The rest of the name is the key; two underscores in it lead into a dict, which
        is made where it is missing. Keys are read in sorted order.

        Args:
            prefix: The start of the names, without its underscore.
            loads: Turns a text into a value; where it fails the text is the value.

        Returns:
            True.
        """
        start = f"{prefix}_"
        for name in sorted(os.environ):
            if name.startswith(start):
                value = _load_or_keep(os.environ[name], loads)
                self._set_nested(name.removeprefix(start), value)
        return True

    def _set_nested(self, key: str, value: Any) -> None:
        if "__" not in key:
            self[key] = value
            return
        target: dict[str, Any] = self
        *parts, last = key.split("__")
        for part in parts:
            # Not setdefault: a provider of settings may only know item assignment.
            if part not in target:
                target[part] = {}
            target = target[part]
        target[last] = value

    def from_pyfile(
        self, filename: str | os.PathLike[str], silent: bool = False
    ) -> bool:
        """Run a Python file and read its upper case names.

        Args:
            filename: The file, absolute or relative to `root_path`.
            silent: Return False where there is no such file.

        Returns:
            Whether a file was read.

        Raises:
            OSError: The file cannot be read.
        """
        path = os.path.join(self.root_path, filename)
        module = ModuleType("config")
        module.__file__ = path
        try:
            with open(path, mode="rb") as file:
                source = file.read()
        except OSError as error:
            if silent and error.errno in _NO_FILE | {errno.ENOTDIR}:
                return False
            raise _with_reason(error) from error.__cause__
        exec(compile(source, path, "exec"), module.__dict__)
        self.from_object(module)
        return True

    def from_object(self, obj: object | str) -> None:
        """Read the upper case attributes of an object, often a module or class.

        Args:
            obj: The object, or its import name. A class whose attributes are
                properties must be instantiated first.

        Raises:
            ImportError: Nothing has the import name.
        """
        source = import_string(obj) if isinstance(obj, str) else obj
        for key in dir(source):
            if key.isupper():
                self[key] = getattr(source, key)

    def from_file(
        self,
        filename: str | os.PathLike[str],
        load: Callable[[IO[Any]], Mapping[str, Any]],
        silent: bool = False,
        text: bool = True,
    ) -> bool:
        """Read a file with a function such as `json.load` or `tomllib.load`.

        Args:
            filename: The file, absolute or relative to `root_path`.
            load: Reads an open file and returns a mapping; see `from_mapping`.
            silent: Return False where there is no such file.
            text: Open the file as text rather than bytes.

        Returns:
            Whether a file was read.

        Raises:
            OSError: The file cannot be read.
        """
        path = os.path.join(self.root_path, filename)
        try:
            with open(path, "r" if text else "rb") as file:
                mapping = load(file)
        except OSError as error:
            if silent and error.errno in _NO_FILE:
                return False
            raise _with_reason(error) from error.__cause__
        return self.from_mapping(mapping)

    def from_mapping(
        self, mapping: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> bool:
        """Read the upper case keys of a mapping and of the keyword arguments.

        Returns:
            True.
        """
        for key, value in {**dict(mapping or {}), **kwargs}.items():
            if key.isupper():
                self[key] = value
        return True

    def get_namespace(
        self, namespace: str, lowercase: bool = True, trim_namespace: bool = True
    ) -> dict[str, Any]:
        """Return the settings whose keys start with a text, as a new dict.

        Args:
            namespace: The start of the keys, such as `IMAGE_STORE_`.
            lowercase: Make the keys of the result lower case.
            trim_namespace: Take the start off the keys of the result.
        """
        found = {}
        for key, value in self.items():
            if key.startswith(namespace):
                name = key.removeprefix(namespace) if trim_namespace else key
                found[name.lower() if lowercase else name] = value
        return found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {dict.__repr__(self)}>"


_NO_FILE = frozenset({errno.ENOENT, errno.EISDIR})


def _with_reason(error: OSError) -> OSError:
    error.strerror = f"Unable to load configuration file ({error.strerror})"
    return error


def _load_or_keep(text: str, loads: Callable[[str], Any]) -> Any:
    try:
        return loads(text)
    except Exception:
        return text


def to_timedelta(value: timedelta | int | None) -> timedelta | None:
    """Read a config value that is a length of time; a number means seconds."""
    if value is None or isinstance(value, timedelta):
        return value
    return timedelta(seconds=value)


_FALSE_WORDS = frozenset({"0", "false", "no"})


def get_debug_flag() -> bool:
    """Say whether `FLASK_DEBUG` asks for debug mode."""
    value = os.environ.get("FLASK_DEBUG", "")
    return bool(value) and value.lower() not in _FALSE_WORDS


def get_load_dotenv(default: bool = True) -> bool:
    """Say whether `.env` files are read: unless `FLASK_SKIP_DOTENV` says not to.

    Args:
        default: The answer when the variable is not set.
    """
    value = os.environ.get("FLASK_SKIP_DOTENV", "")
    return value.lower() in _FALSE_WORDS if value else default
