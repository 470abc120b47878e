"""JSON that keeps the type of values which JSON does not have.

Such a value is written as a dict of one item whose key is the tag of its type, so that
reading gives the same value back. Session cookies are written so. The tags are those
of Flask: either framework reads the other's cookies.

A new type is a subclass of `JSONTag`, registered with
`app.session_interface.serializer.register(TagSet)`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any, ClassVar

from markupsafe import Markup
from werkzeug.http import http_date, parse_date

from ..errors import WerkbookError
from . import dumps, loads
from .late_types import is_uuid


class TagTakenError(WerkbookError, KeyError):
    """The key of a tag belongs to another tag already."""

    # KeyError shows the repr of its argument; the text of this error has lines.
    __str__ = WerkbookError.__str__


class JSONTag:
    """How values of one type are written; the base of custom tags.

    Args:
        serializer: The serializer that the tag belongs to.
    """

    __slots__ = ("serializer",)

    key: str = ""
    """The key that marks a value; empty: the value is written without a mark."""

    def __init__(self, serializer: TaggedJSONSerializer) -> None:
        self.serializer = serializer

    def check(self, value: Any) -> bool:
        """Say whether this tag writes the value."""
        raise NotImplementedError

    def to_json(self, value: Any) -> Any:
        """Turn the value into one that JSON has; the mark comes later."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """Turn what `to_json` gave back into the value; the mark is off already."""
        raise NotImplementedError

    def tag(self, value: Any) -> dict[str, Any]:
        """Turn the value into one that JSON has, with the mark around it."""
        return {self.key: self.to_json(value)}


class TagDict(JSONTag):
    """A dict that would be taken for a mark: its key gets a suffix."""

    __slots__ = ()
    key = " di"

    def check(self, value: Any) -> bool:
        return (
            isinstance(value, dict)
            and len(value) == 1
            and next(iter(value)) in self.serializer.tags
        )

    def to_json(self, value: Any) -> Any:
        [(key, item)] = value.items()
        return {f"{key}__": self.serializer.tag(item)}

    def to_python(self, value: Any) -> Any:
        [(key, item)] = value.items()
        return {key.removesuffix("__"): item}


class PassDict(JSONTag):
    """Any other dict: its values are tagged; keys are strings in JSON anyway."""

    __slots__ = ()

    def check(self, value: Any) -> bool:
        return isinstance(value, dict)

    def to_json(self, value: Any) -> Any:
        tag = self.serializer.tag
        return {key: tag(item) for key, item in value.items()}

    tag = to_json


class TagTuple(JSONTag):
    """A tuple, as a list."""

    __slots__ = ()
    key = " t"

    def check(self, value: Any) -> bool:
        return isinstance(value, tuple)

    def to_json(self, value: Any) -> Any:
        return [self.serializer.tag(item) for item in value]

    def to_python(self, value: Any) -> Any:
        return tuple(value)


class PassList(JSONTag):
    """A list: its items are tagged."""

    __slots__ = ()

    def check(self, value: Any) -> bool:
        return isinstance(value, list)

    def to_json(self, value: Any) -> Any:
        return [self.serializer.tag(item) for item in value]

    tag = to_json


class TagBytes(JSONTag):
    """Bytes, in base 64."""

    __slots__ = ()
    key = " b"

    def check(self, value: Any) -> bool:
        return isinstance(value, bytes)

    def to_json(self, value: Any) -> Any:
        return b64encode(value).decode("ascii")

    def to_python(self, value: Any) -> Any:
        return b64decode(value)


class TagMarkup(JSONTag):
    """Whatever has `__html__`; read as `markupsafe.Markup`."""

    __slots__ = ()
    key = " m"

    def check(self, value: Any) -> bool:
        return callable(getattr(value, "__html__", None))

    def to_json(self, value: Any) -> Any:
        return str(value.__html__())

    def to_python(self, value: Any) -> Any:
        return Markup(value)


class TagUUID(JSONTag):
    """A UUID, in hexadecimal."""

    __slots__ = ()
    key = " u"

    def check(self, value: Any) -> bool:
        return is_uuid(value)

    def to_json(self, value: Any) -> Any:
        return value.hex

    def to_python(self, value: Any) -> Any:
        from uuid import UUID  # slow to import, and few sessions hold one

        return UUID(value)


class TagDateTime(JSONTag):
    """A datetime, as an HTTP date: whole seconds, UTC."""

    __slots__ = ()
    key = " d"

    def check(self, value: Any) -> bool:
        return isinstance(value, datetime)

    def to_json(self, value: Any) -> Any:
        return http_date(value)

    def to_python(self, value: Any) -> Any:
        return parse_date(value)


_JSON_SCALARS = frozenset({str, int, float, bool, type(None)})
_BUILT_IN_ORDER = (
    TagDict,
    PassDict,
    TagTuple,
    PassList,
    TagBytes,
    TagMarkup,
    TagUUID,
    TagDateTime,
)


class TaggedJSONSerializer:
    """Writes and reads tagged JSON; fits `itsdangerous.Serializer`.

    Beside JSON's own types it keeps tuple, bytes, Markup, UUID and datetime.
    """

    __slots__ = ("order", "tags")

    default_tags: ClassVar[list[type[JSONTag]]] = list(_BUILT_IN_ORDER)
    """The tags that a new serializer has; more come by `register`."""

    def __init__(self) -> None:
        self.tags: dict[str, JSONTag] = {}
        self.order: list[JSONTag] = []
        for tag_class in self.default_tags:
            self.register(tag_class)

    def register(
        self,
        tag_class: type[JSONTag],
        force: bool = False,
        index: int | None = None,
    ) -> None:
        """Add a tag.

        Args:
            tag_class: The tag; it is made with this serializer.
            force: Replace the tag that has the same key.
            index: Where in the order of checks it stands; None: at the end. A tag for
                a special case of another tag's type must stand before that.

        Raises:
            TagTakenError: The key belongs to another tag and `force` is false.
        """
        tag = tag_class(self)
        key = tag.key
        if key and not force and key in self.tags:
            raise TagTakenError(
                f"Tag '{key}' is already registered.",
                why=f"{type(self.tags[key]).__name__} has it.",
                fix="choose another key, or pass force=True to replace the tag.",
            )
        if key:
            self.tags[key] = tag
        self.order.insert(len(self.order) if index is None else index, tag)

    def tag(self, value: Any) -> Any:
        """Turn a value into one that JSON has, marked where necessary."""
        for tag in self.order:
            if tag.check(value):
                return tag.tag(value)
        return value

    def untag(self, value: dict[str, Any]) -> Any:
        """Turn a marked dict back into the value that it stands for."""
        if len(value) != 1:
            return value
        [(key, item)] = value.items()
        tag = self.tags.get(key)
        return value if tag is None else tag.to_python(item)

    def _untag_all(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.untag({k: self._untag_all(v) for k, v in value.items()})
        if isinstance(value, list):
            return [self._untag_all(item) for item in value]
        return value

    def _is_plain(self, value: Any) -> bool:
        """Say whether a value would be tagged as itself, by looking at types only."""
        return (
            type(value) is dict
            and tuple(map(type, self.order)) == _BUILT_IN_ORDER
            and (len(value) != 1 or next(iter(value)) not in self.tags)
            and all(type(item) in _JSON_SCALARS for item in value.values())
        )

    def dumps(self, value: Any) -> str:
        """Write a value as compact tagged JSON."""
        tagged = value if self._is_plain(value) else self.tag(value)
        return dumps(tagged, separators=(",", ":"))

    def loads(self, value: str) -> Any:
        """Read a value from tagged JSON."""
        return self._untag_all(loads(value))
