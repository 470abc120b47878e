"""Requests and runs of cells leave nothing behind."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import App, abort, live, render_template_string, request, session
from werkbook.testing import EnvironBuilder

COUNT = 1000
KEPT_BYTES = 20_000
"""Caches of Python's own may grow a little; ten bytes a request would be more."""


def objects() -> Counter[str]:
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects())


def grown(once: Callable[[], Any], count: int) -> tuple[int, Counter[str]]:
    """Call something many times; return the bytes and the objects that are more."""
    for _ in range(200):
        once()
    before = objects()
    tracemalloc.start()
    size = tracemalloc.get_traced_memory()[0]
    for _ in range(count):
        once()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0] - size
    tracemalloc.stop()
    return size, objects() - before


def make_app() -> App:
    app = App("memory", root_path="/")
    app.secret_key = "a key of the tests"
    app.add_url_rule("/hello/<name>", "hello", lambda name: f"Hello {name}")
    app.add_url_rule("/json", "json", lambda: {"a": [1, 2]})
    app.add_url_rule("/query", "query", lambda: request.args.get("a", ""))
    app.add_url_rule("/abort", "abort", lambda: abort(403))
    app.add_url_rule("/stream", "stream", lambda: (part for part in "ab"))
    app.add_url_rule(
        "/page", "page", lambda: render_template_string("{{ x }}", x=request.path)
    )

    def visits() -> str:
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    app.add_url_rule("/visits", "visits", visits)
    return app


def ask(app: App, path: str) -> None:
    environ = EnvironBuilder(app, path).get_environ()
    body = app(environ, lambda *answer: None)
    for _ in body:
        pass
    getattr(body, "close", lambda: None)()


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize(
    "path",
    ["/hello/Ada", "/json", "/query", "/abort", "/none", "/visits", "/page", "/stream"],
)
def test_requests_leave_nothing(path: str, is_open: bool) -> None:
    """Neither bytes nor objects, by the lane or by the pipeline."""
    app = make_app()
    app.snapshot().conditions.is_open = is_open
    size, more = grown(lambda: ask(app, path), COUNT // (1 if is_open else 4))
    assert size < KEPT_BYTES
    assert sum(more.values()) < 50, more


def test_requests_need_no_garbage_collector(cells: Cells) -> None:
    """What a request makes goes when it ends: no circle keeps it."""
    app = make_app()
    ask(app, "/hello/Ada")
    gc.collect()
    gc.disable()
    try:
        for _ in range(100):
            ask(app, "/hello/Ada")
        assert gc.collect() < 100
    finally:
        gc.enable()


def test_runs_of_cells_leave_nothing(cells: Cells) -> None:
    """A cell that runs over and over, with a request after each run."""
    source = compile(
        "@app.route('/cell/<n>')\ndef cell(n):\n"
        "    return render_template('t') + url_for('cell', n=1)\n"
        "@app.before_request\ndef hook(): pass\n"
        "app.config['K'] = 1\n"
        "app.color = 'red'\n"
        "bp = Blueprint('bp', 'cells', url_prefix='/bp')\n"
        "@bp.get('/x')\ndef x(): return 'x'\n"
        "app.register_blueprint(bp)\n"
        "live.notebook.templates['t'] = 'text'\n",
        "<cell>",
        "exec",
    )

    def once() -> None:
        run = live.begin(live.Owner("cell", "In[1]"), "")
        exec(source, cells.namespace)
        live.commit(run)
        ask(cells["app"], "/cell/1")
        ask(cells["app"], "/bp/x")

    size, more = grown(once, 200)
    # A run that stayed would be 20 KB; interned names of Jinja2's are a few bytes.
    assert size < 2_000 * 200, more
    assert sum(more.values()) < 3 * 200, more
