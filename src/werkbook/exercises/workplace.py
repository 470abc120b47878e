"""What a check is asked of: the app, the notebook's names, folder and cells."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from jinja2 import DictLoader, Environment, TemplateNotFound

from werkbook import serving
from werkbook.live.notebook_cells import notebook
from werkbook.serving.applications import is_asgi

from .check_answers import Answer, Mishap
from .exercise import Check
from .time_limit import HangsError, limited
from .visitor import Record, describe_mishap
from .words import say

Rules = tuple[tuple[str, tuple[str, ...]], ...]
MAX_ROWS = 1000
MAX_KEPT_ITEMS = 100_000
_ENVIRONMENTS = ("jinja_env", "env")
_PLAIN = (str, bytes, int, float, complex, bool, type(None))


Opening = Callable[[Any, float], AbstractContextManager[Record]]


@contextmanager
def open_wsgi_app(app: Any, timeout_s: float) -> Iterator[Record]:
    """Call an app of WSGI as it is: it has no beginning and no end."""
    yield serving.recorded


@dataclass(frozen=True)
class Workplace:
    """Where a student works.

    Attributes:
        app: The app; None while there is none.
        names: The notebook's names.
        folder: The notebook's folder.
        code: The sources of the cells that ran, in order; of a cell the last one.
        failed: What cells said that failed: the error's name and its text.
        opening: Opens the app for some visitors, and ends what that began (an ASGI
            app's lifespan). It gets the app, and the seconds that its start may take.
        told_rules: The rules and methods of an app that has no URL map.
    """

    app: Any
    names: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    code: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    opening: Opening = open_wsgi_app
    told_rules: Rules = ()

    @property
    def rules(self) -> Rules:
        """The rules and methods of the app, as far as it tells of them."""
        url_map = getattr(self.app, "url_map", None)
        if url_map is None:
            return self.told_rules
        return tuple(
            (rule.rule, tuple(sorted(rule.methods or ())))
            for rule in url_map.iter_rules()
            if str(rule.endpoint).rpartition(".")[2] != "static"
        )


def ask_otherwise(place: Workplace, check: Check, timeout_s: float) -> Answer:
    """Ask what is no request: a template, the database, the rules."""
    began_s = perf_counter()
    try:
        answer = limited(lambda: _ASK[check.kind](place, check), timeout_s)
    except HangsError:
        answer = Answer(hangs=True)
    except Exception as error:
        mishap = describe_mishap(error)
        answer = Answer(mishap=mishap, problem=_raised(check, error, mishap))
    return Answer(**{**answer.__dict__, "duration_s": perf_counter() - began_s})


def _raised(check: Check, error: Exception, mishap: Mishap) -> str:
    kind, message = mishap.kind, mishap.message
    if check.kind == "template" and kind == "TemplateNotFound":
        missing = getattr(error, "name", None) or check.subject
        return say("There is no template {name}.", name=missing)
    return f"{kind}: {message.rstrip('.')}."


def _ask_template(place: Workplace, check: Check) -> Answer:
    app: Any = place.app
    if is_asgi(app):
        text = _render_alone(place, check)
    else:
        with app.test_request_context("/"):
            values = dict(check.values)
            app.update_template_context(values)
            text = app.jinja_env.get_template(check.subject).render(values)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Answer(headers=headers, body=text.encode("utf-8", "replace"))


def _render_alone(place: Workplace, check: Check) -> str:
    """Render a template of an app that has no context to push, from where it is.

    That is the app's own environment, one of the notebook's (`Jinja2Templates` has
    one), or the cell of the template.

    Raises:
        TemplateNotFound: It is in none of them.
    """
    found = [place.app, *place.names.values()]
    kept = [getattr(one, name, None) for one in found for name in _ENVIRONMENTS]
    cells = {name: str(one) for name, one in notebook.cells("templates").items()}
    alone = Environment(loader=DictLoader(cells), autoescape=True)
    values = {**_request_of(place.app), **dict(check.values)}
    for one in (*kept, *found):
        if isinstance(one, Environment):
            with suppress(TemplateNotFound):
                return one.get_template(check.subject).render(values)
    return alone.get_template(check.subject).render(values)


def _request_of(app: Any) -> dict[str, Any]:
    """Return a request as templates of Starlette's want one, where there are some."""
    starlette: Any = sys.modules.get("starlette.requests")
    router = getattr(app, "router", None)
    if starlette is None or router is None:
        return {}
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
    place = {"scheme": "http", "server": ("localhost", 80), "root_path": ""}
    whole = {**scope, **place, "headers": [], "app": app, "router": router}
    return {"request": starlette.Request(whole)}


def _ask_rules(place: Workplace, check: Check) -> Answer:
    return Answer(rules=place.rules)


def _ask_database(place: Workplace, check: Check) -> Answer:
    path = _database(place, check.subject)
    if not path.is_file():
        return Answer(problem=say("There is no database {name}.", name=check.subject))
    address = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        rows = connection.execute(check.statement).fetchmany(MAX_ROWS)
    return Answer(rows=tuple(tuple(row) for row in rows))


def _database(place: Workplace, name: str) -> Path:
    """Find a database: by a key of the config, a name of the notebook, or as a file."""
    config = getattr(place.app, "config", None) or {}
    found = config.get(name) if isinstance(config, Mapping) else None
    found = found or place.names.get(name) or name
    text = str(found).removeprefix("sqlite:///")
    return place.folder / text


_ASK: dict[str, Callable[[Workplace, Check], Answer]] = {
    "template": _ask_template,
    "database": _ask_database,
    "rules": _ask_rules,
}


@contextmanager
def without_traces(names: Mapping[str, Any]) -> Iterator[None]:
    """Give the notebook's plain data back as it was: lists, dicts, sets, numbers.

    What checks send would otherwise stand in the student's lists, once more after each
    cell. What is written to files and databases, and into objects of classes, stays.

    Args:
        names: The notebook's names; a dict when numbers and texts are to be given back.
    """
    kept = {name: (value, _copy(value)) for name, value in _plain_data(names)}
    try:
        yield
    finally:
        for name, (value, copy) in kept.items():
            _give_back(names, name, value, copy)


def _plain_data(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in list(names.items()):
        if not name.startswith("_") and _is_plain(value, [MAX_KEPT_ITEMS]):
            yield name, value


def _is_plain(value: Any, left: list[int]) -> bool:
    """Tell whether a value is made of builtin containers and constants alone."""
    left[0] -= 1
    if left[0] < 0:
        return False
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind in (list, tuple, set, frozenset):
        return all(_is_plain(item, left) for item in list(value))
    if kind is dict:
        return all(
            _is_plain(key, left) and _is_plain(item, left)
            for key, item in list(value.items())
        )
    return False


def _copy(value: Any) -> Any:
    return value if type(value) in _PLAIN else deepcopy(value)


def _give_back(names: Mapping[str, Any], name: str, value: Any, copy: Any) -> None:
    if isinstance(value, list) and value != copy:
        value[:] = copy
    elif isinstance(value, (dict, set)) and value != copy:
        value.clear()
        value.update(copy)
    if names.get(name) is not value and isinstance(names, dict):
        names[name] = value
