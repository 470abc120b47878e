"""What an export says: three verdicts, and what stands beside them."""

from __future__ import annotations

from pathlib import Path

from werkbook.cells.cell import Cell
from werkbook.export import Options, export
from werkbook.export.proof.answers import Difference, Proof, RuleAsked
from werkbook.export.proof.proved import Proved
from werkbook.export.report import report, verdict


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


def test_a_difference_is_told_once() -> None:
    """Two requests to a rule may fail alike, for want of one file."""
    what = "POST /pre answers 500: the file 'rows.csv' is not there."
    found = [Difference("cell 2, line 1", what, "FileNotFoundError")] * 13
    assert verdict(Proof(found)) == [
        f"Not proved: cell 2, line 1: {what}",
        "  FileNotFoundError",
    ]


def test_nothing_compared_says_why() -> None:
    """It is neither proved nor refuted."""
    proof = Proof(why_nothing="the app has no rules")
    assert verdict(proof) == ["Starts, nothing compared: the app has no rules."]
    assert not proof.is_proved


APP = "from flask import Flask\napp = Flask(__name__)"
COLOURS = "ValueError: \x1b[31mred\nWrote /etc/passwd\ud800"


def test_what_a_cell_holds_is_told_in_a_line_that_ends() -> None:
    """A long rule lacks its middle; a terminal obeys nothing of a saved error."""
    cells = [
        Cell("a", APP),
        Cell("b", f"%%route GET /{'<a>' * 3_000}\n'x'"),
        Cell("c", "1 / 0", error=COLOURS),
        Cell("d", f"%%writefile {{{'d' * 3_000}}}\nx"),
    ]
    result = Proved(export(cells, Options()), None)
    lines = report(result, [Path("app.py")], ["c" * 3_000]).splitlines()
    long = [lines.pop(number) for number in (1, 2, 2)]
    assert [len(one) for one in long] == [400, 400, 400]
    assert long[0].startswith("Left out cell 2: The rule '/<a><a><a>")
    assert long[0].endswith("<a><a>' names a variable twice.")
    assert long[1].startswith("Left out cell 4: the name of the file that it writes")
    assert long[1].endswith("ddd}', is not known")
    assert long[2].startswith("Caution: ccc")
    assert lines == [
        "Wrote app.py",
        "Left out cell 3: it failed (ValueError: ␛[31mred)",
        "Not proved: the file was not started.",
    ]
