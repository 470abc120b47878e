"""Hooks and error handlers as they were at one moment, in the order they run in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..globals import current_context
from ..routing.endpoints import name_blueprint, split_blueprint_path
from ..typing import Application

_HOOK_ATTRIBUTES = (
    "url_value_preprocessors",
    "before_request_funcs",
    "template_context_processors",
    "after_request_funcs",
    "teardown_request_funcs",
    "url_default_functions",
)


class RegisteredHooks:
    """The hooks and error handlers of an app, as they were at one moment.

    Args:
        app: The application.
    """

    def __init__(self, app: Application) -> None:
        self.by_attribute = {
            name: {
                scope: copy_list(functions)
                for scope, functions in list(dict.items(getattr(app, name)))
            }
            for name in _HOOK_ATTRIBUTES
        }
        self.handlers = {
            scope: {
                code: dict.copy(handlers)
                for code, handlers in list(dict.items(by_code))
            }
            for scope, by_code in list(dict.items(app.error_handler_spec))
        }

    def hooks(
        self, attribute: str, scopes: list[str | None], *, is_backward: bool = False
    ) -> list[Callable[..., Any]]:
        """Return the hooks of several scopes, in the order in which they run."""
        by_scope = self.by_attribute[attribute]
        functions: list[Callable[..., Any]] = []
        for scope in scopes:
            functions_here = by_scope.get(scope, ())
            functions += reversed(functions_here) if is_backward else functions_here
        return functions


def copy_list(functions: Any) -> list[Any]:
    """Return what requests see of an owned list, whoever asks."""
    return list.copy(functions)


class Hooks:
    """The hooks of requests to one blueprint, in the order in which they run.

    Args:
        app: The application.
        registered: The hooks of the app and its blueprints.
        blueprint: The blueprint's full name, None for the app's own views.
    """

    __slots__ = (
        "after",
        "before",
        "context_processors",
        "is_quiet",
        "preprocessors",
        "teardown",
    )

    def __init__(
        self, app: Application, registered: RegisteredHooks, blueprint: str | None
    ) -> None:
        inner_first = split_blueprint_path(blueprint) if blueprint else []
        inward: list[str | None] = [None, *reversed(inner_first)]
        outward: list[str | None] = [*inner_first, None]
        ensure_sync = app.ensure_sync
        self.preprocessors = tuple(registered.hooks("url_value_preprocessors", inward))
        before = registered.hooks("before_request_funcs", inward)
        processors = registered.hooks("template_context_processors", inward)
        after = registered.hooks("after_request_funcs", outward, is_backward=True)
        teardown = registered.hooks("teardown_request_funcs", outward, is_backward=True)
        self.before = tuple(map(ensure_sync, before))
        self.context_processors = tuple(map(ensure_sync, processors))
        self.after = tuple(map(ensure_sync, after))
        self.teardown = tuple(map(ensure_sync, teardown))
        self.is_quiet = not (self.preprocessors or self.before or self.after)


def run_context_processors(app: Application, context: dict[str, Any]) -> None:
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
