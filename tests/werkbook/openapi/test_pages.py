"""/docs and /openapi.json: where no rule of the user's is."""

import json
from collections.abc import Iterator
from functools import partial

import pytest
from openapi_spec_validator import validate
from tests.werkbook.run_cells import Cells

from werkbook import App
from werkbook.live.kit_pages import KIT_PATHS, kit_pages
from werkbook.openapi import make_document, pages
from werkbook.openapi.pages import answer_kit_page, render_docs
from werkbook.testing import FlaskClient


@pytest.fixture
def notebook(cells: Cells) -> Iterator[Cells]:
    """A notebook whose apps have the kit's pages, as with the extension."""
    kit_pages.answer = partial(answer_kit_page, list_recorded=lambda app: ())
    yield cells
    kit_pages.answer = None


def test_document_is_there_without_a_rule(notebook: Cells) -> None:
    """/openapi.json is the present document, and no rule of the app's."""
    notebook.ran("view", "@app.get('/a')\ndef view(): return 'a'")
    answer = notebook.get("/openapi.json")
    assert answer.content_type == "application/json"
    validate(answer.json)
    assert list(answer.json["paths"]) == ["/a"]
    notebook.ran("view", "@app.get('/b')\ndef view(): return 'b'")
    assert list(notebook.get("/openapi.json").json["paths"]) == ["/b"]
    rules = [rule.rule for rule in notebook["app"].url_map.iter_rules()]
    assert sorted(rules) == ["/b", "/static/<path:filename>"]


def test_users_rules_come_first(notebook: Cells) -> None:
    """A rule that matches answers, whatever it is; when it goes, the kit does."""
    for rule in ("/docs", "/<name>", "/<path:name>"):
        notebook.ran("v", f"@app.get('{rule}')\ndef view(name=''): return 'own'")
        assert notebook.text("/docs") == "200 own"
    notebook.ran("v", "@app.post('/docs')\ndef view(): return 'own'")
    assert notebook.get("/docs").status_code == 405
    notebook.ran("v", "@app.get('/docs/')\ndef view(): return 'own'")
    assert notebook.get("/docs").status_code == 308
    notebook.ran("v", "")
    assert notebook.get("/docs").status_code == 200


def test_hooks_hold_for_kit_pages(notebook: Cells) -> None:
    """What guards each request guards these pages; hooks see their responses."""
    notebook.ran("hook", "@app.before_request\ndef guard(): return 'no', 401")
    assert notebook.text("/docs") == "401 no"
    hook = "@app.after_request\ndef mark(r): r.headers['X-Seen'] = '1'; return r"
    notebook.ran("hook", hook)
    assert notebook.get("/openapi.json").headers["X-Seen"] == "1"


def test_other_methods_and_paths_are_unknown(notebook: Cells) -> None:
    """Only GET and HEAD of the very paths are answered."""
    assert notebook.send("HEAD", "/docs").status_code == 200
    for method, path in (("POST", "/docs"), ("GET", "/docs/"), ("GET", "/Docs")):
        assert notebook.send(method, path).status_code == 404


def test_strict_apps_have_none(app: App, client: FlaskClient) -> None:
    """Outside a notebook these are unknown URLs, as in Flask."""
    kit_pages.answer = lambda app, path: "never"
    try:
        for path in KIT_PATHS:
            assert client.get(path).status_code == 404
    finally:
        kit_pages.answer = None


def test_swagger_ui_is_served_where_it_is_installed(notebook: Cells) -> None:
    """The page loads its files from the app, and nothing from elsewhere."""
    page = notebook.get("/docs").text
    assert "//" not in page.replace("</script>", "").replace('"//', "")
    for path in ("/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"):
        assert path in page
        assert len(notebook.get(path).data) > 100_000


def test_no_docstring_ends_the_script(app: App) -> None:
    """What the app's texts hold is data of the page, not markup."""

    @app.get("/")
    def view():
        """</script><script>alert(1)</script> & <b>"""

    page = render_docs(make_document(app))
    assert "alert(1)</script>" not in page
    start = page.index("spec: ") + len("spec: ")
    spec, _ = json.JSONDecoder().raw_decode(page[start:])
    assert spec == make_document(app)


def test_plain_page_needs_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Swagger UI the kit's own page tells the same, escaped."""
    monkeypatch.setattr(pages, "find_ui_folder", lambda: None)

    @app.get("/items/<int:n>")
    def view(n: int, q: str = "<q>") -> dict[str, int]:
        """Show <one> item."""
        return {}

    page = render_docs(make_document(app))
    assert "<script" not in page
    assert "Show &lt;one&gt; item" in page
    assert "<code>/items/{n}</code>" in page
    assert "&lt;q&gt;" in page
