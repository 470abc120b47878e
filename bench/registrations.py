"""What changing registrations costs: one rule among many, bursts, cells that run.

    PYTHONPATH=src python bench/registrations.py [--rules 1000] [--rounds 5]

Prints milliseconds of the processor, the median of several rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import flask

from werkbook import App, live, render_template, url_for
from werkbook.testing import EnvironBuilder


def environ(app: App, path: str) -> dict[str, Any]:
    """Make the WSGI environ of a request."""
    return EnvironBuilder(app, path).get_environ()


def ask(app: App, path: str) -> bytes:
    """Send a request in process and return its body."""
    return b"".join(app(environ(app, path), lambda *answer: None))


def milliseconds(function: Callable[[], Any]) -> float:
    """Time one call, without what else the machine does."""
    start_s = time.process_time()
    function()
    return (time.process_time() - start_s) * 1000


def run_cell(owner: str, code: Callable[[], Any]) -> None:
    """Run a function as a cell."""
    run = live.begin(live.Owner(owner, owner))
    code()
    live.commit(run)


def add_rules(app: App, first: int, count: int) -> None:
    """Register many rules with converters, each with a view function of its own."""
    for number in range(first, first + count):
        app.add_url_rule(
            f"/r{number}/<int:n>",
            f"e{number}",
            lambda n, number=number: f"{number} {n}",
        )


def app_of(rules: int) -> App:
    """Make an app with so many rules, registered by a hundred cells."""
    app = App("bench", root_path="/")
    for first in range(0, rules, 100):
        run_cell(f"rules {first}", lambda first=first: add_rules(app, first, 100))
    ask(app, "/r1/1")
    return app


def change_one(app: App, round_: int) -> float:
    """Change one rule and wait for its answer."""

    def change() -> None:
        def cell() -> None:
            app.add_url_rule(f"/changed/{round_}", "changed", lambda: str(round_))

        run_cell("changed", cell)
        assert ask(app, f"/changed/{round_}") == str(round_).encode()

    return milliseconds(change)


def build_url(app: App, round_: int) -> float:
    """Change one rule and build a URL in the next request."""

    def built() -> str:
        return url_for("building", x=round_)

    def cell() -> None:
        app.add_url_rule(f"/building/{round_}/<x>", "building", lambda x: built())

    run_cell("building", cell)
    return milliseconds(lambda: ask(app, f"/building/{round_}/1"))


def change_hook(app: App, round_: int) -> float:
    """Change a hook and wait for an answer."""

    def change() -> None:
        run_cell("hook", lambda: app.before_request(lambda: None))
        ask(app, "/r1/1")

    return milliseconds(change)


def change_template(app: App, round_: int) -> float:
    """Change a template cell and wait for its page."""
    app.view_functions["page"] = lambda: render_template("page")

    def change() -> None:
        def cell() -> None:
            live.notebook.templates["page"] = f"page {round_}"

        run_cell("template", cell)
        assert ask(app, "/page") == f"page {round_}".encode()

    return milliseconds(change)


def empty_cell(app: App, round_: int) -> float:
    """Run a cell that registers nothing."""
    return milliseconds(lambda: run_cell("empty", lambda: None))


def burst(count: int) -> float:
    """Register many rules in one cell."""
    app = App("burst", root_path="/")
    return milliseconds(lambda: run_cell("burst", lambda: add_rules(app, 0, count)))


def burst_again(count: int) -> float:
    """Run the cell of a burst again, with a request after it."""
    return run_again(count, has_request=True)


def burst_alone(count: int) -> float:
    """Run the cell of a burst again, with nothing after it."""
    return run_again(count, has_request=False)


def run_again(count: int, *, has_request: bool) -> float:
    """Return the median of several runs of one cell, after its first one."""
    app = App("burst", root_path="/")

    def again() -> None:
        run_cell("again", lambda: add_rules(app, 0, count))
        if has_request:
            ask(app, "/r1/1")

    again()
    ask(app, "/r1/1")
    return statistics.median(milliseconds(again) for _ in range(5))


def flask_burst(count: int) -> float:
    """Register as many rules with Flask, which can't do so again, and ask once."""
    app: Any = flask.Flask("burst", root_path="/")

    def registered() -> None:
        add_rules(app, 0, count)
        ask(app, "/r1/1")

    return milliseconds(registered)


def functions_alone(count: int) -> float:
    """Make the texts and functions of such a cell, and register nothing."""

    class Nothing:
        def add_url_rule(self, *arguments: Any) -> None:
            pass

    nothing: Any = Nothing()
    return milliseconds(lambda: add_rules(nothing, 0, count))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    live.enable()
    app = app_of(options.rules)
    app.add_url_rule("/page", "page", lambda: "")
    cases: dict[str, Callable[[App, int], float]] = {
        "one rule changed, until it answers": change_one,
        "a request that builds a URL after that": build_url,
        "one hook changed, until an answer": change_hook,
        "one template changed, until its page": change_template,
        "a cell that registers nothing": empty_cell,
    }
    print(f"{options.rules} rules of {options.rules // 100} cells, milliseconds")
    for name, case in cases.items():
        times = [case(app, round_) for round_ in range(options.rounds)]
        print(f"  {name:<42}{statistics.median(times):9.2f}")
    for measured in (burst, burst_again, burst_alone, flask_burst, functions_alone):
        print(f"{(measured.__doc__ or '').splitlines()[0]}")
        for count in (250, 500, 1000, 2000, 5000):
            times = [measured(count) for _ in range(options.rounds)]
            median = statistics.median(times)
            print(f"  {count:>6} rules {median:9.1f}   {median / count:.4f} each")


if __name__ == "__main__":
    main()
