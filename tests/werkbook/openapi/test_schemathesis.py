"""Schemathesis sends what the documents say, and finds no answer that they don't."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from werkbook.export.running import load_app
from werkbook.openapi import make_document

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


@pytest.fixture(params=["00_tour.ipynb", "gallery/typed_api.ipynb"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """The app of a notebook, on a copy of its folder."""
    path = tmp_path / "notebooks" / request.param
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    with contextlib.chdir(path.parent):
        yield load_app(path, target="werkbook")


def test_answers_are_those_of_the_document(app: Any) -> None:
    """No server error, and no status, type or shape that the document lacks."""
    schema = schemathesis.openapi.from_dict(make_document(app))
    schema.app = app
    found = [one.ok() for one in schema.get_all_operations()]
    assert len(found) >= 3
    for operation in found:

        @settings(max_examples=8, deadline=None, suppress_health_check=[*HealthCheck])
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.validate_response(case.call())

        ask()
