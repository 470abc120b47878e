"""Which rules come before one that they fit as well."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from werkbook.frameworks import rule_order
from werkbook.frameworks.rule_order import MANY, PARAMETER, RuleOrder

GET, POST = frozenset({"GET"}), frozenset({"POST"})


def tell_all(rules: list[str]) -> list[tuple[str, str]]:
    order = RuleOrder()
    return [(one, rule) for rule in rules for one in order.tell(rule, rule, GET)]


def compare_each(rules: list[str]) -> list[tuple[str, str]]:
    """Say it as the meaning has it: each rule beside all before it."""
    found = []
    for number, rule in enumerate(rules):
        sample = PARAMETER.sub("1", rule)
        found += [
            (one, rule) for one in rules[:number] if re.fullmatch(pattern(one), sample)
        ]
    return found


def pattern(rule: str) -> str:
    names = [".+" if MANY.search(one) else "[^/]+" for one in PARAMETER.findall(rule)]
    texts = [re.escape(text) for text in PARAMETER.split(rule)]
    return "".join(
        piece for pair in zip(texts, [*names, ""], strict=True) for piece in pair
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/items/{key}", "/items/me"),
        ("/items/{key}", "/items/{id}"),
        ("/{rest:path}", "/items/me"),
        ("/files/{name:path}/raw", "/files/a/b/raw"),
        ("/files/a-{name:path}-z.txt", "/files/a-b/c-z.txt"),
        ("/<name>.txt", "/robots.txt"),
        ("/<name:re:[a-z/]+>", "/abc"),
        ("/same", "/same"),
    ],
)
def test_rule_that_comes_before(first: str, second: str) -> None:
    assert tell_all([first, second]) == [(first, second)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/items/me", "/items/{key}"),
        ("/items/{key}", "/items/a/b"),
        ("/files/{name:path}/raw", "/files/raw"),
        ("/<name>.txt", "/robots.html"),
        ("/a", "/a/"),
    ],
)
def test_rule_that_fits_nothing_of_the_next(first: str, second: str) -> None:
    assert tell_all([first, second]) == []


def test_rules_of_other_methods_take_nothing() -> None:
    order = RuleOrder()
    assert order.tell("/a", "get", GET) == []
    assert order.tell("/a", "post", POST) == []
    assert order.tell("/a", "both", GET | POST) == ["get", "post"]


SEGMENTS = st.sampled_from(
    ["a", "1", "b-1", "{x}", "{x:path}", "a{x}", "{x}-1", "a{x:path}b", "<n>", "", "1b"]
)
RULES = st.lists(SEGMENTS, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(RULES, max_size=12))
def test_rules_are_found_as_by_comparing_each(rules: list[str]) -> None:
    assert tell_all(rules) == compare_each(rules)


KINDS = {
    "texts": "/group{group}/thing{number}/{{key}}",
    "pieces": "/things/thing{number}-{{key}}",
    "paths": "/files{number}/{{name:path}}",
    "ends": "/{{name:path}}/end{number}",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_rule_is_compared_with_few(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A notebook with ten times the rules takes ten times as many comparisons."""
    compared = []
    fits = rule_order.fits

    def count(pattern: re.Pattern[str], text: str) -> bool:
        compared.append(text)
        return fits(pattern, text)

    monkeypatch.setattr(rule_order, "fits", count)
    numbers = range(1000)
    tell_all([KINDS[kind].format(number=n, group=n % 50) for n in numbers])
    assert len(compared) <= 2 * len(numbers)
