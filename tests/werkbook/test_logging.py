"""The logger of an application."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest

from werkbook import App
from werkbook.logging import (
    create_logger,
    default_handler,
    has_level_handler,
    wsgi_errors_stream,
)
from werkbook.testing import FlaskClient


@pytest.fixture(autouse=True)
def root(app: App) -> Iterator[logging.Logger]:
    """Put a root of the test's own above the application's logger."""
    own = logging.getLogger(app.name)
    parent, own.parent = own.parent, logging.RootLogger(logging.WARNING)
    own.handlers, own.level, own.propagate = [], logging.NOTSET, True
    yield own.parent
    own.handlers, own.parent = [], parent
    own.setLevel(logging.NOTSET)


def test_logger_has_the_applications_name(app: App) -> None:
    assert app.logger.name == app.name
    assert app.logger.handlers == [default_handler]


def test_debug_mode_sets_the_level(app: App) -> None:
    app.debug = True
    assert create_logger(app).level == logging.DEBUG


def test_level_that_was_set_stays(app: App) -> None:
    logging.getLogger(app.name).setLevel(logging.ERROR)
    app.debug = True
    assert create_logger(app).level == logging.ERROR


def test_existing_handler_is_enough(app: App, root: logging.Logger) -> None:
    root.addHandler(logging.NullHandler())
    assert create_logger(app).handlers == []


def test_has_level_handler(app: App, root: logging.Logger) -> None:
    logger = logging.getLogger(app.name)
    assert not has_level_handler(logger)
    handler = logging.StreamHandler()
    root.addHandler(handler)
    assert has_level_handler(logger)
    logger.propagate = False
    assert not has_level_handler(logger)
    logger.propagate = True
    handler.setLevel(logging.ERROR)
    assert not has_level_handler(logger)


def test_stream_is_the_requests(app: App) -> None:
    assert wsgi_errors_stream == sys.stderr
    stream = io.StringIO()
    with app.test_request_context(errors_stream=stream):
        assert wsgi_errors_stream == stream
        app.logger.error("text")
    line = stream.getvalue()
    assert line.endswith("] ERROR in test_logging: text\n")


def test_exception_is_logged(app: App, client: FlaskClient) -> None:
    app.testing = False

    @app.get("/")
    def index() -> str:
        raise ValueError("the reason")

    stream = io.StringIO()
    assert client.get("/", errors_stream=stream).status_code == 500
    assert "Exception on / [GET]" in stream.getvalue()
    assert "ValueError: the reason" in stream.getvalue()


@pytest.mark.parametrize("nothing", [None, (None, None, None)])
def test_exception_may_be_logged_where_none_is_handled(
    app: App, root: logging.Logger, caplog: pytest.LogCaptureFixture, nothing: object
) -> None:
    """As extensions do that make a response of an error they were given."""
    root.addHandler(caplog.handler)
    with app.test_request_context("/x"):
        app.log_exception(nothing)
    assert caplog.messages == ["Exception on /x [GET]"]
