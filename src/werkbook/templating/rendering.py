"""Render templates of the current application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Template
from jinja2.utils import concat

from ..globals import current_context, make_outside_app_error, request
from ..helpers.streaming import stream_with_context
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
        raise make_outside_app_error()
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
