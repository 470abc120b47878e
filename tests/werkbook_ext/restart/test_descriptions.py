"""What is taken for the same function, whatever compiled it."""

from types import FunctionType
from typing import Any
from unittest.mock import MagicMock

import pytest

from werkbook_ext.restart.descriptions import fingerprint

BODY = """
def view(name, *, most=3):
    if name is None or json.loads(name):
        for one in time.localtime():
            json.dumps([one for one in name if one], indent=most)
    try:
        with open(name) as file:
            return file.read()
    except OSError:
        return lambda: time.time()
"""


def made(source: str, name: str = "view") -> Any:
    space: dict[str, Any] = {}
    exec(compile(source, "cell", "exec"), space)
    assert isinstance(space[name], FunctionType)
    return space[name]


def test_function_is_the_same_wherever_its_imports_stand() -> None:
    """Python compiles calls of a module's functions otherwise in the importing file."""
    apart, together = made(BODY), made(f"import json, time\n{BODY}")
    assert apart.__code__.co_code != together.__code__.co_code
    assert fingerprint(apart) == fingerprint(together)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("most=3", "most=4"),
        ("name is None", "name is not None"),
        ("json.loads", "json.dumps"),
        ("if one]", "if not one]"),
        ("time.time()", "time.sleep()"),
        ("indent=most", "sort_keys=most"),
        ("except OSError", "except ValueError"),
        ("*, most", "most"),
        ("            return file.read()", "            pass\n        return 3"),
    ],
)
def test_function_that_does_something_else_is_another(old: str, new: str) -> None:
    assert old in BODY
    assert fingerprint(made(BODY)) != fingerprint(made(BODY.replace(old, new)))


def test_function_that_ran_is_the_same() -> None:
    """Python specialises what runs often; it is no other function for that."""
    source = "def view(n):\n    return sum(i * n for i in range(n)) + len(str(n))"
    fresh, used = made(source), made(source)
    for number in range(100):
        used(number)
    assert fingerprint(used) == fingerprint(fresh)


def test_mock_has_a_fingerprint() -> None:
    """A mock in the place of a view function has a `view_class` that has one too."""
    assert fingerprint(MagicMock(name="login")) == fingerprint(MagicMock(name="login"))
