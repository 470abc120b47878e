import tomllib
from pathlib import Path

from tests.werkbook import typed_example

ROOT = Path(__file__).parents[2]


def test_typed_example_runs() -> None:
    """The typed example is a program: it answers."""
    response = typed_example.app.test_client().get("/?a=1")
    assert response.json == {"a": "1"}


def test_typed_example_is_checked() -> None:
    """`make check` lets mypy read the typed example."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    name = Path(typed_example.__file__).relative_to(ROOT).as_posix()
    assert name in settings["tool"]["mypy"]["files"]
