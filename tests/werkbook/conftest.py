"""The application and the client that most tests of the framework use."""

from collections.abc import Iterator

import pytest
from tests.werkbook.run_cells import Cells, forget_everything

from werkbook import App, live
from werkbook.testing import FlaskClient


@pytest.fixture
def app() -> App:
    """Return an application as outside a notebook: strict, with a secret key."""
    app = App("app_of_tests", root_path="/tmp")
    app.secret_key = "a key of the tests"
    app.testing = True
    return app


@pytest.fixture
def client(app: App) -> Iterator[FlaskClient]:
    """Return a client of that application."""
    yield app.test_client()


@pytest.fixture
def cells() -> Iterator[Cells]:
    """Return a notebook whose apps are live, with an app made by its first cell."""
    live.enable()
    cells = Cells()
    cells.ran("app", APP_CELL)
    yield cells
    forget_everything()


APP_CELL = """
from werkbook import *
from werkbook import g
from werkbook import live
app = App("app_of_cells", root_path="/tmp")
"""
