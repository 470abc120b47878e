"""What of the live notebook the exporter is handed."""

from __future__ import annotations

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from werkbook import App
from werkbook.export.proof.inside.questions.app_rules import list_rules
from werkbook_ext.restart.exporting import list_url_map


def test_rules_of_a_live_app_are_those_that_the_proof_of_its_file_finds() -> None:
    """Rules of an app that its `wsgi_app` dispatches to are among them."""
    app, beside = App("app"), App("beside")
    app.get("/")(lambda: "app")
    beside.get("/who")(lambda: "beside")
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/b": beside})  # type: ignore[method-assign]  # Flask's idiom
    found = {(one.text, tuple(one.all_methods)) for one in list_rules(app)}
    assert {(rule, methods) for rule, methods, _ in list_url_map(app)} == found
    assert ("/b/who", ("GET", "HEAD", "OPTIONS")) in found
