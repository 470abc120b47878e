"""The logger of an application."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

from werkzeug.local import LocalProxy

from .globals import request
from .registrations.attributes import OwnedAttributes
from .registrations.ledger import ledger, outside_run
from .registrations.lists import OwnedList
from .registrations.registration import NoHome
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
    if ledger.is_live:
        _make_live(logger)
    with outside_run():  # the app itself does this, whichever cell asks first
        if app.debug and not logger.level:
            logger.setLevel(logging.DEBUG)
        if not has_level_handler(logger):
            logger.addHandler(default_handler)
    return logger


class _LoggersHome(NoHome):
    """The home of what one logger is told."""

    def touch(self, kind: str) -> None:
        """Let no logger go by a level that it has worked out before."""
        logging.disable(logging.root.manager.disable)  # which forgets those


class LiveLogger(OwnedAttributes, logging.Logger):
    """A logger whose handlers, filters and level are those that cells say now."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("level", "propagate", "disabled"):
            super().__setattr__(name, value)
        elif name in ("handlers", "filters") and value is not getattr(self, name):
            getattr(self, name)[:] = value
        else:  # what `logging` itself keeps: parents, for example
            object.__setattr__(self, name, value)


LiveLogger.__name__ = LiveLogger.__qualname__ = "Logger"  # which reprs show


def _make_live(logger: logging.Logger) -> None:
    if type(logger) is not logging.Logger:  # live already, or a class of somebody's
        return
    held, home = logger.__dict__, _LoggersHome()
    with ledger.lock:
        held["_werkbook_home"] = home
        held["handlers"] = OwnedList("log handler", home, logger.handlers)
        held["filters"] = OwnedList("log filter", home, logger.filters)
        logger.__class__ = LiveLogger
        logger.own_attributes(home, "logger attribute")  # type: ignore[attr-defined]  # now it has them
