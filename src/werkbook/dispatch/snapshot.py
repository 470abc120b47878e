"""Snapshots: what an app's registrations come to, compiled and immutable.

A request uses one snapshot from its first byte to its last. A change of a registration
makes the app's snapshot stale; the next request compiles a new one, of which only the
parts are made anew that the change concerns, and puts it in place in one assignment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect, Rule, ValidationError

from ..live.notebook_cells import notebook
from ..registrations.ledger import ledger, outside_run
from ..routing.endpoints import name_blueprint
from ..routing.matcher import Matcher, NeedsWerkzeug, NoMatch, Target
from ..routing.view_functions import check_arguments
from ..typed.candidates import bind
from ..typing import Application
from .conditions import Conditions
from .request_hooks import Hooks, RegisteredHooks, copy_list

if TYPE_CHECKING:
    from ..ctx.request import RequestContext
    from ..templating.sets import TemplateSet

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
        "attribute",  # the method `ensure_sync`, say
    }
)
TEMPLATE_KINDS = frozenset(
    {"template", "template_filter", "template_test", "template_global"}
    | {"jinja_attribute", "jinja_policy", "jinja_extension", "jinja_option"}
    | {"blueprint", "attribute"}
)


class Plan:
    """How requests to one rule are answered: its view function and its hooks."""

    __slots__ = (
        "answers_options",
        "converters",
        "endpoint",
        "hooks",
        "names",
        "target",
        "view",
    )

    def __init__(self, app: Application, snapshot: Snapshot, target: Target) -> None:
        rule = target.rule
        self.target = target
        self.endpoint: Any = rule.endpoint
        self.hooks = snapshot.find_hooks(name_blueprint(rule.endpoint))
        view = snapshot.views.get(rule.endpoint)
        if view is not None:
            called = app.ensure_sync(view)
            view = bind(rule, view, called)
            if view is None:
                view = called
                if not self.hooks.preprocessors:
                    # A preprocessor may change the values before the call.
                    names = target.names if target.pattern else rule.arguments
                    view = check_arguments(view, rule.rule, names)
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


class Snapshot:
    """Everything that answering a request needs, as it was at one moment.

    Args:
        app: The application.
        standard: The class whose methods the lane does the work of.
        before: The snapshot that this one follows; None for the first.
        stale: The kinds of registrations that changed since then.
    """

    def __init__(
        self,
        app: Application,
        standard: type,
        before: Snapshot | None,
        stale: set[str],
    ) -> None:
        self.app: Any = app
        self.changed: dict[str, int] = {}
        self.conditions = Conditions(app, standard)
        self.is_live = ledger.is_live
        self.checks_results = self.is_live or self.conditions.is_debug
        self.appcontext_teardown = tuple(
            app.ensure_sync(f)
            for f in reversed(copy_list(app.teardown_appcontext_funcs))
        )
        self._set_templates(None if stale & TEMPLATE_KINDS else before)
        self._set_hooks(None if stale & HOOK_KINDS else before)
        self._set_routes(None if stale & ROUTE_KINDS else before)
        self._plans: dict[int, Plan] = {}
        if before is not None and not stale & (HOOK_KINDS | ROUTE_KINDS):
            self._plans = before._plans

    def _set_templates(self, kept: Snapshot | None) -> None:
        self._templates: TemplateSet | None = None
        if kept is not None:
            self._templates = kept._templates
        elif self.is_live and (notebook.templates or "jinja_env" in vars(self.app)):
            # At once: made later, they could hold a change that came after this.
            self._templates = self._template_set()

    def _set_hooks(self, kept: Snapshot | None) -> None:
        self._hooks: dict[str | None, Hooks] = {}
        self._handlers: dict[Any, Any] = {}
        if kept is None:
            self._registered = RegisteredHooks(self.app)
        else:
            self._registered = kept._registered
            self._hooks, self._handlers = kept._hooks, kept._handlers

    def _set_routes(self, kept: Snapshot | None) -> None:
        self._by_rule: dict[int, Target] = {}
        self._maps: list[Any] = []
        self._rules: list[tuple[Rule, frozenset[str] | None]]
        self.views: dict[Any, Callable[..., Any]]
        if kept is None:
            self.matcher = self._compile_routes()
            self.views = dict(dict.items(self.app.view_functions))
        else:
            self.matcher, self.views = kept.matcher, kept.views
            self._by_rule, self._rules = kept._by_rule, kept._rules
            self._maps = kept._maps
        self.exact = self.matcher.exact

    def _compile_routes(self) -> Matcher:
        url_map = self.app.url_map
        found = url_map.targets(is_simple=self.conditions.has_simple_hosts)
        targets = [target for _, target in found]
        self._rules = [(target.rule, target.methods) for target in targets]
        return url_map.matcher(targets)  # type: ignore[no-any-return]  # the app's

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
        from ..templating.sets import TemplateSet  # start-up time

        return TemplateSet(self.app)

    @property
    def templates(self) -> TemplateSet:
        """The compiled templates of this snapshot."""
        if self._templates is None:
            with ledger.lock, outside_run():
                if self._templates is None:
                    self._templates = self._template_set()
        return self._templates

    def find_hooks(self, blueprint: str | None) -> Hooks:
        """Return the hooks of requests to a blueprint, or to the app's own views."""
        hooks = self._hooks.get(blueprint)
        if hooks is None:
            hooks = self._hooks[blueprint] = Hooks(
                self.app, self._registered, blueprint
            )
        return hooks

    def url_defaults(self, scopes: list[str | None]) -> list[Callable[..., Any]]:
        """Return the functions that fill in values when a URL is built."""
        return self._registered.hooks("url_default_functions", scopes)

    def find_plan(self, target: Target) -> Plan:
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
        spec = self._registered.handlers
        for wanted in (code, None) if code is not None else (None,):
            for scope in scopes:
                handlers = spec.get(scope, {}).get(wanted)
                if not handlers:
                    continue
                for base in exception_class.__mro__:
                    handler = handlers.get(base)
                    if handler is not None:
                        return self.app.ensure_sync(handler)  # type: ignore[no-any-return]  # a handler
        return None

    def match(self, context: RequestContext) -> tuple[Target, dict[str, Any]]:
        """Find the rule of a request and the values of its variables.

        Raises:
            HTTPException: No rule matches, or the answer is a redirect.
        """
        environ = context.environ
        if self.conditions.is_url_lazy and "HTTP_UPGRADE" not in environ:
            found = self.match_path(environ)
            if found is not None:
                return found
        try:
            rule, values = context.url_adapter.match(return_rule=True)
        except RequestRedirect as redirect:
            if "\n" in redirect.new_url or "\r" in redirect.new_url:
                # Servers refuse such a URL, and no header can hold a line break.
                raise BadRequest("The query has a line break.") from None
            raise
        return self._find_target(rule), dict(values)

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
        target: Target | None = self.exact.get(path, {}).get(method)
        if target is not None:
            return target, {}
        found = self.match_parts(path, method)
        if found is None:
            return None
        if isinstance(found, NoMatch):
            raise _make_http_error(found)
        plan, values = found
        return plan.target, values

    def match_parts(
        self, path: str, method: str
    ) -> tuple[Plan, dict[str, Any]] | NoMatch | None:
        """Find the rule of a path that is not itself the text of a rule.

        Args:
            path: The path, decoded.
            method: The HTTP method, in capitals.

        Returns:
            The rule's plan and the values of its variables; why no rule matches; None
            where Werkzeug must decide.
        """
        matcher = self.matcher
        if not matcher.is_complete or path[:1] != "/" or path[1:2] == "/":
            return None
        found = matcher.straight(path, method)
        if found is None:
            try:
                searched = matcher.search(path, method)
            except NeedsWerkzeug:
                return None
            if isinstance(searched, NoMatch):
                return searched
            found = searched
        target, texts = found
        plan = self._plans.get(id(target)) or self.find_plan(target)
        if not texts:
            return plan, {}
        values: dict[str, Any] = {}
        try:
            for name, converter, text in zip(
                plan.names, plan.converters, texts, strict=True
            ):
                values[name] = text if converter is None else converter(text)
        except ValidationError:
            return matcher.refused(path, method)
        return plan, values

    def find_view(self, context: RequestContext, rule: Rule) -> Any:
        """Return what answers requests to a rule, None without a view function."""
        match = context._match
        if match is not None and match[0].rule is rule:
            return self.find_plan(match[0]).view
        view = self.views.get(rule.endpoint)
        return None if view is None else self.app.ensure_sync(view)

    def _find_target(self, rule: Rule) -> Target:
        target = self._by_rule.get(id(rule))
        if target is None or target.rule is not rule:
            target = self._by_rule[id(rule)] = Target(rule, None, rule.methods)
        return target


def _make_http_error(error: NoMatch) -> HTTPException:
    """Make the HTTP error for a request that no rule matches."""
    if error.methods:
        return MethodNotAllowed(valid_methods=sorted(error.methods))
    return NotFound()


def compile_snapshot(app: Any, standard: type) -> Snapshot:
    """Compile an app's registrations into its current snapshot, and return that.

    Args:
        app: The application.
        standard: The class whose methods the lane does the work of.
    """
    with ledger.lock, outside_run():
        known: Snapshot | None = app._snapshot
        if known is not None:
            return known  # another thread compiled it meanwhile
        changed = dict(app._changed)
        before = app.__dict__.get("_last_snapshot")
        snapshot = Snapshot(app, standard, before, _stale_kinds(changed, before))
        snapshot.changed = changed
        app.__dict__["_last_snapshot"] = snapshot
        app.__dict__["_snapshot"] = snapshot
        if app._changed != changed:
            # A thread that owns nothing changed a registration meanwhile.
            app.__dict__["_snapshot"] = None
        return snapshot


def _stale_kinds(changed: dict[str, int], before: Snapshot | None) -> set[str]:
    known = {} if before is None else before.changed
    return {kind for kind, number in changed.items() if known.get(kind) != number}
