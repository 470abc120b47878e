"""Blueprints: registrations that take effect on each app where they are mounted.

What is registered on a blueprint after it was mounted takes effect too: each mount
replays a new registration of the blueprint on its app, owned by those who own the
registration and by those who own the mount.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from ..errors import WerkbookError
from ..helpers.template_folders import forget_old_loader
from ..live.instances import find_or_make
from ..registrations.ledger import ledger
from ..registrations.lists import OwnedList
from ..registrations.owners import current_owners, owned_by
from ..registrations.registration import Cause, Registration
from ..scaffold import FunctionType, Scaffold, decorating, setupmethod
from ..typing import Application
from .blueprint_names import BlueprintNameError, refuse_dot
from .mounts import (
    SCOPED,
    BlueprintSetupState,
    DeferredSetupFunction,
    Mount,
    mount_nested_again,
)

_SAME_AS_NAME: Any = object()


class BlueprintFinishedError(WerkbookError, AssertionError):
    """A strict blueprint was changed after it was registered."""


class Blueprint(Scaffold):
    """A set of views and hooks that is mounted on an app by `register_blueprint`.

    Args:
        name: Goes before its endpoints: `name.endpoint`.
        import_name: Usually `__name__`.
        static_folder: Folder of static files; without one there are none.
        static_url_path: Their URL prefix, below the blueprint's own.
        template_folder: Folder of templates, which come after the app's.
        url_prefix: Goes before its rules.
        subdomain: The subdomain of its rules.
        url_defaults: Default values of its rules' variables.
        root_path: The folder that relative paths start from.
        cli_group: The name of its group of commands; None puts them among the app's.

    Raises:
        BlueprintNameError: The name is empty or has a dot.
    """

    _got_registered_once = False
    _initial_processors = ()

    def __new__(cls, *arguments: Any, **options: Any) -> Blueprint:
        return find_or_make(cls, "Blueprint")

    def __init__(
        self,
        name: str,
        import_name: str,
        static_folder: str | os.PathLike[str] | None = None,
        static_url_path: str | None = None,
        template_folder: str | os.PathLike[str] | None = None,
        url_prefix: str | None = None,
        subdomain: str | None = None,
        url_defaults: dict[str, Any] | None = None,
        root_path: str | None = None,
        cli_group: str | None = _SAME_AS_NAME,
    ) -> None:
        with self.being_made():
            super().__init__(
                import_name, static_folder, static_url_path, template_folder, root_path
            )
            if not name:
                raise BlueprintNameError("'name' may not be empty.")
            refuse_dot("'name'", name)
            self.name = name
            self.url_prefix = url_prefix
            self.subdomain = subdomain
            self.url_values_defaults = url_defaults or {}
            self.cli_group = cli_group

    def _make_containers(self) -> None:
        super()._make_containers()
        self.__dict__["deferred_functions"] = OwnedList("deferred", self)
        self.__dict__["_blueprints"] = OwnedList("nested", self)
        self.__dict__["_mounts"] = OwnedList("mount", self)

    deferred_functions: list[DeferredSetupFunction]
    """What each mount calls with its `BlueprintSetupState`."""
    _blueprints: list[tuple[Blueprint, dict[str, Any]]]
    _mounts: Any

    @property
    def has_mounts(self) -> bool:  # type: ignore[override]  # the scaffold has none
        """Whether it is registered somewhere."""
        return len(self._mounts) > 0

    def touch(self, kind: str) -> None:
        """Tell the apps that have it where its templates may be elsewhere."""
        if kind == "attribute":
            forget_old_loader(self)
            for mount in self._mounts.in_force():
                mount.value.state.app.touch("jinja_attribute")

    def derive(self, registration: Registration) -> None:
        """Let a new registration take effect wherever the blueprint is mounted."""
        if registration.kind == "mount":
            registration.value.registration = registration
            if not registration.is_previous:
                self._replay_all(registration.value)
            return
        for mount in self._mounts.seen_registrations():
            mount.value.replay(registration)

    def _replay_all(self, mount: Mount) -> None:
        for registration in self._registrations():
            mount.replay(registration)

    def run_ended(self) -> None:
        """Mount it anew on apps for which its prefix, name or the like changed."""
        mount_nested_again(
            one.value for one in self._mounts.in_force() if one.value.is_nested
        )
        mounts = self._mounts.in_force()
        apps: list[Any] = []
        changed: list[Any] = []
        for mount in [mounted.value for mounted in mounts]:
            state, is_first = mount.state, mount.state.app not in apps
            apps.append(state.app)
            now = self.make_setup_state(state.app, state.options, is_first)
            if mount.is_nested:
                mount.become_first(
                    is_first=is_first, registrations=self._registrations()
                )
            elif not now.equals(state):
                changed.append(state.app)
        again = [
            mounted
            for mounted in mounts
            if not mounted.value.is_nested and mounted.value.state.app in changed
        ]
        for mounted in again:
            ledger.withdraw(mounted.value.all_made())
        for mounted in again:
            mount = mounted.value
            at_its_place = Cause(WeakSet(), sources=[mounted])
            with owned_by(mount.owners), at_its_place:
                self.register(mount.state.app, mount.state.options)

    def _registrations(self) -> list[Registration]:
        found: list[Registration] = []
        for code_handlers in self.error_handler_spec.values():
            for handlers in code_handlers.values():
                found += _seen(handlers)
        found += _seen(self.view_functions)
        for attribute in SCOPED.values():
            for functions in getattr(self, attribute).values():
                found += _seen(functions)
        found += _seen(self.deferred_functions)
        return found + _seen(self._blueprints)

    def _check_setup_finished(self, f_name: str) -> None:
        if self._got_registered_once and not ledger.is_live:
            raise BlueprintFinishedError(
                f"The setup method '{f_name}' can no longer be called on the blueprint"
                f" '{self.name}'. It has already been registered at least once, any"
                " changes will not be applied consistently.",
                why="outside a notebook a blueprint is complete when it is registered.",
                fix="make sure all imports, decorators, functions, etc. needed to set"
                " up the blueprint are done before registering it.",
            )

    @setupmethod
    def record(self, func: DeferredSetupFunction) -> None:
        """Call a function with the setup state of each mount."""
        self.deferred_functions.append(func)

    @setupmethod
    def record_once(self, func: DeferredSetupFunction) -> None:
        """Call a function with the setup state of the first mount on an app."""

        def once(state: BlueprintSetupState) -> None:
            if state.first_registration:
                func(state)

        once.__qualname__ = getattr(func, "__qualname__", once.__qualname__)
        once.is_once = True  # type: ignore[attr-defined]  # mounts look for it
        self.record(once)

    def make_setup_state(
        self, app: Any, options: dict[str, Any], first_registration: bool = False
    ) -> BlueprintSetupState:
        """Make what deferred functions get."""
        return BlueprintSetupState(self, app, options, first_registration)

    @setupmethod
    def register_blueprint(self, blueprint: Blueprint, **options: Any) -> None:
        """Mount another blueprint wherever this one is mounted.

        Raises:
            ValueError: It is this blueprint itself.
        """
        if blueprint is self:
            raise ValueError("Cannot register a blueprint on itself")
        self._blueprints.append((blueprint, options))

    def register(self, app: Any, options: dict[str, Any]) -> None:
        """Mount this blueprint on an app; `app.register_blueprint` calls it.

        Raises:
            BlueprintNameError: The app has another blueprint of the name.
        """
        state = self.make_setup_state(
            app, options, not any(one is self for one in app.blueprints.values())
        )
        self._check_free(app, state.full_name, state.name)
        mount = Mount(state, current_owners())
        with ledger.lock, Cause(mount.made):
            app.blueprints[state.full_name] = self
            self._got_registered_once = True
            if self.has_static_folder:
                state.add_url_rule(
                    f"{self.static_url_path}/<path:filename>",
                    view_func=self.send_static_file,
                    endpoint="static",
                )
            self._add_commands(app, state)
            self._mounts.append(mount)

    def _check_free(self, app: Application, name: str, own_name: str) -> None:
        taken = app.blueprints.get(name)
        if taken is None or app.is_claimed_elsewhere("blueprint", name):
            return
        which = "this" if taken is self else "a different"
        at = f" '{name}'" if own_name != name else ""
        raise BlueprintNameError(
            f"The name '{own_name}' is already registered for {which} blueprint{at}.",
            why="each blueprint of an app needs a name of its own.",
            fix="Use 'name=' to provide a unique name.",
        )

    def _add_commands(self, app: Application, state: BlueprintSetupState) -> None:
        if "_cli" not in self.__dict__ or not self.cli.commands:
            return
        group = state.options.get("cli_group", self.cli_group)
        if group is None:
            app.cli.commands.update(self.cli.commands)
            return
        self.cli.name = state.full_name if group is _SAME_AS_NAME else group
        app.cli.add_command(self.cli)

    @setupmethod
    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register a rule for each mount; see `App.add_url_rule`.

        Raises:
            BlueprintNameError: The endpoint, or the view function's name, has a dot.
        """
        if endpoint:
            refuse_dot("'endpoint'", endpoint)
        if view_func is not None and "." in getattr(view_func, "__name__", ""):
            refuse_dot("'view_func' name", view_func.__name__)

        def add(state: BlueprintSetupState) -> None:
            state.add_url_rule(
                rule,
                endpoint,
                view_func,
                provide_automatic_options=provide_automatic_options,
                **options,
            )

        add.__qualname__ = f"add_url_rule {rule} {options.get('methods')}"
        self.record(add)

    # What a blueprint registers for the whole app.

    def _for_app(self, attribute: str, f: FunctionType) -> FunctionType:
        def add(state: BlueprintSetupState) -> None:
            getattr(state.app, attribute)[None].append(f)

        add.__qualname__ = f"{attribute} {getattr(f, '__qualname__', f)}"
        self.record_once(add)
        return f

    @setupmethod
    def before_app_request(self, f: FunctionType) -> FunctionType:
        """Call a function before each request of the app."""
        return self._for_app("before_request_funcs", f)

    @setupmethod
    def after_app_request(self, f: FunctionType) -> FunctionType:
        """Call a function with each response of the app."""
        return self._for_app("after_request_funcs", f)

    @setupmethod
    def teardown_app_request(self, f: FunctionType) -> FunctionType:
        """Call a function when a request context of the app goes."""
        return self._for_app("teardown_request_funcs", f)

    @setupmethod
    def app_context_processor(self, f: FunctionType) -> FunctionType:
        """Give all templates of the app the variables that a function returns."""
        return self._for_app("template_context_processors", f)

    @setupmethod
    def app_url_value_preprocessor(self, f: FunctionType) -> FunctionType:
        """Call a function with endpoint and values for each request of the app."""
        return self._for_app("url_value_preprocessors", f)

    @setupmethod
    def app_url_defaults(self, f: FunctionType) -> FunctionType:
        """Call a function whenever the app builds a URL."""
        return self._for_app("url_default_functions", f)

    @setupmethod
    def app_errorhandler(
        self, code: type[Exception] | int
    ) -> Callable[[FunctionType], FunctionType]:
        """Answer errors of the whole app by the decorated function."""

        def decorator(f: FunctionType) -> FunctionType:
            def add(state: BlueprintSetupState) -> None:
                state.app.register_error_handler(code, f)

            add.__qualname__ = f"errorhandler {code}"
            self.record_once(add)
            return f

        return decorator

    def _template_part(
        self, method: str, f: Callable[..., Any], name: str | None
    ) -> None:
        def add(state: BlueprintSetupState) -> None:
            getattr(state.app, method)(f, name)

        add.__qualname__ = f"{method} {name or getattr(f, '__name__', f)}"
        self.record_once(add)

    @setupmethod
    def app_template_filter(self, name: Any = None) -> Any:
        """Register the decorated function as a template filter of the app."""
        return decorating(self.add_app_template_filter, name)

    @setupmethod
    def add_app_template_filter(
        self, f: Callable[..., Any], name: str | None = None
    ) -> None:
        """Register a template filter of the app."""
        self._template_part("add_template_filter", f, name)

    @setupmethod
    def app_template_test(self, name: Any = None) -> Any:
        """Register the decorated function as a template test of the app."""
        return decorating(self.add_app_template_test, name)

    @setupmethod
    def add_app_template_test(
        self, f: Callable[..., Any], name: str | None = None
    ) -> None:
        """Register a template test of the app."""
        self._template_part("add_template_test", f, name)

    @setupmethod
    def app_template_global(self, name: Any = None) -> Any:
        """Register the decorated function as a template global of the app."""
        return decorating(self.add_app_template_global, name)

    @setupmethod
    def add_app_template_global(
        self, f: Callable[..., Any], name: str | None = None
    ) -> None:
        """Register a template global of the app."""
        self._template_part("add_template_global", f, name)


def _seen(container: Any) -> list[Registration]:
    return container.seen_registrations()  # type: ignore[no-any-return]  # an owned dict or list
