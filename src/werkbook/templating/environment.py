"""The Jinja2 environment of an app, whose parts are registrations."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment as BaseEnvironment
from jinja2.nodes import Node

from ..globals import g, request, session
from ..helpers.flashing import get_flashed_messages
from ..registrations.attributes import OwnedAttributes
from ..registrations.dicts import OwnedDict
from ..registrations.owners import owned_by
from ..registrations.registration import Home


class Environment(OwnedAttributes, BaseEnvironment):
    """The app's Jinja2 environment: its filters, tests and globals are registrations.

    Args:
        app: The application.
        options: As `jinja2.Environment`'s.
    """

    def __init__(self, app: Any, **options: Any) -> None:
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

    def set_below(self, name: str, value: Any) -> None:
        """Set an attribute that nobody owns, below what cells have set."""
        claims = self._attributes._claims.get(name)
        if claims and not claims[0].owners:
            claims[0].value = value
            self._attributes._settle_key(name)
        elif not claims:
            self.__dict__[name] = value

    def take_extensions(self, wanted: dict[str, Any]) -> None:
        """Have the extensions of another environment, and those that cells own."""
        for name in [*self.extensions]:
            if name not in wanted and name not in self.extensions._claims:
                del self.extensions[name]
        for name, extension in wanted.items():
            if name not in self.extensions:
                self.add_extension(type(extension))

    def _parse(self, source: str, name: str | None, filename: str | None) -> Any:
        """Number the lines of a template cell as the cell does, its first included."""
        tree = super()._parse(source, name, filename)
        offset = getattr(filename, "first_line", 1) - 1
        if offset:
            for node in tree.find_all(Node):
                if node.lineno is not None:  # a comparison's operand has none
                    node.lineno += offset
        return tree


_OPTIONS = (
    *("block_start_string", "block_end_string"),
    *("variable_start_string", "variable_end_string"),
    *("comment_start_string", "comment_end_string"),
    *("line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks"),
    *("newline_sequence", "keep_trailing_newline", "undefined", "optimized"),
    *("finalize", "autoescape", "loader", "is_async"),
)
"""The attributes of an environment that its options say."""


def renew_environment(app: Any, environment: Any) -> None:
    """Give a live app's environment the options that it would be made with now.

    An app has one environment, which is made when a template is first asked for: a
    cell that says its options anew, or the methods that make it, would change nothing.
    What cells set on the environment itself stays above that.
    """
    made_of = _made_of(app)
    known = environment.__dict__.setdefault("_made_of", made_of)
    if known == made_of:
        return
    with owned_by(()):
        fresh = app.create_jinja_environment()
        for name in _OPTIONS:
            environment.set_below(name, getattr(fresh, name))
        environment.take_extensions(fresh.extensions)
    environment.__dict__["_made_of"] = made_of


def _made_of(app: Any) -> tuple[Any, ...]:
    return (
        dict(app.jinja_options),
        app.jinja_environment,
        app.create_jinja_environment,
        app.create_global_jinja_loader,
        app.select_jinja_autoescape,
    )


def create_environment(app: Any) -> Any:
    """Make the Jinja2 environment of an app, with the app's globals."""
    options = dict(app.jinja_options)
    options.setdefault("autoescape", app.select_jinja_autoescape)
    if "auto_reload" not in options:
        auto_reload = app.config["TEMPLATES_AUTO_RELOAD"]
        options["auto_reload"] = app.debug if auto_reload is None else auto_reload
    environment = app.jinja_environment(app, **options)
    environment.__dict__["_made_of"] = _made_of(app)
    environment.globals.update(
        url_for=app.url_for,
        get_flashed_messages=get_flashed_messages,
        config=app.config,
        request=request,
        session=session,
        g=g,
    )
    environment.policies["json.dumps_function"] = app.json.dumps
    return environment
