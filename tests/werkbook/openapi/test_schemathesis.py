"""Schemathesis sends what the documents say, and finds no answer that they don't."""

import contextlib
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from tests.werkbook.run_cells import forget_everything

from werkbook import live
from werkbook.export.running import load_app
from werkbook.live.kit_pages import kit_pages
from werkbook.openapi.pages import answer_kit_page

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


@pytest.fixture(params=["00_tour.ipynb", "gallery/typed_api.ipynb"])
def app(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The app of a notebook, on a copy of its folder; it answers /openapi.json."""
    answer = partial(answer_kit_page, list_recorded=lambda app: ())
    monkeypatch.setattr(kit_pages, "answer", answer)
    path = tmp_path / "notebooks" / request.param
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    live.enable()
    with contextlib.chdir(path.parent):
        yield load_app(path, target="werkbook")
    forget_everything()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_answers_are_those_of_the_document(app: Any, mode: GenerationMode) -> None:
    """No server error, and no status, type or shape that the document lacks.

    Also where what is sent is not as the document says.
    """
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    found = [one.ok() for one in schema.get_all_operations()]
    assert len(found) >= 3
    for operation in found:

        @settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.validate_response(case.call())

        with contextlib.suppress(Unsatisfiable):  # nothing about it can be wrong
            ask()
