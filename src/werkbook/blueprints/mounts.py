"""Where a blueprint is mounted: its registrations take effect on the app from here."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any, Protocol

from ..registrations.error_handlers import ErrorHandlers
from ..registrations.ledger import ledger
from ..registrations.owners import Owners, join_owners, owned_by
from ..registrations.registration import Cause, Registration
from ..registrations.scopes import ScopedList
from ..routing.endpoints import name_endpoint

DeferredSetupFunction = Callable[["BlueprintSetupState"], None]

SCOPED = {
    "before_request": "before_request_funcs",
    "after_request": "after_request_funcs",
    "teardown_request": "teardown_request_funcs",
    "context_processor": "template_context_processors",
    "url_value_preprocessor": "url_value_preprocessors",
    "url_default": "url_default_functions",
}
"""Kinds whose registrations a mount copies to the app, and the app's attribute."""


class Mountable(Protocol):
    """What a mount reads of its blueprint."""

    name: str
    url_prefix: str | None
    subdomain: str | None
    url_values_defaults: dict[str, Any]

    def register(self, app: Any, options: dict[str, Any]) -> None:
        """Mount it on an app."""


class BlueprintSetupState:
    """What a deferred function gets: an app, and how a blueprint is mounted on it.

    Args:
        blueprint: The blueprint.
        app: The application.
        options: What `register_blueprint` was given.
        first_registration: Whether it is the blueprint's first mount on the app.
    """

    def __init__(
        self, blueprint: Any, app: Any, options: Any, first_registration: bool
    ) -> None:
        self.app = app
        self.blueprint = blueprint
        self.options = options
        self.first_registration = first_registration
        self.subdomain = _setting("subdomain", options, blueprint)
        self.url_prefix = _setting("url_prefix", options, blueprint)
        self.name = options.get("name", blueprint.name)
        self.name_prefix = options.get("name_prefix", "")
        self.url_defaults = dict(blueprint.url_values_defaults)
        self.url_defaults.update(options.get("url_defaults", ()))
        has_static = blueprint.has_static_folder
        self._static_path = blueprint.static_url_path if has_static else None

    def equals(self, other: BlueprintSetupState) -> bool:
        """Tell whether a mount with another state would be the same."""
        return all(
            getattr(self, name) == getattr(other, name)
            for name in (
                "name",
                "subdomain",
                "url_prefix",
                "url_defaults",
                "first_registration",
                "_static_path",
            )
        )

    @property
    def full_name(self) -> str:
        """The dotted name on the app."""
        return f"{self.name_prefix}.{self.name}".lstrip(".")

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        """Register a rule on the app, with the mount's prefixes."""
        if self.url_prefix is not None:
            if rule:
                rule = f"{self.url_prefix.rstrip('/')}/{rule.lstrip('/')}"
            else:
                rule = self.url_prefix
        options.setdefault("subdomain", self.subdomain)
        if endpoint is None:
            endpoint = name_endpoint(view_func)
        defaults = self.url_defaults
        if "defaults" in options:
            defaults = dict(defaults, **options.pop("defaults"))
        self.app.add_url_rule(
            rule,
            f"{self.full_name}.{endpoint}",
            view_func,
            defaults=defaults,
            **options,
        )


class Mount:
    """A blueprint's registration on an app.

    Args:
        state: How it is mounted.
        owners: Who mounted it.

    Attributes:
        registration: The mount as a registration of the blueprint.
        made: What it registered on the app.
        made_as_first: That of it which only a blueprint's first mount registers.
    """

    def __init__(self, state: BlueprintSetupState, owners: Owners) -> None:
        self.state = state
        self.owners = owners
        self.registration: Registration | None = None
        self.made: weakref.WeakSet[Registration] = weakref.WeakSet()
        self.made_as_first: weakref.WeakSet[Registration] = weakref.WeakSet()

    @property
    def is_nested(self) -> bool:
        """Whether another blueprint's mount made it."""
        return bool(self.state.name_prefix)

    def all_made(self) -> list[Registration]:
        """Return what it registered, and what the mounts did that it made."""
        found = list(self.made)
        for registration in list(self.made):
            if registration.kind == "mount" and registration.value is not self:
                found += registration.value.all_made()
        return list(dict.fromkeys(found))

    def replay(self, registration: Registration) -> None:
        """Let a registration of the blueprint take effect on the app."""
        owners = join_owners(registration.owners, self.owners)
        cause = Cause(
            self.made,
            is_derivation=True,
            sources=[registration, self.registration],
            is_last=registration.container.kind == "nested",
        )
        is_once = getattr(registration.value, "is_once", False)
        first = Cause(self.made_as_first) if is_once else nullcontext()
        with owned_by(owners), first, cause:
            _replay(self.state, registration)

    def find_nesting(self) -> tuple[Mount, Registration] | None:
        """Find the mount that made this one, and the blueprint's registration there."""
        state = self.state
        outer = state.app.blueprints.get(state.name_prefix)
        if outer is None:
            return None
        mounts = [
            one.value
            for one in outer._mounts.in_force()
            if one.value.state.app is state.app
            and one.value.state.full_name == state.name_prefix
        ]
        made_by = [
            one
            for one in outer._blueprints.in_force()
            if one.value[0] is state.blueprint
            and one.value[1].get("name") == state.options.get("name")
        ]
        return (mounts[0], made_by[0]) if mounts and made_by else None

    def is_stale(self) -> bool:
        """Tell whether the prefix, name or the like of a nested blueprint changed."""
        found = self.find_nesting()
        if found is None:
            return False
        state, (blueprint, options) = self.state, found[1].value
        nested = _nest_options(found[0].state, blueprint, options)
        now = blueprint.make_setup_state(state.app, nested, state.first_registration)
        return not now.equals(state)

    def become_first(
        self, *, is_first: bool, registrations: Iterable[Registration]
    ) -> None:
        """Register what the first mount does, or no longer, as mounts have changed.

        Args:
            is_first: Whether it is the first now.
            registrations: Those of the blueprint.
        """
        if self.state.first_registration == is_first:
            return
        self.state.first_registration = is_first
        if not is_first:
            ledger.withdraw(list(self.made_as_first))
            return
        for registration in registrations:
            if getattr(registration.value, "is_once", False):
                self.replay(registration)


def _replay(state: BlueprintSetupState, registration: Registration) -> None:
    app, name, value = state.app, state.full_name, registration.value
    container = registration.container
    if isinstance(container, ScopedList):
        functions = getattr(app, SCOPED[container.kind])
        functions[_scope(name, container.scope)].append(value)
    elif isinstance(container, ErrorHandlers):
        handlers = app.error_handler_spec[_scope(name, container.scope)]
        handlers[container.code][registration.key] = value
    elif container.kind == "view":
        app.view_functions[registration.key] = value
    elif container.kind == "deferred":
        value(state)
    elif container.kind == "nested":
        _mount_nested(state, *value)


def _scope(name: str, scope: str | None) -> str:
    return name if scope is None else f"{name}.{scope}"


def _mount_nested(
    state: BlueprintSetupState, blueprint: Mountable, options: dict[str, Any]
) -> None:
    blueprint.register(state.app, _nest_options(state, blueprint, options))


def _nest_options(
    state: BlueprintSetupState, blueprint: Mountable, options: dict[str, Any]
) -> dict[str, Any]:
    """Return what a nested blueprint is registered with on the app."""
    nested = {**options, "name_prefix": state.full_name}
    subdomains = [
        part
        for part in (_setting("subdomain", options, blueprint), state.subdomain)
        if part is not None
    ]
    if subdomains:
        nested["subdomain"] = ".".join(subdomains)
    prefix = _setting("url_prefix", options, blueprint)
    if prefix is None:
        prefix = state.url_prefix
    elif state.url_prefix is not None:
        prefix = f"{state.url_prefix.rstrip('/')}/{prefix.lstrip('/')}"
    if prefix is not None:
        nested["url_prefix"] = prefix
    return nested


def _setting(name: str, options: dict[str, Any], blueprint: Mountable) -> str | None:
    """Return what a mount was told, or else what the blueprint says itself."""
    given: str | None = options.get(name)
    own: str | None = getattr(blueprint, name)
    return own if given is None else given


def mount_nested_again(mounts: Iterable[Mount]) -> None:
    """Mount a nested blueprint anew on apps for which it changed.

    Args:
        mounts: All that other mounts have made of it, in their order.
    """
    nested = list(mounts)
    apps = [mount.state.app for mount in nested if mount.is_stale()]
    again = [mount for mount in nested if mount.state.app in apps]
    found = [mount.find_nesting() for mount in again]
    for mount in again:
        ledger.withdraw(mount.all_made())
    for parent, registration in filter(None, found):
        parent.replay(registration)
