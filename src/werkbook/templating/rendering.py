"""Render templates of the current application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Template
from jinja2.utils import concat

from ..globals import current_context, outside_app, request
from ..helpers.streaming import stream_with_context
from ..routing.endpoints import name_blueprint
from ..signals import before_render_template, template_rendered
from ..typing import Application
from .sets import TemplateSet


def render(app: Application, template: Template, context: dict[str, Any]) -> str:
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


def current_templates() -> tuple[Application, TemplateSet]:
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
    return render(app, templates.compile_source(source), context)


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
    return _stream(app, templates.compile_source(source), context)


def _stream(
    app: Application, template: Template, context: dict[str, Any]
) -> Iterator[str]:
    app.update_template_context(context)
    values = {"template": template, "context": context}
    before_render_template.send(app, _async_wrapper=app.ensure_sync, **values)

    def pieces() -> Iterator[str]:
        yield from template.generate(context)
        template_rendered.send(app, _async_wrapper=app.ensure_sync, **values)

    return stream_with_context(pieces()) if request else pieces()


def update_context(app: Application, context: dict[str, Any]) -> None:
    """Add the variables of an app's context processors, below those that are there."""
    current = current_context.get(None)
    current = None if current is None else current.request_context
    if current is None or current.app is not app:
        hooks = app.snapshot().find_hooks(None)
    elif current._match is None:
        hooks = current._snapshot.find_hooks(current.request.blueprint)
    else:
        # Without `current.request`, which nothing may have asked for so far.
        endpoint = current._match[0].rule.endpoint
        hooks = current._snapshot.find_hooks(name_blueprint(endpoint))
    given = context.copy() if context else None
    for function in hooks.context_processors:
        context.update(function())
    if given:
        context.update(given)
