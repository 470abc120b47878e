"""What the cells of a random notebook say to an app of another framework.

Each framework has a module here, which the notebook's cells import: with `make_app`,
what makes a view, a handler, ... of a text, `observe`, which shows all of an app that
can be seen, and `VOCABULARY`, the lines of cells. `observed` and `law_model` are the
same for Werkbook's own apps.
"""

import re
from collections.abc import Iterable, Mapping
from contextvars import Context
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hypothesis import strategies as st
from tests.werkbook_ext.law_model import METHODS, TEXTS, Statement
from tests.werkbook_ext.observed import flat

_VARIABLE_NAME = re.compile(r"[{<](\w+)")


@dataclass(frozen=True)
class Vocabulary:
    """The lines of the cells of one framework's notebooks.

    Attributes:
        module: The module whose names the cells use.
        routers: The lines of the cell of a router, `prefix` being what varies.
        route: A line that adds a route of a `path`, `text` and `methods`, which come
            last in it.
        paths: The paths of such routes.
        keyed: Lines with a text, which take each other's place.
        ordered: Lines with a text that all hold, the earlier cell's first.
        included: The line that one cell may say, so that the router's routes answer.
    """

    module: str
    routers: tuple[str, ...]
    route: str
    paths: tuple[str, ...]
    keyed: Mapping[str, str]
    ordered: Mapping[str, str]
    included: str

    @property
    def name(self) -> str:
        """What the framework is called here."""
        return self.module.rpartition(".")[2].removesuffix("_words")

    @property
    def app(self) -> str:
        """What the app's cell says."""
        return f"from {self.module} import *\napp = make_app()"

    @property
    def heads(self) -> tuple[str, ...]:
        """What the cells of the app and its router say."""
        return ("app = make_app()", *self.routers)

    @property
    def observed(self) -> str:
        """An expression for what compares an app with its lines."""
        here = f"__import__({__name__!r}, fromlist=['x'])"
        return f"{here}.Comparison({self.module!r})"


def shape(path: str) -> str:
    """Two paths that differ in their variables' names alone are one."""
    return _VARIABLE_NAME.sub("{", path)


@st.composite
def draw_statements(
    draw: st.DrawFn, words: Vocabulary, cell: str
) -> tuple[Statement, ...]:
    """The registrations of a cell; it contradicts others, but not itself."""
    made: list[Statement] = []
    paths = st.lists(st.sampled_from(words.paths), unique_by=shape, max_size=3)
    for path in draw(paths):
        methods = draw(st.sampled_from(METHODS))
        keys = frozenset((shape(path), method) for method in methods)
        text = f"{path}-{draw(TEXTS)}"
        line = words.route.format(path=path, text=text, methods=[*methods])
        made.append(Statement(line, keys))
    kinds = sorted([*words.keyed, *words.ordered])
    for name in draw(st.lists(st.sampled_from(kinds), unique=True, max_size=4)):
        line = (words.keyed.get(name) or words.ordered[name]).format(t=draw(TEXTS))
        made.append(Statement(line, frozenset({name} if name in words.keyed else ())))
    if cell == "c2" and draw(st.booleans()):
        at = draw(st.integers(0, len(made)))
        made.insert(at, Statement(words.included))
    return tuple(made)


class Comparison:
    """Compares live apps of a framework with those that some lines make.

    Args:
        module: The framework's module here.
    """

    def __init__(self, module: str) -> None:
        self._module: Any = import_module(module)

    def compare(self, app: Any, lines: Iterable[str]) -> dict[str, list[Any]]:
        """Return what differs between the live app and one that is made of `lines`."""
        fresh = self._make_fresh(lines)
        parts = [flat(self._module.observe(one)) for one in (app, fresh)]
        return {
            key: [part.get(key) for part in parts]
            for key in sorted(parts[0].keys() | parts[1].keys())
            if parts[0].get(key) != parts[1].get(key)
        }

    def _make_fresh(self, lines: Iterable[str]) -> Any:
        """Make an app of some statements outside any cell."""
        names = dict(vars(self._module))
        Context().run(exec, "\n".join(lines), names)
        return names["app"]
