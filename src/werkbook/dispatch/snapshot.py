"""Snapshots: what an app's registrations come to, compiled and immutable.

A request uses one snapshot from its first byte to its last. A change of a registration
makes the app's snapshot stale; the next request compiles a new one, of which only the
parts are made anew that the change concerns, and puts it in place in one assignment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect, Rule, ValidationError

from ..helpers.paths import split_blueprint_path
from ..json.provider import DefaultJSONProvider
from ..live.notebook import notebook
from ..registrations.divided import whole_class
from ..registrations.ledger import ledger, outside_run
from ..routing.matcher import Matcher, NeedsWerkzeug, NoMatch, Target
from ..routing.view_functions import checked
from ..sessions import SecureCookieSessionInterface
from ..wrappers import Request, Response

if TYPE_CHECKING:
    from ..app import App
    from ..ctx.request import RequestContext
    from ..templating import TemplateSet

ROUTE_KINDS = frozenset({"rule", "converter", "view", "url_map"})
HOOK_KINDS = frozenset(
    {
        "before_request",
        "after_request",
        "teardown_request",
        "teardown_appcontext",
        "context_processor",
        "url_value_preprocessor",
        "url_default",
        "error_handler",
    }
)
TEMPLATE_KINDS = frozenset(
    {"template", "template_filter", "template_test", "template_global"}
    | {"jinja_attribute", "jinja_policy", "jinja_extension", "blueprint"}
)
_HOOK_ATTRIBUTES = (
    "url_value_preprocessors",
    "before_request_funcs",
    "template_context_processors",
    "after_request_funcs",
    "teardown_request_funcs",
    "url_default_functions",
)
_SESSION_METHODS = (
    "open_session",
    "save_session",
    "make_null_session",
    "is_null_session",
    "should_set_cookie",
    "get_cookie_name",
)


class Said:
    """The hooks and error handlers of an app, as they were at one moment.

    Args:
        app: The application.
    """

    def __init__(self, app: App) -> None:
        self.by_attribute = {
            name: {
                scope: visible(functions)
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
            of_scope = by_scope.get(scope, ())
            functions += reversed(of_scope) if is_backward else of_scope
        return functions


def visible(functions: Any) -> list[Any]:
    """Return what requests see of an owned list, whoever asks."""
    return list.copy(functions)


class Hooks:
    """The hooks of requests to one blueprint, in the order in which they run.

    Args:
        app: The application.
        said: What is registered.
        blueprint: The blueprint's full name, None for the app's own views.
    """

    __slots__ = (
        "after",
        "before",
        "context_processors",
        "handler_scopes",
        "is_quiet",
        "preprocessors",
        "teardown",
    )

    def __init__(self, app: App, said: Said, blueprint: str | None) -> None:
        inner_first = split_blueprint_path(blueprint) if blueprint else []
        inward: list[str | None] = [None, *reversed(inner_first)]
        outward: list[str | None] = [*inner_first, None]
        ensure_sync = app.ensure_sync
        self.preprocessors = tuple(said.hooks("url_value_preprocessors", inward))
        before = said.hooks("before_request_funcs", inward)
        processors = said.hooks("template_context_processors", inward)
        after = said.hooks("after_request_funcs", outward, is_backward=True)
        teardown = said.hooks("teardown_request_funcs", outward, is_backward=True)
        self.before = tuple(map(ensure_sync, before))
        self.context_processors = tuple(map(ensure_sync, processors))
        self.after = tuple(map(ensure_sync, after))
        self.teardown = tuple(map(ensure_sync, teardown))
        self.handler_scopes = tuple(outward)
        self.is_quiet = not (self.preprocessors or self.before or self.after)


class Plan:
    """How requests to one rule are answered: its view function and its hooks."""

    __slots__ = ("answers_options", "converters", "endpoint", "hooks", "names", "view")

    def __init__(self, app: App, snapshot: Snapshot, target: Target) -> None:
        rule = target.rule
        self.endpoint: Any = rule.endpoint
        self.hooks = snapshot.hooks_of(blueprint_of(rule.endpoint))
        view = snapshot.views.get(rule.endpoint)
        if view is not None:
            view = app.ensure_sync(view)
            if not self.hooks.preprocessors:
                # Otherwise one of them may change the values before the call.
                names = target.names if target.pattern else rule.arguments
                view = checked(view, rule.rule, names)
        self.view = view
        self.answers_options = getattr(rule, "provide_automatic_options", False)
        self.names = target.names
        converters = target.pattern.converters if target.pattern else ()
        self.converters = tuple(
            None if _keeps_text(converter) else converter.to_python
            for converter in converters
        )


def _keeps_text(converter: Any) -> bool:
    return bool(converter.regex.startswith("[^/]{1,}")) or not converter.part_isolating


def blueprint_of(endpoint: Any) -> str | None:
    """Return the full name of an endpoint's blueprint, None without one."""
    if isinstance(endpoint, str) and "." in endpoint:
        return endpoint.rpartition(".")[0]
    return None


class Snapshot:
    """Everything that answering a request needs, as it was at one moment.

    Args:
        app: The application.
        before: The snapshot that this one follows, None for the first.
        stale: The kinds of registrations that changed since then.
    """

    def __init__(
        self, app: App, before: Snapshot | None, stale: Iterable[str] = ()
    ) -> None:
        kinds = set(stale)
        self.app = app
        self.changed: dict[str, int] = {}
        self.is_url_lazy = app.is_url_lazy()
        interface = app.session_interface
        self.is_session_lazy = _is_lazy(interface)
        self.session_cookie_name = app.config["SESSION_COOKIE_NAME"]
        self.is_open = app.is_lane_open() and self.is_url_lazy and self.is_session_lazy
        self.is_live = ledger.is_live
        json = app.json
        self.has_plain_response = app.response_class is Response
        self.has_plain_request = app.request_class is Request
        self.has_plain_json = whole_class(json) is DefaultJSONProvider
        self._templates: TemplateSet | None = None
        self.matcher: Matcher
        self.views: dict[Any, Callable[..., Any]]
        self._said: Said
        self._by_rule: dict[int, Target]
        self._rules: list[tuple[Rule, frozenset[str] | None]]
        self._maps: list[Any]
        self._hooks: dict[str | None, Hooks] = {}
        self._handlers: dict[Any, Any] = {}
        self._plans: dict[int, Plan] = {}
        self.appcontext_teardown = tuple(
            app.ensure_sync(f) for f in reversed(visible(app.teardown_appcontext_funcs))
        )
        if before is not None and not kinds & TEMPLATE_KINDS:
            self._templates = before._templates
        elif self.is_live and (notebook.templates or "jinja_env" in app.__dict__):
            # Made now: a request that began before a change does not see it.
            self._templates = self._template_set()
        if before is not None and not kinds & HOOK_KINDS:
            self._said = before._said
            self._hooks, self._handlers = before._hooks, before._handlers
        else:
            self._said = Said(app)
        if before is not None and not kinds & ROUTE_KINDS:
            self.matcher, self.views = before.matcher, before.views
            self._by_rule, self._rules = before._by_rule, before._rules
            self._maps = before._maps
            if not kinds & HOOK_KINDS:
                self._plans = before._plans
        else:
            self.matcher = self._compile_routes()
            self.views = dict(dict.items(app.view_functions))
            self._by_rule = {}
            self._maps = []
        self.exact = self.matcher.exact

    def _compile_routes(self) -> Matcher:
        url_map = self.app.url_map
        found = url_map.targets(is_simple=self.app.has_simple_hosts())
        targets = [target for _, target in found]
        self._rules = [(target.rule, target.methods) for target in targets]
        return Matcher(targets, merge_slashes=url_map.merge_slashes)

    def url_map(self) -> Any:
        """Return the URL map of this snapshot; in strict mode it is the app's own."""
        if not self.is_live:
            return self.app.url_map
        if not self._maps:
            with ledger.lock, outside_run():
                if not self._maps:
                    self._maps.append(self.app.url_map.as_it_was(self._rules))
        return self._maps[0]

    def _template_set(self) -> TemplateSet:
        from ..templating import TemplateSet  # start-up time

        return TemplateSet(self.app)

    @property
    def templates(self) -> TemplateSet:
        """The compiled templates of this snapshot."""
        if self._templates is None:
            with ledger.lock, outside_run():
                if self._templates is None:
                    self._templates = self._template_set()
        return self._templates

    def hooks_of(self, blueprint: str | None) -> Hooks:
        """Return the hooks of requests to a blueprint, or to the app's own views."""
        hooks = self._hooks.get(blueprint)
        if hooks is None:
            hooks = self._hooks[blueprint] = Hooks(self.app, self._said, blueprint)
        return hooks

    def url_defaults(self, scopes: list[str | None]) -> list[Callable[..., Any]]:
        """Return the functions that fill in values when a URL is built."""
        return self._said.hooks("url_default_functions", scopes)

    def plan_of(self, target: Target) -> Plan:
        """Return how requests to a rule are answered."""
        plan = self._plans.get(id(target))
        if plan is None:
            plan = self._plans[id(target)] = Plan(self.app, self, target)
        return plan

    def error_handler(
        self, exception_class: type[Exception], code: int | None, scopes: Any
    ) -> Callable[..., Any] | None:
        """Find the handler of an error: by code first, inner blueprints first."""
        key = (exception_class, code, scopes)
        if key not in self._handlers:
            self._handlers[key] = self._find_handler(exception_class, code, scopes)
        return self._handlers[key]  # type: ignore[no-any-return]  # a handler or None

    def _find_handler(
        self, exception_class: type[Exception], code: int | None, scopes: Any
    ) -> Callable[..., Any] | None:
        spec = self._said.handlers
        for wanted in (code, None) if code is not None else (None,):
            for scope in scopes:
                handlers = spec.get(scope, {}).get(wanted)
                if not handlers:
                    continue
                for base in exception_class.__mro__:
                    handler = handlers.get(base)
                    if handler is not None:
                        return self.app.ensure_sync(handler)
        return None

    def match(self, context: RequestContext) -> tuple[Target, dict[str, Any]]:
        """Find the rule of a request and the values of its variables.

        Raises:
            HTTPException: No rule matches, or the answer is a redirect.
        """
        environ = context.environ
        if self.is_url_lazy and "HTTP_UPGRADE" not in environ:
            found = self.match_path(environ)
            if found is not None:
                return found
        try:
            rule, values = context.url_adapter.match(return_rule=True)
        except RequestRedirect as redirect:
            if "\n" in redirect.new_url or "\r" in redirect.new_url:
                # No server lets it through, and no header could hold it.
                raise BadRequest("The query has a line break.") from None
            raise
        return self._target_of(rule), dict(values)

    def match_path(
        self, environ: dict[str, Any]
    ) -> tuple[Target, dict[str, Any]] | None:
        """Find a rule by the path alone; None where Werkzeug must decide.

        Raises:
            NotFound: No rule matches the path.
            MethodNotAllowed: A rule does, but not with this method.
        """
        path = environ.get("PATH_INFO", "")
        if not path.isascii():
            path = path.encode("latin1").decode(errors="replace")
        method = environ["REQUEST_METHOD"].upper()
        if path[:1] != "/" or path[1:2] == "/":
            return None
        target: Target | None = self.exact.get(path, {}).get(method)
        if target is not None:
            return target, {}
        if not self.matcher.is_complete:
            return None
        found = self.matcher.straight(path, method)
        if found is None:
            try:
                found = self.matcher.search(path, method)
            except NeedsWerkzeug:
                return None
            except NoMatch as error:
                raise no_match(error) from None
        target, texts = found
        try:
            return target, convert(self.plan_of(target), texts)
        except ValidationError:
            raise no_match(self.matcher.refused(path, method)) from None

    def view_of(self, context: RequestContext, rule: Rule) -> Any:
        """Return what answers requests to a rule, None without a view function."""
        match = context._match
        if match is not None and match[0].rule is rule:
            return self.plan_of(match[0]).view
        view = self.views.get(rule.endpoint)
        return None if view is None else self.app.ensure_sync(view)

    def _target_of(self, rule: Rule) -> Target:
        target = self._by_rule.get(id(rule))
        if target is None or target.rule is not rule:
            target = self._by_rule[id(rule)] = Target(rule, None, rule.methods)
        return target


def convert(plan: Plan, texts: list[str]) -> dict[str, Any]:
    """Turn the texts of a match into a view function's arguments.

    Raises:
        ValidationError: A converter refuses its text.
    """
    values: dict[str, Any] = {}
    for name, converter, text in zip(plan.names, plan.converters, texts, strict=True):
        values[name] = text if converter is None else converter(text)
    return values


def no_match(error: NoMatch) -> HTTPException:
    """Return the answer to a request that no rule matches."""
    if error.methods:
        return MethodNotAllowed(valid_methods=sorted(error.methods))
    return NotFound()


def _is_lazy(interface: Any) -> bool:
    """Tell whether nobody can see that a session was not opened at once."""
    cls = whole_class(interface)
    return all(
        getattr(cls, name, None) is getattr(SecureCookieSessionInterface, name)
        and name not in vars(interface)
        for name in _SESSION_METHODS
    )
