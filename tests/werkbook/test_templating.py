"""Rendering: what a kept template must not keep."""

from collections.abc import Iterator
from typing import Any

from werkbook import App, render_template_string
from werkbook.templating import Environment


def test_own_filter_of_a_constant_is_computed_for_each_rendering(app: App) -> None:
    """Jinja2 computes it while compiling, and its answer may differ by request."""
    numbers: Iterator[int] = iter(range(10))
    app.add_template_filter(lambda value: next(numbers), "number")
    app.add_template_test(lambda value: next(numbers) % 2 == 1, "odd_one")
    with app.test_request_context():
        assert render_template_string("{{ 'x'|number }}") == "0"
        assert render_template_string("{{ 'x'|number }}") == "1"
        assert render_template_string("{{ 'x' is odd_one }}") == "False"
        assert render_template_string("{{ 'x' is odd_one }}") == "True"


def test_other_sources_are_compiled_once(app: App) -> None:
    app.add_template_filter(str.upper, "shout")
    with app.test_request_context():
        templates = app.snapshot().templates
        for source in (
            "{{ x|shout }}",
            "{{ 'x'|upper }}",
            "{% filter shout %}x{% endfilter %}",
        ):
            assert render_template_string(source, x="x") == "X"
            assert templates.compile_source(source) is templates.compile_source(source)


def test_environment_class_may_be_a_subclass_of_the_own_one() -> None:
    class Greeting(Environment):
        def __init__(self, app: App, **options: Any) -> None:
            super().__init__(app, **options)
            self.globals["greeting"] = "Hello"

    class Greeter(App):
        jinja_environment = Greeting

    with Greeter("greeter").app_context():
        assert render_template_string("{{ greeting }}") == "Hello"
