"""/docs, /openapi.json and `%docs` in a kernel."""

import json

import pytest
from tests.werkbook_ext.notebooks import Notebook

APP = "from werkbook import App, request, session\napp = App('__main__')"


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("o", "%config Werkbook.try_get = False")
    notebook.run("app", APP)
    return notebook


def document(notebook: Notebook) -> dict[str, object]:
    found: dict[str, object] = json.loads(notebook.get("/openapi.json"))
    return found


def test_document_is_there_without_a_word(base: Notebook) -> None:
    """Its examples are what the notebook asked, with secrets masked."""
    base.run("k", "%%route POST /items\n{**request.json, 'id': 3}, 201")
    base.run("h", "%http POST /items name=a password=hush")
    paths = document(base)["paths"]
    responses = paths["/items"]["post"]["responses"]  # type: ignore[index]  # JSON
    media = responses["201"]["content"]["application/json"]
    assert media["example"] == {"id": 3, "name": "a", "password": "***"}
    ran = base.run("r", "%routes")
    assert "openapi" not in ran.text
    assert "/docs" not in ran.text


def test_docs_magic_opens_the_page(base: Notebook) -> None:
    """`%docs` is the mini browser at /docs."""
    base.run("k", "%%route /items\n[]")
    ran = base.run("d", "%docs")
    assert "/docs" in ran.text
    ran = base.fail("d", "%docs /x")
    assert (
        "UsageError: %docs: unrecognized arguments: /x\n"
        "Usage: %docs [--app NAME] [--dock] [--height PIXELS]"
    ) in ran.text


def test_response_that_contradicts_its_hint_is_said(base: Notebook) -> None:
    """The card of a response says what is not as its view declares."""
    base.run(
        "item", "from dataclasses import dataclass\n@dataclass\nclass Item:\n n: int"
    )
    base.run("k", "%%route /wrong () -> Item\nItem('x')")
    ran = base.run("h", "%http /wrong")
    assert "Not as declared: response n: Expected `int`, got 'x'" in ran.text
    base.run("k2", "@app.get('/other')\ndef o() -> Item: return {'n': 'y'}, 200")
    assert "500" in base.get("/other")
    base.run(
        "k3", "@app.get('/third')\ndef t() -> Item: return app.json.response(n='z')"
    )
    ran = base.run("h3", "%http /third")
    assert "Not as declared: response n: Expected `int`, got 'z'" in ran.text
    base.run("k4", "@app.get('/fine')\ndef f() -> Item: return Item(3)")
    assert "Not as declared" not in base.run("h4", "%http /fine").text
