"""What an export says: three verdicts, and what stands beside them."""

from __future__ import annotations

from werkbook.export.proof.answers import Difference, Proof, RuleAsked
from werkbook.export.report import verdict


def test_proved_counts_rules_and_answers() -> None:
    """In exactly this form."""
    rules = [RuleAsked(f"/{n}", ("GET",)) for n in range(9)]
    proof = Proof(equal=14, rules_asked=rules)
    assert verdict(proof) == ["Proved: 9 of 9 rules asked, 14 answers equal"]
    proof = Proof(equal=1, rules_asked=[RuleAsked("/", ("GET",)), RuleAsked("/a")])
    assert verdict(proof) == ["Proved: 1 of 2 rules asked, 1 answer equal"]


def test_not_proved_begins_with_the_first_difference() -> None:
    """Its detail and the others stand below."""
    found = [
        Difference("In[3], line 2", "GET / has another body.", "-a\n+b"),
        Difference("", "The file has no rule '/a'."),
    ]
    assert verdict(Proof(found, equal=5)) == [
        "Not proved: In[3], line 2: GET / has another body.",
        "  -a",
        "  +b",
        "  The file has no rule '/a'.",
    ]


def test_many_differences_are_counted() -> None:
    """Ten are shown."""
    found = [Difference("", f"number {n}") for n in range(13)]
    lines = verdict(Proof(found))
    assert lines[0] == "Not proved: number 0"
    assert lines[-2:] == ["  number 9", "  3 differences more."]


def test_nothing_compared_says_why() -> None:
    """It is neither proved nor refuted."""
    proof = Proof(why_nothing="the app has no rules")
    assert verdict(proof) == ["Starts, nothing compared: the app has no rules."]
    assert not proof.is_proved
