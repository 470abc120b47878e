import pytest
from tests.werkbook_ext.notebooks import Notebook


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("app", "from werkbook import App\napp = App('__main__')")
    return notebook


def test_static_serves_with_its_type(base: Notebook) -> None:
    ran = base.run("s", "%%static css/a.css\nbody { color: $red; }")
    assert ran.text.strip() == "static file css/a.css"
    assert base.get("/static/css/a.css").strip() == "body { color: $red; }"
    kind = "app.test_client().get('/static/css/a.css').mimetype"
    assert base.ask(kind) == "text/css"
    base.run("s", "%%static css/b.css\nü")
    assert base.get("/static/css/a.css") == "404"
    assert base.get("/static/css/b.css").strip() == "ü"


@pytest.mark.parametrize("line", ["", "a b", "/etc/passwd", "../a", "a/../../b"])
def test_static_wrong_arguments(base: Notebook, line: str) -> None:
    ran = base.fail("s", f"%%static {line}\nx")
    assert "UsageError: %%static" in ran.text
    assert (
        "  Why: a static cell has one path, relative to the static folder.\n"
        "  Fix: write %%static style.css\n"
    ) in ran.text
    assert "Usage: %%static PATH" in ran.text
