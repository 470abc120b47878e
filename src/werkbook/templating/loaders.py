"""Where templates come from: the notebook's cells, the app, its blueprints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import BaseLoader, TemplateNotFound
from jinja2 import Environment as BaseEnvironment

from ..debughelpers import explain_template_loading_attempts
from ..live.notebook_cells import notebook
from ..typing import Application

Source = tuple[str, str | None, Callable[[], bool] | None]
"""A template's text, its file and what tells whether it is up to date."""


class DispatchingJinjaLoader(BaseLoader):
    """Looks for a template in the notebook, the app and its blueprints, in this order.

    Args:
        app: The application.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    def get_source(self, environment: BaseEnvironment, template: str) -> Source:
        """Return a template's source, file name and freshness check.

        Raises:
            TemplateNotFound: Nobody has it.
        """
        cells = notebook.cells("templates")
        if template in cells:
            return _from_cell(cells, template)
        if self.app.config["EXPLAIN_TEMPLATE_LOADING"]:
            return self._explained(environment, template)
        for _, loader in self._loaders():
            try:
                return loader.get_source(environment, template)
            except TemplateNotFound:
                continue
        raise TemplateNotFound(template)

    def _explained(self, environment: BaseEnvironment, template: str) -> Source:
        attempts: list[Any] = []
        found: Source | None = None
        for owner, loader in self._loaders():
            try:
                source: Source | None = loader.get_source(environment, template)
            except TemplateNotFound:
                source = None
            attempts.append((loader, owner, source))
            found = found or source
        explain_template_loading_attempts(self.app, template, attempts)
        if found is None:
            raise TemplateNotFound(template)
        return found

    def _loaders(self) -> Iterator[tuple[Any, BaseLoader]]:
        for owner in (self.app, *self.app.iter_blueprints()):
            loader = owner.jinja_loader
            if loader is not None:
                yield owner, loader

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        names = set(notebook.cells("templates"))
        for _, loader in self._loaders():
            names.update(loader.list_templates())
        return sorted(names)


class CellLoader(BaseLoader):
    """Looks for a template in cells as they were, then where the app looks.

    Args:
        cells: Name to source.
        loader: What loads the app's other templates.
    """

    def __init__(self, cells: dict[str, str], loader: BaseLoader | None) -> None:
        self.cells = cells
        self.loader = loader

    def get_source(self, environment: BaseEnvironment, template: str) -> Source:
        """Return a template's source, file name and freshness check.

        Raises:
            TemplateNotFound: Nobody has it.
        """
        if template in self.cells:
            return _from_cell(self.cells, template)
        if self.loader is None:
            raise TemplateNotFound(template)
        return self.loader.get_source(environment, template)

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        others = self.loader.list_templates() if self.loader is not None else []
        return sorted({*self.cells, *others})


def _from_cell(cells: dict[str, str], name: str) -> Source:
    source = cells[name]
    filename = getattr(source, "filename", None)
    return source, filename, lambda: cells.get(name) is source
