"""The application and the client that most tests of the framework use."""

from collections.abc import Iterator

import pytest

from werkbook import App
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
