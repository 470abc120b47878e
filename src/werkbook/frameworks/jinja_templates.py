"""Starlette's templates: those of cells come first, filters and globals are owned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, TemplateNotFound
from jinja2 import Environment as BaseEnvironment

from ..live.notebook_cells import notebook
from ..registrations.dicts import OwnedDict
from .kept import HOME, Kept, KeptList
from .live_classes import Holder, Names, hold_class

Source = tuple[str, str | None, Callable[[], bool] | None]
KINDS = {
    "filters": "template_filter",
    "tests": "template_test",
    "globals": "template_global",
}


def hold_templates(module: Any) -> list[type]:
    """Hold the template objects of `starlette.templating`."""
    return [hold_class(module.Jinja2Templates, Holder("Templates", _names, base=None))]


def _names(cls: type) -> Names:
    return {
        "env": _KeptEnvironment("template", None),
        "context_processors": KeptList("context_processor"),
        "_werkbook_renew": _forget_compiled,
    }


class CellTemplates(BaseLoader):
    """Looks for a template in the notebook's cells."""

    def get_source(self, environment: BaseEnvironment, template: str) -> Source:
        """Return a template's source, and what tells whether it is still that."""
        cells = notebook.cells("templates")
        if template not in cells:
            raise TemplateNotFound(template)
        source = cells[template]

        def is_fresh() -> bool:
            return notebook.cells("templates").get(template) is source

        return str(source), getattr(source, "filename", None), is_fresh

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        return sorted(notebook.cells("templates"))


class _FilesAfterCells(BaseLoader):
    """Hands on to what an environment had, as long as no cell has the template."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(self, environment: BaseEnvironment, template: str) -> Source:
        source, filename, is_fresh = self._loader.get_source(environment, template)

        def is_still_fresh() -> bool:
            is_own = template in notebook.cells("templates")
            return not is_own and (is_fresh is None or is_fresh())

        return source, filename, is_still_fresh

    def list_templates(self) -> list[str]:
        return self._loader.list_templates()


class _KeptEnvironment(Kept):
    """The attribute `env`: its dicts are registrations, cells come before files."""

    def __set__(self, target: Any, value: Any) -> None:
        held = target.__dict__.get(self.name)
        target.__dict__[self.name] = value
        for name, kind in KINDS.items():
            given = getattr(value, name)
            if held is None:
                owned = OwnedDict(kind, target.__dict__[HOME], given)
            else:
                owned = getattr(held, name)
                owned.update({key: given[key] for key in given if key not in owned})
            setattr(value, name, owned)
        loaders: list[BaseLoader] = [CellTemplates()]
        if value.loader is not None:
            loaders.append(_FilesAfterCells(value.loader))
        value.loader = ChoiceLoader(loaders)

    def adopt(self, target: Any) -> None:
        """Hold the environment that there is."""
        self.__set__(target, target.__dict__.pop(self.name))


def _forget_compiled(templates: Any, kind: str) -> None:
    """Let templates be compiled anew: a filter may have been called already."""
    env = templates.__dict__.get("env")
    if env is not None and env.cache is not None:
        env.cache.clear()
