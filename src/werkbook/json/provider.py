"""How an application reads and writes JSON."""

from __future__ import annotations

import dataclasses
import json
import weakref
from collections.abc import Callable
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from werkzeug.http import http_date

from ..errors import WerkbookError
from ..registrations.attributes import OwnedAttributes
from .encoding import encode
from .late_types import is_decimal, is_path, is_uuid
from .tabular import UNKNOWN, from_tabular
from .unplain import fix_for, unsortable_keys, with_keys

if TYPE_CHECKING:
    from werkzeug.sansio.response import Response


class NotSerializableError(WerkbookError, TypeError):
    """A value that JSON cannot hold and that the provider does not know.

    Attributes:
        view_place: Where the view function stands whose answer it was to be.
    """

    view_place: Any = None


class AmbiguousJsonError(WerkbookError, TypeError):
    """Positional and keyword values were given for one JSON text."""


class JSONProvider(OwnedAttributes):
    """The JSON operations of one application; the base of custom ones.

    A subclass gives at least `dumps` and `loads`. It is put to use as
    `App.json_provider_class` or by assigning an instance to `app.json`.

    Args:
        app: The application. Only a weak proxy of it is kept, as `_app`.
    """

    def __init__(self, app: Any) -> None:
        self._app: Any = weakref.proxy(app)

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Serialize a value to JSON text; `kwargs` go to the JSON library."""
        raise NotImplementedError

    def dump(self, obj: Any, fp: IO[str], **kwargs: Any) -> None:
        """Serialize a value into a text file, by way of `dumps`."""
        fp.write(self.dumps(obj, **kwargs))

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON from text or UTF-8 bytes; `kwargs` go to the JSON library."""
        raise NotImplementedError

    def load(self, fp: IO[Any], **kwargs: Any) -> Any:
        """Read JSON from a file of text or UTF-8 bytes, by way of `loads`."""
        return self.loads(fp.read(), **kwargs)

    def _prepare_response_obj(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if args and kwargs:
            raise AmbiguousJsonError(
                "app.json.response() got positional and keyword values.",
                why="it takes either args or kwargs, not both.",
                fix="write jsonify(value) or jsonify(name=value).",
            )
        if len(args) == 1:
            return args[0]
        return args or kwargs or None

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Make a response with mimetype `application/json`.

        One positional value stands for itself, several for a list, keyword values for
        a dict, nothing for None.

        Raises:
            AmbiguousJsonError: Both positional and keyword values were given.
        """
        text = self.dumps(self._prepare_response_obj(args, kwargs))
        return self._app.response_class(text, mimetype="application/json")  # type: ignore[no-any-return]  # the app's


def to_json_type(value: Any) -> Any:
    """Turn a value that JSON does not know into one that it knows.

    Dates become HTTP dates (RFC 9110), decimals, UUIDs and paths text, dataclasses
    dicts, and whatever has `__html__` its HTML; scalars and arrays of NumPy and Series
    of pandas their `tolist()`, DataFrames a list of records.

    Raises:
        NotSerializableError: The value is of none of these types.
    """
    tabular = from_tabular(value)
    if tabular is not UNKNOWN:
        return tabular
    if isinstance(value, date):
        return http_date(value)
    if is_decimal(value) or is_uuid(value) or is_path(value):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    raise _unserializable(value)


def _unserializable(value: Any) -> NotSerializableError:
    name = type(value).__name__
    return NotSerializableError(
        f"Object of type {name} is not JSON serializable.",
        why="JSON has dict, list, str, int, float, bool and None; dates, decimals, "
        "UUIDs, paths, dataclasses, HTML, and plain values of NumPy and pandas are"
        " turned into these.",
        fix=fix_for(value),
    )


def _make_key_error(error: TypeError) -> NotSerializableError:
    expected, _, name = str(error).rpartition(", not ")
    return NotSerializableError(
        f"A dict with a key of type {name} is not JSON serializable.",
        why=f"{expected}.",
        fix="return {str(key): value for key, value in answer.items()}",
    )


class DefaultJSONProvider(JSONProvider):
    """JSON by the standard library, with some more types (see `to_json_type`)."""

    default: Callable[[Any], Any] = staticmethod(to_json_type)
    """Called with each value that JSON does not know; returns one that it knows or
    raises TypeError."""

    ensure_ascii = True
    """Escape characters beyond ASCII."""

    sort_keys = True
    """Sort the keys of dicts, which must then all be strings."""

    compact: bool | None = None
    """Responses without white space; None: unless the app is in debug mode."""

    mimetype = "application/json"
    """The mimetype of responses."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Serialize a value to JSON text; `kwargs` are those of `json.dumps`.

        Raises:
            NotSerializableError: JSON cannot hold a value; the message says which one.
        """
        try:
            return self._encode(obj, kwargs)
        except NotSerializableError as error:
            error.problem = with_keys(error.problem, obj, self.default)
            raise
        except TypeError as error:
            if str(error).startswith("keys must be "):
                raise _make_key_error(error) from None
            if " not supported between instances of " in str(error):
                self._refuse_keys(obj, error)
            raise

    def _refuse_keys(self, obj: Any, error: TypeError) -> None:
        """Say which dict it is whose keys cannot be sorted, if there is one."""
        found = unsortable_keys(obj, self.default)
        if found is None:
            return
        problem, names = found
        raise NotSerializableError(
            problem,
            why=f"keys are sorted, and {' and '.join(names)} have no order.",
            fix="return {str(key): value for key, value in answer.items()}, or set"
            " app.json.sort_keys = False",
        ) from error

    def _encode(self, obj: Any, kwargs: dict[str, Any]) -> str:
        if kwargs.keys() <= {"separators"}:
            return encode(
                obj,
                self.default,
                self.ensure_ascii,
                self.sort_keys,
                kwargs.get("separators"),
            )
        kwargs.setdefault("default", self.default)
        kwargs.setdefault("ensure_ascii", self.ensure_ascii)
        kwargs.setdefault("sort_keys", self.sort_keys)
        return json.dumps(obj, **kwargs)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON from text or UTF-8 bytes; `kwargs` are those of `json.loads`."""
        return json.loads(s, **kwargs)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Make a response of `mimetype`, indented in debug mode.

        Raises:
            AmbiguousJsonError: Both positional and keyword values were given.
        """
        value = self._prepare_response_obj(args, kwargs)
        is_compact = not self._app.debug if self.compact is None else self.compact
        text = (
            self.dumps(value, separators=(",", ":"))
            if is_compact
            else self.dumps(value, indent=2)
        )
        return self._app.response_class(f"{text}\n", mimetype=self.mimetype)  # type: ignore[no-any-return]  # the app's
