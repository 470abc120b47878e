"""Values of NumPy and pandas as JSON."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy
import pandas
import pytest

from werkbook import App
from werkbook.json.provider import NotSerializableError

DAY = "2024-02-29"
HTTP_DAY = "Thu, 29 Feb 2024 00:00:00 GMT"


@pytest.fixture
def app() -> App:
    return App("tabular")


PLAIN: list[tuple[Any, Any]] = [
    (numpy.int64(3), 3),
    (numpy.uint8(3), 3),
    (numpy.float32(0.5), 0.5),
    (numpy.bool_(True), True),
    (numpy.str_("a"), "a"),
    (numpy.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    (numpy.array(7), 7),
    (numpy.datetime64(DAY, "ns"), HTTP_DAY),
    (numpy.array([DAY], "datetime64[ns]"), [HTTP_DAY]),
    (pandas.Series([1, 2], index=["a", "b"]), [1, 2]),
    (pandas.Series([1.5, None]), [1.5, None]),
    (pandas.Series([1, None], dtype="Int64"), [1, None]),
    (pandas.Series(pandas.to_datetime([DAY, None])), [HTTP_DAY, None]),
    (pandas.Index(["a", "b"]), ["a", "b"]),
    (pandas.Categorical(["a", "b"]), ["a", "b"]),
    (pandas.Timestamp(DAY), HTTP_DAY),
    (pandas.NaT, None),
    (pandas.NA, None),
    (
        pandas.DataFrame({"n": [1, 2], "x": [0.5, None], "s": ["a", None]}),
        [{"n": 1, "x": 0.5, "s": "a"}, {"n": 2, "x": None, "s": None}],
    ),
    (pandas.DataFrame([[1, 2]]), [{"0": 1, "1": 2}]),
    (pandas.DataFrame({"n": []}), []),
]


@pytest.mark.parametrize("number", range(len(PLAIN)))
def test_json_of(app: App, number: int) -> None:
    value, expected = PLAIN[number]
    text = app.json.dumps({"value": value})
    assert json.loads(text, parse_constant=pytest.fail) == {"value": expected}


UNPLAIN: dict[str, tuple[Any, str]] = {
    "timedelta64": (numpy.timedelta64(1, "s"), 'value / numpy.timedelta64(1, "s")'),
    "complex128": (numpy.complex128(1j), "[value.real, value.imag]"),
    "ndarray": (numpy.zeros(1, [("a", int)]), "value.tolist()"),
    "Period": (pandas.Period(DAY, "D"), "str(value)"),
}


@pytest.mark.parametrize("name", UNPLAIN)
def test_what_is_not_plain_is_an_error(app: App, name: str) -> None:
    value, way = UNPLAIN[name]
    with pytest.raises(TypeError) as caught:
        app.json.dumps([value])
    assert str(caught.value) == (
        f"Object of type {name} is not JSON serializable: it is at [0] of the answer.\n"
        "  Why: JSON has dict, list, str, int, float, bool and None; dates, decimals, "
        "UUIDs, paths, dataclasses, HTML, and plain values of NumPy and pandas are"
        " turned into these.\n"
        f"  Fix: write {way} in place of the {name}, or set "
        "app.json.default to a function that does."
    )


@pytest.mark.parametrize("columns", [["a", "a"], ["1", 1], [("a", "b"), ("a", "c")]])
def test_frame_whose_columns_share_a_name_says_how(
    app: App, columns: list[Any]
) -> None:
    frame = pandas.DataFrame([[1, 2]], columns=pandas.Index(columns))
    with pytest.raises(TypeError) as caught:
        app.json.dumps(frame)
    assert str(caught.value) == (
        "Object of type DataFrame is not JSON serializable.\n"
        "  Why: JSON has dict, list, str, int, float, bool and None; dates, decimals, "
        "UUIDs, paths, dataclasses, HTML, and plain values of NumPy and pandas are"
        " turned into these.\n"
        "  Fix: give each column a name of its own, one text for each, or return "
        'frame.to_dict("tight").'
    )


def test_the_key_of_a_bad_value_is_named(app: App) -> None:
    value = {"rows": [{"n": numpy.int64(1)}, {"n": {1}}]}
    with pytest.raises(TypeError) as caught:
        app.json.dumps(value)
    assert str(caught.value).split("\n")[0] == (
        "Object of type set is not JSON serializable: it is at ['rows'][1]['n'] of the"
        " answer."
    )


def test_key_of_numpy_says_how(app: App) -> None:
    with pytest.raises(TypeError) as caught:
        app.json.dumps({numpy.int64(1): 2})
    assert str(caught.value) == (
        "A dict with a key of type numpy.int64 is not JSON serializable.\n"
        "  Why: keys must be str, int, float, bool or None.\n"
        "  Fix: return {str(key): value for key, value in answer.items()}"
    )


@dataclass
class Point:
    x: int


ROWS = [
    (pandas.DataFrame({"n": [1]}), [{"n": 1}]),
    (pandas.Series([1.5, None]), [1.5, None]),
    (numpy.eye(2, dtype=int), [[1, 0], [0, 1]]),
    (pandas.Index(["a"]), ["a"]),
    (Point(3), {"x": 3}),
]


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_view_may_return_what_is_a_list_or_dict_in_json(app: App, number: int) -> None:
    """It is answered as the list or dict would be, with a status too."""
    value, expected = ROWS[number]
    app.add_url_rule("/", "alone", lambda: value)
    app.add_url_rule("/created", "created", lambda: (value, 201, {"X-A": "b"}))
    answers = [app.test_client().get(url) for url in ("/", "/created")]
    assert [answer.json for answer in answers] == [expected, expected]
    assert [answer.status_code for answer in answers] == [200, 201]
    assert answers[1].headers["X-A"] == "b"


NUMBERS = [numpy.int64(3), numpy.float64(0.5), numpy.array(3), pandas.NA]


@pytest.mark.parametrize("number", range(len(NUMBERS)))
def test_view_that_returns_one_number_is_told_what_to_write(
    app: App, number: int
) -> None:
    """As for an `int`, nothing says whether text or JSON is meant."""
    app.add_url_rule("/", "index", lambda: NUMBERS[number])
    app.testing = True
    with pytest.raises(TypeError, match=r"Fix: return jsonify\(value\)"):
        app.test_client().get("/")


def test_frame_returned_with_columns_of_one_name_says_how(app: App) -> None:
    """The error is that of jsonify, with the place of the view."""
    frame = pandas.DataFrame([[1, 2]], columns=pandas.Index(["a", "a"]))
    app.add_url_rule("/", "index", lambda: frame)
    app.testing = True
    with pytest.raises(NotSerializableError, match="give each column a name") as caught:
        app.test_client().get("/")
    assert caught.value.view_place is not None


def test_neither_library_is_imported_by_the_framework() -> None:
    code = (
        "import sys, werkbook, decimal\n"
        "app = werkbook.App('x')\n"
        "app.json.dumps([decimal.Decimal(1)])\n"
        "print({'numpy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
