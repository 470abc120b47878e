"""The logger of an application."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

from werkzeug.local import LocalProxy

from .globals import request
from .typing import Application


def _errors_stream() -> TextIO:
    if request:
        return request.environ["wsgi.errors"]  # type: ignore[no-any-return]  # PEP 3333
    return sys.stderr


wsgi_errors_stream: TextIO = LocalProxy(_errors_stream)  # type: ignore[assignment]  # a proxy of one
"""Where errors go: the `wsgi.errors` of the current request, else `sys.stderr`.

In a dict or file configuration: `ext://werkbook.logging.wsgi_errors_stream`.
"""


def has_level_handler(logger: logging.Logger) -> bool:
    """Say whether some handler in the logger's chain takes its effective level."""
    level = logger.getEffectiveLevel()
    current: logging.Logger | None = logger
    while current is not None:
        if any(handler.level <= level for handler in current.handlers):
            return True
        current = current.parent if current.propagate else None
    return False


default_handler = logging.StreamHandler(wsgi_errors_stream)
"""Writes `[time] LEVEL in module: message` to `wsgi_errors_stream`."""
default_handler.setFormatter(
    logging.Formatter("[%(asctime)s] %(levelname)s in %(module)s: %(message)s")
)


def create_logger(app: Application) -> logging.Logger:
    """Return the logger named as the application, ready for use.

    In debug mode a logger without a level gets DEBUG. Where no handler takes the
    logger's level, `default_handler` is added.
    """
    logger = logging.getLogger(app.name)
    if app.debug and not logger.level:
        logger.setLevel(logging.DEBUG)
    if not has_level_handler(logger):
        logger.addHandler(default_handler)
    return logger
