"""The parameters in a `%%route` line."""

import pytest

from werkbook.cells.routes import parse_route_line, view_tree
from werkbook.cells.signatures import CellLineError


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("POST / (a: NewItem, limit: int = 10)", "*, a: NewItem, limit: int = 10"),
        ("/<any(a, b):kind> (q: str = 'a) b')", "kind, *, q: str = 'a) b'"),
        ("/<id>/<n> (id: UUID, q: int = 1)", "id: UUID, n, *, q: int=1"),
        ("/ (a: int = 1, b: Body,)", "*, a: int = 1, b: Body"),
        ("/ (tags: list[str] = Query([], alias='t'))",
         "*, tags: list[str] = Query([], alias='t')"),
    ],
)  # fmt: skip
def test_line_gives_the_views_arguments(line: str, written: str) -> None:
    """Rule, parameters and options are told apart; parameters come in any order."""
    for options in ("", " --name x --try '/(1)' --app shop"):
        read = parse_route_line(line + options)
        assert read.signature is not None
        variables = [name for name in ("kind", "id", "n") if f"{name}>" in read.rule]
        known = {"NewItem", "UUID", "Body", "Query"}
        assert read.signature.write(variables, known) == f"({written})"
        assert (read.name, read.app) == (("x", "shop") if options else (None, None))


def test_return_annotation() -> None:
    """What stands behind the arrow is the return annotation."""
    read = parse_route_line("/ (q: int) -> dict[str, int] --name x")
    assert read.signature is not None
    assert read.signature.write([], ()) == "(*, q: int) -> dict[str, int]"
    assert read.name == "x"


def test_hints_that_are_bound_later_become_texts() -> None:
    """A hint whose name is not bound above is written as a text."""
    read = parse_route_line("/ (q: Later, n: int = 1) -> Later")
    assert read.signature is not None
    assert read.signature.write([], {"n"}) == "(*, q: 'Later', n: int=1) -> 'Later'"


@pytest.mark.parametrize("line", ["/", "/ ()", "/ --try /x(1)", "/a(b)"])
def test_lines_without_parameters(line: str) -> None:
    """Other parentheses are no parameters."""
    assert parse_route_line(line).signature is None


@pytest.mark.parametrize(
    "written", ["(a b)", "(a", "(*, a)", "(**a)", "(a, /)", "(a: )", "(a: int) -> ("]
)
def test_wrong_parameters(written: str) -> None:
    """What is no parameter of a function is an error in three lines."""
    with pytest.raises(CellLineError) as caught:
        parse_route_line(f"/ {written}")
    assert str(caught.value) == (
        f"%%route cannot read the parameters {written!r}.\n"
        "  Why: they are written as a function's: a name, a hint, perhaps a default.\n"
        "  Fix: write %%route POST /items (item: NewItem, limit: int = 10)"
    )


def test_variable_with_a_default() -> None:
    """A variable of the rule always has a value, so it takes no default."""
    read = parse_route_line("/<id> (id: int = 1)")
    with pytest.raises(CellLineError) as caught:
        view_tree("id", read.rule, signature=read.signature)
    assert str(caught.value) == (
        "The parameter 'id' has a default, and is a variable of the rule.\n"
        "  Why: a request to the rule always has a value for it.\n"
        "  Fix: write id without a default."
    )


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("/", False),
        ("/<id>", True),
        ("/ (q: int)", True),
        ("/ (q: int = 1)", False),
        ("/ (q: int = Query())", True),
        ("/ (q: int = Query(1))", False),
    ],
)
def test_what_a_request_needs(line: str, needs: bool) -> None:
    """A request to a rule needs values for variables and what has no default."""
    assert parse_route_line(line).needs_values is needs
