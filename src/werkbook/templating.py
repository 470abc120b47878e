"""Jinja2: the app's environment, where templates come from, and rendering.

Compiled templates belong to a `TemplateSet`. A set is made anew when something changes
that a compiled template could hold: a filter (Jinja2 folds constants), a test, a
global, a template, an environment's setting. A request keeps the set it began with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, Template, TemplateNotFound, nodes
from jinja2 import Environment as BaseEnvironment
from jinja2.environment import copy_cache
from jinja2.filters import FILTERS
from jinja2.nodes import Node
from jinja2.tests import TESTS
from jinja2.utils import concat

from .debughelpers import explain_template_loading_attempts
from .errors import WerkbookError, close_matches, quoted_list
from .globals import current_context, outside_app, request
from .helpers.streaming import stream_with_context
from .live.notebook import notebook
from .registrations.attributes import OwnedAttributes
from .registrations.ledger import ledger
from .registrations.lists import OwnedDict
from .signals import before_render_template, template_rendered

if TYPE_CHECKING:
    from .app import App
    from .registrations.registration import Home
    from .scaffold import Scaffold

Source = tuple[str, str | None, Callable[[], bool] | None]
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


class Environment(OwnedAttributes, BaseEnvironment):
    """The app's Jinja2 environment: its filters, tests and globals are registrations.

    Args:
        app: The application.
        options: As `jinja2.Environment`'s.
    """

    def __init__(self, app: App, **options: Any) -> None:
        if "loader" not in options:
            options["loader"] = app.create_global_jinja_loader()
        BaseEnvironment.__init__(self, **options)
        self.app = app
        home: Home = app
        self.filters: Any = OwnedDict("template_filter", home, self.filters)
        self.tests: Any = OwnedDict("template_test", home, self.tests)
        self.globals: Any = OwnedDict("template_global", home, self.globals)
        self.policies: Any = OwnedDict("jinja_policy", home, self.policies)
        self.extensions: Any = OwnedDict("jinja_extension", home, self.extensions)
        self.own_attributes(home, "jinja_attribute")

    def _parse(self, source: str, name: str | None, filename: str | None) -> Any:
        """Number the lines of a template cell as the cell does, its first included."""
        tree = super()._parse(source, name, filename)
        offset = getattr(filename, "first_line", 1) - 1
        if offset:
            for node in tree.find_all(Node):
                if node.lineno is not None:  # a comparison's operand has none
                    node.lineno += offset
        return tree


class DispatchingJinjaLoader(BaseLoader):
    """Looks for a template in the notebook, the app and its blueprints, in this order.

    Args:
        app: The application.
    """

    def __init__(self, app: App) -> None:
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

    def _loaders(self) -> Iterator[tuple[Scaffold, BaseLoader]]:
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


class TemplateSet:
    """The templates of a snapshot, compiled as they are asked for.

    Args:
        app: The application.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        main = app.jinja_env
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

    def of_source(self, source: str) -> Template:
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


def render(app: App, template: Template, context: dict[str, Any]) -> str:
    """Render a template with the app's context processors and signals."""
    app.update_template_context(context)
    if before_render_template.receivers or template_rendered.receivers:
        ensure_sync = app.ensure_sync
        values = {"template": template, "context": context}
        before_render_template.send(app, _async_wrapper=ensure_sync, **values)
        text = template.render(context)
        template_rendered.send(app, _async_wrapper=ensure_sync, **values)
        return text
    if template.environment.is_async or type(template).render is not Template.render:
        return template.render(context)
    try:
        return concat(template.root_render_func(template.new_context(context)))
    except Exception:
        template.environment.handle_exception()


def current_templates() -> tuple[App, TemplateSet]:
    """Return the current application and the templates of the current snapshot.

    Raises:
        OutsideContextError: No application is current.
    """
    context = current_context.get(None)
    if context is None:
        raise outside_app()
    app = context.app
    snapshot = getattr(context.request_context, "_snapshot", None)
    if snapshot is None or context.request_context.app is not app:
        snapshot = app.snapshot()
    return app, snapshot.templates


def render_template(template_name_or_list: Any, **context: Any) -> str:
    """Render a template by name.

    Args:
        template_name_or_list: A name, a `Template`, or a list of which the first that
            exists is taken.
        context: The template's variables.

    Raises:
        MissingTemplateError: There is no such template; also a
            `jinja2.TemplateNotFound`.
        OutsideContextError: No application is current.
    """
    app, templates = current_templates()
    return render(app, templates.named(template_name_or_list), context)


def render_template_string(source: str, **context: Any) -> str:
    """Render a template from its source; the same source is compiled once.

    Args:
        source: The template.
        context: Its variables.

    Raises:
        OutsideContextError: No application is current.
    """
    app, templates = current_templates()
    return render(app, templates.of_source(source), context)


def stream_template(template_name_or_list: Any, **context: Any) -> Iterator[str]:
    """Render a template by name piece by piece, for a streaming response.

    Raises:
        MissingTemplateError: There is no such template.
        OutsideContextError: No application is current.
    """
    app, templates = current_templates()
    return _stream(app, templates.named(template_name_or_list), context)


def stream_template_string(source: str, **context: Any) -> Iterator[str]:
    """Render a template from its source piece by piece, for a streaming response.

    Raises:
        OutsideContextError: No application is current.
    """
    app, templates = current_templates()
    return _stream(app, templates.of_source(source), context)


def _stream(app: App, template: Template, context: dict[str, Any]) -> Iterator[str]:
    app.update_template_context(context)
    values = {"template": template, "context": context}
    before_render_template.send(app, _async_wrapper=app.ensure_sync, **values)

    def pieces() -> Iterator[str]:
        yield from template.generate(context)
        template_rendered.send(app, _async_wrapper=app.ensure_sync, **values)

    return stream_with_context(pieces()) if request else pieces()
