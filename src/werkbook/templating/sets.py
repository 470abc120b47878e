"""Sets of compiled templates.

A set is made anew when something changes that a compiled template could hold: a filter
(Jinja2 folds constants), a test, a global, a template, an environment's setting. A
request keeps the set it began with.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment as BaseEnvironment
from jinja2 import Template, TemplateNotFound, nodes
from jinja2.environment import copy_cache
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from ..errors import WerkbookError, close_matches, quoted_list
from ..live.notebook_cells import notebook
from ..registrations.ledger import ledger
from ..typing import Application
from .environment import Environment, renew_environment
from .loaders import CellLoader

SOURCES_KEPT = 400
"""How many compiled sources of `render_template_string` a set keeps."""


class MissingTemplateError(WerkbookError, TemplateNotFound):
    """No template has the name; the ones that exist are listed."""

    def __init__(self, name: str, problem: str, *, why: str, fix: str) -> None:
        WerkbookError.__init__(self, problem, why=why, fix=fix)
        self.name, self.templates, self.message = name, [name], problem

    def __reduce__(self) -> tuple[object, ...]:
        return (_missing, (self.name, self.problem, self.why, self.fix))


def _missing(name: str, problem: str, why: str, fix: str) -> MissingTemplateError:
    return MissingTemplateError(name, problem, why=why, fix=fix)


class TemplateSet:
    """The templates of a snapshot, compiled as they are asked for.

    Args:
        app: The application.
    """

    def __init__(self, app: Application) -> None:
        self.app = app
        main = app.jinja_env
        if ledger.is_live and isinstance(main, Environment):
            renew_environment(app, main)
        environment = self.environment = main.overlay()
        environment.__dict__.pop("_attributes", None)
        environment.filters = dict(main.filters)
        environment.tests = dict(main.tests)
        environment.globals = dict(main.globals)
        environment.policies = dict(main.policies)
        if ledger.is_live:
            cells = dict(notebook.templates)
            environment.loader = CellLoader(cells, main.loader)
            environment.auto_reload = True
            environment.autoescape = _escaping_cells(main.autoescape, cells)
        environment.cache = copy_cache(main.cache)
        self._by_name: dict[str, Template] = {}
        self._by_source: dict[str, Template] = {}

    def named(self, name: Any) -> Template:
        """Return a template by name, or the first that exists of several.

        Raises:
            MissingTemplateError: There is none of that name.
            TemplateSyntaxError: It does not parse.
        """
        if type(name) is str:
            kept = self._by_name.get(name)
            if kept is not None and (
                not self.environment.auto_reload or kept.is_up_to_date
            ):
                return kept
        try:
            template: Template = self.environment.get_or_select_template(name)
        except TemplateNotFound as error:
            raise self._not_found(error) from error.__cause__
        if type(name) is str and self.environment.cache is not None:
            self._by_name[name] = self._flat(template)
        return template

    def compile_source(self, source: str) -> Template:
        """Return the template of a source, compiled once.

        Raises:
            TemplateSyntaxError: It does not parse.
        """
        template = self._by_source.get(source)
        if template is None:
            template = self._flat(self.environment.from_string(source))
            if len(self._by_source) >= SOURCES_KEPT:
                self._by_source.clear()
            if not _folds_own_filters(self.environment, source):
                self._by_source[source] = template
        return template

    def _flat(self, template: Template) -> Template:
        # A ChainMap, as Jinja2 makes it, is slow to read for each rendering.
        template.globals = dict(template.globals)
        return template

    def _not_found(self, error: TemplateNotFound) -> TemplateNotFound:
        wanted = str(error.name or error)
        loader = self.environment.loader
        try:
            names = loader.list_templates() if loader is not None else []
        except (TypeError, OSError):
            names = []
        if type(error) is not TemplateNotFound:
            return error
        close = close_matches(wanted, names)
        return MissingTemplateError(
            wanted,
            f"Template {wanted!r} does not exist.",
            why=f"the templates are: {quoted_list(names)}.",
            fix=f"write {close[0]!r}." if close else self.app.template_hint(wanted),
        )


def _folds_own_filters(environment: BaseEnvironment, source: str) -> bool:
    """Tell whether compiling a source calls a filter or test that is not Jinja2's.

    `{{ 1234.5|numberformat }}` is computed when it is compiled, and may differ by
    request: by its locale, for example. Flask compiles a source for each rendering.
    """
    for node in environment.parse(source).find_all((nodes.Filter, nodes.Test)):
        own, builtin = (
            (environment.filters, FILTERS)
            if isinstance(node, nodes.Filter)
            else (environment.tests, TESTS)
        )
        is_own = own.get(node.name) is not builtin.get(node.name)
        if is_own and node.node is not None and node.find(nodes.Name) is None:
            return True
    return False


def _escaping_cells(autoescape: Any, cells: dict[str, str]) -> Any:
    """Escape in template cells whose name has no suffix, as well."""

    def escapes(name: str | None) -> bool:
        if name in cells and "." not in name:
            return True
        return bool(autoescape(name) if callable(autoescape) else autoescape)

    return escapes
