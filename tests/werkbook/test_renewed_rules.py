"""Rules and views that a cell's run repeats: they go on, and are the new run's."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import live


def view(name: str, text: str, rule: str = "/") -> str:
    return f"@app.get({rule!r})\ndef {name}(**values): return {text!r}\n"


def order(cells: Cells) -> list[str]:
    found = [rule.rule for rule in live.rules(cells["app"])]
    return [rule for rule in found if not rule.startswith("/static")]


def test_rules_in_another_order_stand_as_a_fresh_run_has_them(cells: Cells) -> None:
    """Also where one is new between those that are repeated, or gone."""
    a, b, c = (view(name, name, f"/{name}/<x>") for name in "abc")
    other = view("other", "other", "/other/<x>")
    cells.ran("one", a + b + c)
    cells.ran("two", other)
    cells.ran("one", c + a + b)
    assert order(cells) == ["/c/<x>", "/a/<x>", "/b/<x>", "/other/<x>"]
    cells.ran("one", c + view("new", "new", "/new/<x>") + a + b)
    assert order(cells) == ["/c/<x>", "/new/<x>", "/a/<x>", "/b/<x>", "/other/<x>"]
    cells.ran("one", b + c)
    assert order(cells) == ["/b/<x>", "/c/<x>", "/other/<x>"]
    assert cells.text("/b/1") == "200 b"
    assert cells.get("/a/1").status_code == 404


def test_run_that_fails_leaves_order_and_views(cells: Cells) -> None:
    """What the failed run renewed, took out again or had in another order."""
    cells.ran("one", "".join(view(n, f"{n} old", f"/{n}") for n in "abc"))
    before = cells["app"].view_functions["a"]
    cells.run(
        "one",
        "".join(view(n, f"{n} new", f"/{n}") for n in "cab")
        + "del app.view_functions['a']\n"
        "app.view_functions['b'] = lambda: 'other'\n1 / 0",
    )
    assert order(cells) == ["/a", "/b", "/c"]
    assert [cells.text(f"/{n}") for n in "abc"] == [
        "200 a old",
        "200 b old",
        "200 c old",
    ]
    assert cells["app"].view_functions["a"] is before
    cells.ran("one", view("a", "a last", "/a"))
    assert cells.text("/a") == "200 a last"
    assert cells.get("/b").status_code == 404
    live.forget("one")
    assert cells.get("/a").status_code == 404
    live.recall("one")
    assert cells.text("/a") == "200 a last"


def test_view_that_the_run_takes_out_again_is_gone(cells: Cells) -> None:
    """A renewed view is the running cell's own, to delete or to set anew."""
    cells.ran("one", view("a", "old", "/a") + view("b", "old", "/b"))
    cells.ran(
        "one",
        view("a", "new", "/a")
        + view("b", "new", "/b")
        + "del app.view_functions['a']\n"
        "app.view_functions['b'] = lambda: 'set'\n",
    )
    assert "a" not in cells["app"].view_functions
    assert cells.text("/b") == "200 set"


def test_rule_that_two_cells_claim_is_of_the_one_that_ran_last(cells: Cells) -> None:
    """A repeated rule counts as registered when it was repeated."""
    cells.ran("one", view("a", "one", "/<x>"))
    cells.ran("two", view("b", "two", "/<y>"))
    assert cells.text("/1") == "200 two"
    changes = cells.ran("one", view("a", "one again", "/<x>"))
    assert cells.text("/1") == "200 one again"
    assert [taken.previous_owner for taken in changes.taken] == [live.Owner("two")]
    cells.run("two", view("b", "two again", "/<y>") + "1 / 0")
    assert cells.text("/1") == "200 one again"
    cells.ran("two", view("b", "two again", "/<y>"))
    assert cells.text("/1") == "200 two again"


def test_request_during_the_run_sees_each_renewed_view_at_once(cells: Cells) -> None:
    """And what the run did not come to yet as it was."""
    cells.ran("one", view("a", "a old", "/a") + view("b", "b old", "/b"))
    asked = "answers.append([app.test_client().get(p).text for p in ('/a', '/b')])\n"
    cells.ran(
        "one",
        "answers = []\n"
        + asked
        + view("a", "a new", "/a")
        + asked
        + view("b", "b new", "/b")
        + asked,
    )
    assert cells["answers"] == [
        ["a old", "b old"],
        ["a new", "b old"],
        ["a new", "b new"],
    ]


def test_two_rules_of_one_view_are_repeated(cells: Cells) -> None:
    """The endpoint has one view function, whichever rule came first."""
    for text in ("one", "two", "three"):
        cells.ran("c", "@app.get('/b')\n" + view("a", text, "/a"))
        assert cells.text("/a") == cells.text("/b") == f"200 {text}"
    assert sorted(order(cells)) == ["/a", "/b"]


@pytest.mark.parametrize("ending", ["", "1 / 0"])
def test_what_a_run_repeats_leaves_the_matcher_as_it_is(
    cells: Cells, ending: str
) -> None:
    """Thousands of rules are not compiled anew because their views are new."""
    source = "".join(view(n, n, f"/{n}/<x>") for n in "abc")
    cells.ran("c", source)
    assert cells.text("/a/1") == "200 a"
    before = cells["app"]._snapshot.matcher
    cells.run("c", source + ending)
    assert cells.text("/a/1") == "200 a"
    assert cells["app"]._snapshot.matcher is before


def test_registration_says_the_cells_newest_label(cells: Cells) -> None:
    """What a rule is said to come from is the run that repeated it."""
    cells.ran("c", view("a", "old", "/a"))
    cells.ran("c", view("a", "new", "/a"))
    label = f"In[{cells.count}]"
    found = [rule for rule in live.rules(cells["app"]) if rule.rule == "/a"]
    assert [(rule.owner and rule.owner.label, rule.place) for rule in found] == [
        (label, label)
    ]


def test_rules_listed_while_a_cell_runs_are_not_kept(
    cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The panel lists the rules by a thread of its own; the cell's new one answers."""
    app = cells["app"]
    rules = app._rules
    started = Event()

    def run_cell() -> None:
        started.set()
        cells.ran("new", view("new", "new", "/new"))

    cell = Thread(target=run_cell)

    def list_slowly(**options: Any) -> Any:
        held = type(rules).in_force(rules, **options)
        if not cell.ident:
            cell.start()
            started.wait(30)
            cell.join(0.2)  # it may wait for what is read here
        return held

    monkeypatch.setattr(rules, "in_force", list_slowly)
    live.rules(app)
    cell.join(30)
    assert app.test_client().get("/new").text == "new"
