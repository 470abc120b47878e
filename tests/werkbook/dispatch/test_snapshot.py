"""A request uses one snapshot to its last byte, whatever cells do meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import App, live, render_template, url_for


class Held:
    """A request that waits in the middle, while cells run."""

    def __init__(self, app: App, url: str, **options: Any) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.answer: Any = None
        app.extensions["hold"] = self.hold

        def sent() -> None:
            self.answer = app.test_client().open(url, **options)

        self.thread = threading.Thread(target=sent)
        self.thread.start()
        assert self.reached.wait(10)

    def hold(self) -> None:
        self.reached.set()
        assert self.go_on.wait(10)

    def finish(self) -> str:
        self.go_on.set()
        self.thread.join(10)
        return f"{self.answer.status_code} {self.answer.text}"


BEFORE = """
import werkbook
from werkbook import current_app, url_for, render_template, g
@app.before_request
def wait(): current_app.extensions["hold"]()
"""


@pytest.fixture
def held(cells: Cells) -> Iterator[Cells]:
    cells.ran("hold", BEFORE)
    yield cells


@pytest.mark.parametrize("is_open", [True, False])
def test_request_keeps_its_view(held: Cells, is_open: bool) -> None:
    """A view of the next run, with other arguments, does not get an old request."""
    held.ran("view", "@app.get('/x/<a>')\ndef show(a): return 'old ' + a")
    app = held["app"]
    app.snapshot().conditions.is_open = is_open
    request = Held(app, "/x/1")
    held.ran("view", "@app.get('/x/<b>')\ndef show(b): return 'new ' + b")
    assert request.finish() == "200 old 1"
    app.extensions["hold"] = lambda: None
    assert held.text("/x/1") == "200 new 1"


def test_first_request_to_a_rule_keeps_its_view(held: Cells) -> None:
    """Also when nothing was asked of the rule before the cell ran again."""
    held.ran("view", "@app.get('/x/<a>')\ndef show(a): return 'old ' + a")
    snapshot = held["app"].snapshot()
    held.ran("view", "@app.get('/x/<b>')\ndef show(b): return 'new ' + b")
    environ = {"PATH_INFO": "/x/1", "REQUEST_METHOD": "GET"}
    found = snapshot.match_path(environ)
    assert found is not None
    target, values = found
    assert snapshot.find_plan(target).view(**values) == "old 1"


def test_request_keeps_its_rules_for_building(held: Cells) -> None:
    """A rule that a cell renamed still builds in a request that began before."""
    held.ran("other", "@app.get('/other/<int:n>')\ndef other(n): return ''")
    held.ran("view", "@app.get('/')\ndef home():\n    return url_for('other', n=3)")
    request = Held(held["app"], "/")
    held.ran("other", "@app.get('/renamed/<int:n>')\ndef renamed(n): return ''")
    assert request.finish() == "200 /other/3"


def test_request_keeps_its_templates(held: Cells) -> None:
    """A template, what it includes and its filters are those of the beginning."""
    held.ran(
        "templates",
        "live.notebook.templates['a'] = '{% include \"b\" %}{{ 1|mark }}'\n"
        "live.notebook.templates['b'] = 'old'\n"
        "@app.template_filter('mark')\ndef mark(x): return ' old'",
    )
    held.ran("view", "@app.get('/')\ndef home(): return render_template('a')")
    request = Held(held["app"], "/")
    held.ran(
        "templates",
        "live.notebook.templates['a'] = 'new {% include \"b\" %}{{ 1|mark }}'\n"
        "live.notebook.templates['b'] = 'new'\n"
        "@app.template_filter('mark')\ndef mark(x): return ' new'",
    )
    assert request.finish() == "200 old old"
    held["app"].extensions["hold"] = lambda: None
    assert held.text("/") == "200 new new new"


@pytest.mark.parametrize("is_open", [True, False])
def test_request_keeps_its_hooks(held: Cells, is_open: bool) -> None:
    """What came before a view function has its counterpart after it."""
    hooks = (
        "@app.after_request\ndef mark(r):\n    r.headers['X'] = '{0}'; return r\n"
        "@app.teardown_request\ndef down(e): LOG.append('request {0}')\n"
        "@app.teardown_appcontext\ndef down(e): LOG.append('app {0}')\n"
        "@app.errorhandler(404)\ndef gone(e): return '{0} gone', 404\n"
    )
    held.namespace["LOG"] = log = []
    held.ran("hooks", hooks.format("old"))
    held.ran("view", "@app.get('/')\ndef home():\n    werkbook.abort(404)")
    held["app"].snapshot().conditions.is_open = is_open
    request = Held(held["app"], "/")
    held.ran("hooks", hooks.format("new"))
    assert request.finish() == "404 old gone"
    assert request.answer.headers["X"] == "old"
    assert log == ["request old", "app old"]


def test_hooks_of_a_blueprint_are_those_of_the_snapshot(cells: Cells) -> None:
    """Also when no request asked for them before the cell ran again."""
    source = "@app.before_request\ndef first(): return '{}'"
    cells.ran("hooks", source.format("old"))
    snapshot = cells["app"].snapshot()
    cells.ran("hooks", source.format("new"))
    assert [function() for function in snapshot.find_hooks("shop").before] == ["old"]
    new = cells["app"].snapshot()
    assert [function() for function in new.find_hooks("shop").before] == ["new"]


def test_streamed_response_keeps_its_snapshot(held: Cells) -> None:
    """A stream renders with the templates of its beginning, to its last byte."""
    held.ran("template", "live.notebook.templates['t'] = 'old'")
    held.ran(
        "view",
        "from werkbook import stream_with_context\n"
        "@app.get('/')\ndef home():\n"
        "    def pieces():\n"
        "        yield render_template('t')\n"
        "        current_app.extensions['between']()\n"
        "        yield render_template('t')\n"
        "    return stream_with_context(pieces())",
    )
    app = held["app"]
    app.extensions["hold"] = lambda: None
    new = "live.notebook.templates['t'] = 'new'"
    app.extensions["between"] = lambda: live.notebook.templates.update(t="new")
    assert held.text("/") == "200 oldold"
    held.ran("template", new)
    assert held.text("/") == "200 newnew"


def test_building_prefers_the_rule_with_more_arguments(app: App) -> None:
    """As Werkzeug's, also after the map was read and changed again."""
    app.add_url_rule("/first", "first", lambda: "")
    assert len(list(app.url_map.iter_rules())) == 2
    app.add_url_rule("/items", "items", lambda **_: "")
    app.add_url_rule("/items/<int:number>", "items", app.view_functions["items"])
    with app.test_request_context():
        assert url_for("items", number=3) == "/items/3"


def test_changed_filter_is_not_folded_into_a_kept_template(cells: Cells) -> None:
    """Jinja2 folds what a filter gives for a constant into the compiled template."""
    source = "@app.template_filter('shout')\ndef shout(text): return text + '{}'"
    cells.ran("filter", source.format("!"))
    cells.ran(
        "view",
        "@app.get('/')\ndef home():\n"
        "    return render_template_string('{{ \"abc\"|shout }}')\n"
        "@app.get('/named')\ndef named(): return render_template('t')",
    )
    cells.ran("template", "live.notebook.templates['t'] = '{{ \"abc\"|shout }}'")
    assert cells.text("/") == cells.text("/named") == "200 abc!"
    cells.ran("filter", source.format("?"))
    assert cells.text("/") == cells.text("/named") == "200 abc?"
    cells.ran("filter", "1")
    assert cells.get("/").status_code == 500


def test_template_cell_without_suffix_is_escaped(cells: Cells) -> None:
    """A name such as `hello` is escaped, `hello.txt` is not, as Flask has it."""
    for name in ("hello", "hello.html", "hello.txt"):
        cells.ran(name, f"live.notebook.templates[{name!r}] = '{{{{ x }}}}'")
    with cells["app"].app_context():
        assert render_template("hello", x="<") == "&lt;"
        assert render_template("hello.html", x="<") == "&lt;"
        assert render_template("hello.txt", x="<") == "<"


def test_changes_are_atomic_for_threads(cells: Cells) -> None:
    """While a cell runs over and over, each answer is one of its versions."""
    source = (
        "@app.before_request\ndef login(): g.version = '{0}'\n"
        "@app.get('/{1}')\ndef v{1}(): return g.version + render_template('t')\n"
        "@app.get('/x/<v{0}>')\ndef fixed(**values):\n"
        "    return g.version + ''.join(values) + url_for('fixed', **values)\n"
        "live.notebook.templates['t'] = '{0}'\n"
    )
    cells.ran("views", source.format(0, 0))
    app = cells["app"]
    wrong: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        client = app.test_client()
        while not stop.is_set():
            answer = client.get("/x/1")
            text = answer.text
            if answer.status_code != 200 or not text.endswith("/x/1"):
                wrong.append(f"{answer.status_code} {text}")

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(150):
        cells.ran("views", source.format(number, number % 3))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
