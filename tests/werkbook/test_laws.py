"""The laws of live apps, held by random sequences of runs, failures and deletions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.werkbook.run_cells import Cells, forget_everything

from werkbook import g, live, render_template, render_template_string

PATHS = ("/a", "/b", "/x/<v>")
HOOKS = ("before", "after", "teardown", "context")
APP = """
from werkbook import App, g, render_template, request
from werkbook import live
app = App("app_of_laws", root_path="/tmp", static_folder=None)
app.config["FROM_APP"] = {number}
app.note = {number}
"""
OWN = """
@app.get("/own")
def own():
    return "own"
"""


@dataclass(frozen=True)
class Statement:
    """One registration of a cell: as source, and as what must follow from it."""

    kind: str
    key: Any
    value: Any

    def source(self) -> str:
        value = self.value
        if self.kind == "rule":
            path, method = self.key
            name = f"{method.lower()}_{path.strip('/').replace('/<v>', '')}"
            return (
                f"@app.route({path!r}, methods=[{method!r}], endpoint={name!r})\n"
                f"def view(**values): return {value!r}\n"
            )
        if self.kind == "before":
            return (
                f"@app.before_request\ndef {value}():\n"
                f"    g.trail = [*g.get('trail', ()), {value!r}]\n"
            )
        if self.kind == "after":
            return (
                f"@app.after_request\ndef {value}(r):\n"
                f"    r.headers.add('X-After', {value!r}); return r\n"
            )
        if self.kind == "teardown":
            return f"@app.teardown_request\ndef {value}(e): TORN.append({value!r})\n"
        if self.kind == "context":
            return (
                f"@app.context_processor\ndef {value}():\n"
                f"    return {{'said': {value!r}}}\n"
            )
        if self.kind == "config":
            return f"app.config[{self.key!r}] = {value!r}\n"
        if self.kind == "attribute":
            return f"app.{self.key} = {value!r}\n"
        if self.kind == "filter":
            return (
                f"@app.template_filter({self.key!r})\ndef f(text): return {value!r}\n"
            )
        if self.kind == "error":
            return (
                f"@app.errorhandler({self.key})\ndef e(error):\n"
                f"    return {value!r}, {self.key}\n"
            )
        if self.kind == "template":
            return f"live.notebook.templates[{self.key!r}] = {value!r}\n"
        raise AssertionError(self.kind)


def statements() -> st.SearchStrategy[Statement]:
    words = st.sampled_from(["v1", "v2", "v3", "v4"])
    keys = {
        "rule": st.tuples(st.sampled_from(PATHS), st.sampled_from(["GET", "POST"])),
        "config": st.sampled_from(["K1", "K2", "FROM_APP"]),
        "attribute": st.sampled_from(["color", "note"]),
        "filter": st.sampled_from(["shout", "upper"]),
        "error": st.sampled_from([404, 405]),
        "template": st.sampled_from(["t1", "t2"]),
    }
    keyed = [
        st.builds(Statement, st.just(kind), key, words) for kind, key in keys.items()
    ]
    hooks = st.builds(
        Statement,
        st.sampled_from(HOOKS),
        st.none(),
        st.sampled_from(["h1", "h2", "h3"]),
    )
    return st.one_of(hooks, *keyed)


def no_clash(found: list[Statement]) -> list[Statement]:
    """Leave out what says one key twice in a cell, and a hook of one name twice."""
    kept: dict[Any, Statement] = {}
    for one in found:
        kept.setdefault((one.kind, one.key or one.value), one)
    return list(kept.values())


bodies = st.lists(statements(), max_size=5).map(no_clash)


@dataclass
class Cell:
    """What the model knows of a cell."""

    said: list[Statement] = field(default_factory=list)
    ran_at: int = 0
    is_gone: bool = False


class LiveApp(RuleBasedStateMachine):
    """The app of the cells beside a model of what it must be."""

    def __init__(self) -> None:
        super().__init__()
        forget_everything()
        live.enable()
        self.torn: list[str] = []
        self.cells = Cells()
        self.cells.namespace["TORN"] = self.torn
        self.clock = 0
        self.model: dict[str, Cell] = {}
        self.app_number = 0
        self.run_app_cell(False)
        self.app = self.cells["app"]

    def teardown(self) -> None:
        forget_everything()

    # What happens in a notebook.

    @rule(fails=st.booleans())
    def run_app_cell(self, fails: bool) -> None:
        said = [Statement("config", "FROM_APP", self.app_number + 1)]
        said.append(Statement("attribute", "note", self.app_number + 1))
        source = APP.format(number=self.app_number + 1) + OWN
        said.append(Statement("rule", ("/own", "GET"), "own"))
        self._run("app", source, said, fails)
        if not fails:
            self.app_number += 1

    @rule(name=st.sampled_from("ABC"), body=bodies, fails=st.integers(0, 4))
    def run_cell(self, name: str, body: list[Statement], fails: int) -> None:
        source = "probe()\n".join(["", *(one.source() for one in body)])
        self._run(name, source, body, fails == 0)

    @precondition(lambda self: any(c.said for n, c in self.model.items() if n != "app"))
    @rule(data=st.data(), fails=st.booleans())
    def run_again(self, data: Any, fails: bool) -> None:
        """Run a cell again as it is, or with its statements in another order."""
        names = [n for n, c in self.model.items() if n != "app" and c.said]
        name = data.draw(st.sampled_from(names))
        body = data.draw(st.permutations(self.model[name].said))
        source = "probe()\n".join(["", *(one.source() for one in body)])
        self._run(name, source, list(body), fails)

    @rule(name=st.sampled_from("ABC"))
    def delete(self, name: str) -> None:
        live.forget(name)
        if name in self.model:
            self.model[name].is_gone = True

    @rule(name=st.sampled_from("ABC"))
    def bring_back(self, name: str) -> None:
        live.recall(name)
        if name in self.model:
            self.model[name].is_gone = False

    def _run(self, name: str, source: str, said: list[Statement], fails: bool) -> None:
        before = self.model.get(name)
        if before is not None:
            before.is_gone = False
        self.cells.probes = [lambda: self.look_in(before, said)] if before else []
        self.cells.run(name, source + ("\nprobe()\n1 / 0\n" if fails else ""))
        error = self.cells.last_error
        if fails:
            assert isinstance(error, ZeroDivisionError), error
            return  # a first run that failed gives the cell no place
        assert error is None, error
        self.clock += 1
        cell = self.model.setdefault(name, Cell())
        cell.said, cell.ran_at, cell.is_gone = said, self.clock, False

    def look_in(self, before: Cell, said: list[Statement]) -> None:
        """In the middle of a run: what both runs have is there."""
        both = [
            one
            for one in before.said
            if any((o.kind, o.key) == (one.kind, one.key) for o in said)
        ]
        names = {one.value for one in said}
        response = self.app.test_client().get("/own")
        after = response.headers.getlist("X-After")
        for one in both:
            if one.kind == "after" and one.value in names:
                assert one.value in after
            if one.kind == "rule":
                path, method = one.key
                url = path.replace("<v>", "1")
                answer = self.app.test_client().open(url, method=method)
                assert answer.status_code == 200, (one, answer.text)
            if one.kind == "config":
                assert one.key in self.app.config

    # What must hold.

    def in_force(self) -> list[tuple[Cell, Statement]]:
        return [
            (cell, one)
            for cell in self.model.values()
            if not cell.is_gone
            for one in cell.said
        ]

    def last_said(self, kind: str) -> dict[Any, Any]:
        by_time = sorted(self.in_force(), key=lambda pair: pair[0].ran_at)
        return {one.key: one.value for _, one in by_time if one.kind == kind}

    def hooks(self, kind: str) -> list[str]:
        return [one.value for _, one in self.in_force() if one.kind == kind]

    @invariant()
    def answers(self) -> None:
        errors = self.last_said("error")
        rules = self.last_said("rule")
        for path in PATHS:
            url = path.replace("<v>", "1")
            for method in ("GET", "POST"):
                response = self.app.test_client().open(url, method=method)
                expected = rules.get((path, method))
                if expected is None:
                    other = "POST" if method == "GET" else "GET"
                    status = 405 if (path, other) in rules else 404
                    assert response.status_code == status, (method, path)
                    if status in errors:
                        assert response.text == errors[status]
                else:
                    assert response.text == expected, (method, path)

    @invariant()
    def hooks_run_in_order(self) -> None:
        del self.torn[:]

        trail: list[str] = []
        with self.app.test_request_context("/own"):
            self.app.preprocess_request()
            trail = list(g.get("trail", ()))
        del self.torn[:]
        response = self.app.test_client().get("/own")
        assert response.text == "own"
        assert trail == self.hooks("before")
        after = response.headers.getlist("X-After")
        assert after == self.hooks("after")[::-1]
        assert self.torn == self.hooks("teardown")[::-1]

    @invariant()
    def settings_hold(self) -> None:
        config = self.last_said("config")
        for key in ("K1", "K2", "FROM_APP"):
            assert self.app.config.get(key) == config.get(key), key
        attributes = self.last_said("attribute")
        for key in ("color", "note"):
            assert getattr(self.app, key, None) == attributes.get(key), key

    @invariant()
    def templates_render(self) -> None:
        filters = self.last_said("filter")
        templates = self.last_said("template")
        context = self.hooks("context")
        with self.app.app_context():
            text = render_template_string("{{ 'abc'|upper }} {{ said }}")
            assert text.split(" ")[0] == filters.get("upper", "ABC")
            assert text.split(" ")[1] == (context[-1] if context else "")
            for name, source in templates.items():
                assert render_template(name) == source
        assert set(live.notebook.templates) == set(templates)

    @invariant()
    def nothing_is_left_over(self) -> None:
        owners = {owner.id for owner in live.owners()}
        said = {n for n, c in self.model.items() if c.said and not c.is_gone}
        assert owners == said


TestLiveApp = LiveApp.TestCase
TestLiveApp.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
