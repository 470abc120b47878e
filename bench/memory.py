"""What requests leave behind: nothing, over 100,000 of them.

    PYTHONPATH=src python bench/memory.py [--requests 100000] [--live]

Prints traced memory and the number of objects before and after, for each workload.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

from werkbook import App, abort, live, render_template_string, request, session
from werkbook.testing import EnvironBuilder


def make_app() -> App:
    """Make an app with a view function for each workload."""
    app = App("memory", root_path="/")
    app.secret_key = "a key of the benchmark"
    app.add_url_rule("/hello/<name>", "hello", lambda name: f"Hello {name}")
    app.add_url_rule("/json", "json", lambda: {"a": 1})
    app.add_url_rule("/query", "query", lambda: request.args.get("a", ""))
    app.add_url_rule("/missing", "missing", lambda: abort(404))

    def visits() -> str:
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    app.add_url_rule("/visits", "visits", visits)
    source = "{% for x in items %}{{ x }}{% endfor %}"
    app.add_url_rule(
        "/page", "page", lambda: render_template_string(source, items=range(5))
    )
    return app


def measure(name: str, count: int, once: Callable[[], Any]) -> None:
    """Call something many times and print what is left of it."""
    for _ in range(100):
        once()
    gc.collect()
    tracemalloc.start()
    before, objects = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
    for _ in range(count):
        once()
    gc.collect()
    after, objects_after = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
    tracemalloc.stop()
    print(
        f"  {name:<12}{(after - before) / 1024:10.1f} KiB"
        f"{objects_after - objects:8} objects"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--live", action="store_true")
    options = parser.parse_args()
    if options.live:
        live.enable()
    app = make_app()
    paths = ("/hello/Ada", "/json", "/query?a=1", "/missing", "/none", "/visits")
    each = options.requests // (len(paths) + 2)
    print(f"{each} requests of each kind: what they leave behind")
    print(f"  {'request':<12}{'memory':>14}{'objects':>16}")
    for path in (*paths, "/page"):

        def once(path: str = path) -> None:
            environ = EnvironBuilder(app, path).get_environ()
            for _ in app(environ, lambda *answer: None):
                pass

        measure(path, each, once)

    def run_again() -> None:
        run = live.begin(live.Owner("cell", "In[1]"))
        app.add_url_rule("/cell/<n>", "cell", lambda n: n)
        app.before_request(lambda: None)
        live.notebook.templates["t"] = "text"
        live.commit(run)
        for _ in app(EnvironBuilder(app, "/cell/1").get_environ(), lambda *a: None):
            pass

    live.enable()
    measure("cell runs", each // 10, run_again)


if __name__ == "__main__":
    main()
