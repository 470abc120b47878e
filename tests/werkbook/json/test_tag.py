"""Tagged JSON keeps types, and is Flask's to the byte."""

import datetime
import uuid
from typing import Any

import pytest
from flask.json.tag import TaggedJSONSerializer as FlaskSerializer
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from werkbook.json.tag import JSONTag, TaggedJSONSerializer, TagTakenError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.uuids()
    | st.builds(Markup, st.text())
    | st.datetimes(
        min_value=datetime.datetime(1900, 1, 1),
        timezones=st.just(datetime.UTC),
    ).map(lambda value: value.replace(microsecond=0))
)
KEYS = st.text() | st.sampled_from([" t", " di", " b", " t__"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner) | st.dictionaries(KEYS, inner) | st.lists(inner).map(tuple)
    ),
    max_leaves=15,
)


@given(VALUES)
def test_dumps_and_loads(value: Any) -> None:
    """Reading gives what was written; the text is the one that Flask writes."""
    serializer = TaggedJSONSerializer()
    text = serializer.dumps(value)
    assert text == FlaskSerializer().dumps(value)
    again = serializer.loads(text)
    assert again == value
    assert type(again) is type(value)


@given(st.dictionaries(KEYS, st.integers() | st.text() | st.none(), max_size=3))
def test_plain_dicts_are_not_searched(value: dict[str, Any]) -> None:
    """The short way for plain dicts writes what the tags would."""
    serializer = TaggedJSONSerializer()
    is_plain = serializer._is_plain(value)
    assert not is_plain or serializer.tag(value) == value


def test_register_custom_tag() -> None:
    class TagSet(JSONTag):
        __slots__ = ()
        key = " s"

        def check(self, value: Any) -> bool:
            return isinstance(value, set)

        def to_json(self, value: Any) -> Any:
            return self.serializer.tag(sorted(value))

        def to_python(self, value: Any) -> Any:
            return set(value)

    serializer = TaggedJSONSerializer()
    serializer.register(TagSet, index=0)
    assert isinstance(serializer.order[0], TagSet)
    assert serializer.loads(serializer.dumps({"a": {1, 2}})) == {"a": {1, 2}}


def test_custom_tag_for_text_is_used() -> None:
    """A tag for a type that JSON has turns the short way off."""

    class TagText(JSONTag):
        __slots__ = ()
        key = " x"

        def check(self, value: Any) -> bool:
            return isinstance(value, str)

        def to_json(self, value: Any) -> Any:
            return value.upper()

        def to_python(self, value: Any) -> Any:
            return value

    serializer = TaggedJSONSerializer()
    serializer.register(TagText, index=0)
    assert serializer.dumps({"a": "b"}) == '{"a":{" x":"B"}}'


def test_register_taken_key() -> None:
    class Tag(JSONTag):
        __slots__ = ()
        key = " d"

    serializer = TaggedJSONSerializer()
    before = list(serializer.order)
    with pytest.raises(KeyError) as caught:
        serializer.register(Tag)
    assert isinstance(caught.value, TagTakenError)
    assert str(caught.value) == (
        "Tag ' d' is already registered.\n"
        "  Why: TagDateTime has it.\n"
        "  Fix: choose another key, or pass force=True to replace the tag."
    )
    assert serializer.order == before
    serializer.register(Tag, force=True, index=0)
    assert isinstance(serializer.tags[" d"], Tag)


def test_untag_leaves_other_dicts_alone() -> None:
    serializer = TaggedJSONSerializer()
    assert serializer.untag({"a": 1}) == {"a": 1}
    assert serializer.untag({" t": [1], "a": 2}) == {" t": [1], "a": 2}
    assert serializer.loads('{" u":"00000000000000000000000000000001"}') == uuid.UUID(
        int=1
    )
