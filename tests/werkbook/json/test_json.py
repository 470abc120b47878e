"""JSON by the application's provider, and without an application."""

import collections
import dataclasses
import datetime
import decimal
import enum
import io
import json as stdlib_json
import pathlib
import types
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from werkbook import App, json, jsonify, request
from werkbook.json.encoding import encode
from werkbook.json.provider import (
    AmbiguousJsonError,
    DefaultJSONProvider,
    NotSerializableError,
    to_json_type,
)
from werkbook.testing import FlaskClient

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@dataclasses.dataclass
class Point:
    x: int
    y: int


@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([None, (",", ":")]))
def test_encode_equals_json_dumps(
    value: Any, ascii_: bool, sort_keys: bool, separators: tuple[str, str] | None
) -> None:
    """The kept encoders give the text that the standard library gives."""
    expected = stdlib_json.dumps(
        value, ensure_ascii=ascii_, sort_keys=sort_keys, separators=separators
    )
    assert encode(value, to_json_type, ascii_, sort_keys, separators) == expected


def test_encode_finds_circles() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="Circular reference detected"):
        encode(circle, to_json_type, True, True, None)


def test_encode_after_a_failure() -> None:
    """A kept encoder works on after a value that it could not encode."""
    for _ in range(2):
        with pytest.raises(TypeError):
            encode([object()], to_json_type, True, True, None)
        assert encode([1], to_json_type, True, True, None) == "[1]"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime.date(2024, 2, 29), '"Thu, 29 Feb 2024 00:00:00 GMT"'),
        (
            datetime.datetime(2024, 2, 29, 1, tzinfo=datetime.UTC),
            '"Thu, 29 Feb 2024 01:00:00 GMT"',
        ),
        (decimal.Decimal("1.10"), '"1.10"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Point(1, 2), '{"x": 1, "y": 2}'),
        (Markup("<b>"), '"<b>"'),
        ({"b": 1, "a": "ä"}, '{"a": "\\u00e4", "b": 1}'),
        (pathlib.PurePosixPath("a/b"), '"a/b"'),
    ],
)
def test_dumps_types(app: App, value: Any, expected: str) -> None:
    assert app.json.dumps(value) == expected


def test_not_serializable(app: App) -> None:
    with pytest.raises(TypeError) as caught:
        app.json.dumps({1, 2})
    assert isinstance(caught.value, NotSerializableError)
    assert str(caught.value) == (
        "Object of type set is not JSON serializable.\n"
        "  Why: JSON has dict, list, str, int, float, bool and None; dates, decimals, "
        "UUIDs, paths, dataclasses, HTML, and plain values of NumPy and pandas are"
        " turned into these.\n"
        "  Fix: write sorted(value), or list(value) in place of the set, or set "
        "app.json.default to a function that does."
    )


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "way"),
    [
        (Colour.RED, "value.name, or value.value"),
        (datetime.timedelta(1), "value.total_seconds()"),
        (datetime.time(1), "value.isoformat()"),
        (b"a", "value.decode(), or base64.b64encode(value).decode()"),
        (1j, "[value.real, value.imag]"),
        (range(2), "list(value)"),
        (iter([1]), "list(value)"),
        (frozenset("a"), "sorted(value), or list(value)"),
        ({}.keys(), "sorted(value), or list(value)"),
        (collections.ChainMap({}), "dict(value)"),
        (types.SimpleNamespace(a=1), "vars(value)"),
        (Point, "value.__name__"),
    ],
)
def test_fix_is_what_to_type(app: App, value: Any, way: str) -> None:
    with pytest.raises(NotSerializableError) as caught:
        app.json.dumps({"rows": [{"n": value}]})
    name = type(value).__name__
    assert caught.value.problem == (
        f"Object of type {name} is not JSON serializable: it is at ['rows'][0]['n'] of"
        " the answer."
    )
    assert caught.value.fix == (
        f"write {way} in place of the {name}, or set app.json.default to a function"
        " that does."
    )


def test_keys_that_cannot_be_sorted(app: App) -> None:
    with pytest.raises(NotSerializableError) as caught:
        app.json.dumps({"a": [{"all": 1, 2024: {}}]})
    assert str(caught.value) == (
        "A dict with keys of types int and str is not JSON serializable: it is at"
        " ['a'][0] of the answer.\n"
        "  Why: keys are sorted, and int and str have no order.\n"
        "  Fix: return {str(key): value for key, value in answer.items()}, or set"
        " app.json.sort_keys = False"
    )


def test_bad_value_beside_a_circle_is_found(app: App) -> None:
    answer: dict[str, Any] = {"z": [{}, {}], "a": {1}}
    for one in answer["z"]:
        one["first"] = one["second"] = answer
    with pytest.raises(NotSerializableError) as caught:
        app.json.dumps(answer)
    assert caught.value.problem == (
        "Object of type set is not JSON serializable: it is at ['a'] of the answer."
    )


def test_class_of_dataclass_is_not_serializable() -> None:
    with pytest.raises(NotSerializableError):
        to_json_type(Point)


def test_ambiguous_response(app: App) -> None:
    with app.app_context(), pytest.raises(TypeError) as caught:
        jsonify(1, a=2)
    assert isinstance(caught.value, AmbiguousJsonError)
    assert str(caught.value) == (
        "app.json.response() got positional and keyword values.\n"
        "  Why: it takes either args or kwargs, not both.\n"
        "  Fix: write jsonify(value) or jsonify(name=value)."
    )


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        ((), {}, "null\n"),
        ((1,), {}, "1\n"),
        ((1, 2), {}, "[1,2]\n"),
        ((), {"a": 1}, '{"a":1}\n'),
        (([],), {}, "[]\n"),
    ],
)
def test_jsonify(app: App, args: Any, kwargs: Any, expected: str) -> None:
    with app.app_context():
        response = jsonify(*args, **kwargs)
    assert response.get_data(as_text=True) == expected
    assert response.mimetype == "application/json"


def test_response_is_indented_in_debug_mode(app: App) -> None:
    app.debug = True
    with app.app_context():
        assert jsonify(a=1).get_data(as_text=True) == '{\n  "a": 1\n}\n'
        app.json.compact = True  # type: ignore[attr-defined]  # DefaultJSONProvider's
        assert jsonify(a=1).get_data(as_text=True) == '{"a":1}\n'


def test_provider_attributes_take_effect(app: App) -> None:
    provider = app.json
    assert isinstance(provider, DefaultJSONProvider)
    provider.sort_keys = False
    provider.ensure_ascii = False
    provider.default = lambda value: "custom"
    assert provider.dumps({"b": "ä", "a": {1}}) == '{"b": "ä", "a": "custom"}'


def test_functions_use_the_application(app: App) -> None:
    class Provider(DefaultJSONProvider):
        def dumps(self, obj: Any, **kwargs: Any) -> str:
            return f"own:{super().dumps(obj, **kwargs)}"

        def loads(self, s: str | bytes, **kwargs: Any) -> Any:
            return super().loads(str(s).removeprefix("own:"), **kwargs)

    app.json = Provider(app)
    with app.app_context():
        assert json.dumps(1) == "own:1"
        file = io.StringIO()
        json.dump([1], file)
        assert file.getvalue() == "own:[1]"
        assert json.loads("own:[2]") == [2]
        assert json.load(io.StringIO("own:3")) == 3


def test_functions_work_without_an_application() -> None:
    assert json.dumps({"a": decimal.Decimal(1)}) == '{"a": "1"}'
    assert json.loads("[1]") == [1]
    file = io.StringIO()
    json.dump({"a": 1}, file)
    file.seek(0)
    assert json.load(file) == {"a": 1}


@pytest.mark.parametrize("debug", [True, False])
def test_bad_json_is_a_400(app: App, client: FlaskClient, debug: bool) -> None:
    app.debug = debug
    app.testing = False

    @app.post("/")
    def read() -> Any:
        return {"got": request.get_json()}

    response = client.post("/", data="{", content_type="application/json")
    assert response.status_code == 400
    assert (b"Expecting property name" in response.data) is debug
    assert client.post("/", json=[1]).json == {"got": [1]}
