"""What is told under a cell of the routes of other frameworks."""

import pytest

from werkbook_ext.cards.rule_lines import write_as_rule


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/user/{id:int}/{name}", "/user/<int:id>/<name>"),
        ("/user/<id:int>/<name>", "/user/<int:id>/<name>"),
        ("/wiki/<page:re:[a-z]+>", "/wiki/<re:page>"),
        ("/", "/"),
    ],
)
def test_path_is_written_as_a_rule(path: str, rule: str) -> None:
    """The form in a card knows the rules of Flask's converters alone."""
    assert write_as_rule(path) == rule
