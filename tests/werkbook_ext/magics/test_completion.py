import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook_ext.magics.completion import completions_for

APP = """
from werkbook import App
app = App('__main__')
@app.get('/hello/<name>')
def hello(name): return ''
@app.get('/items')
def items(): return ''
"""


@pytest.fixture
def here(shell: InteractiveShell) -> InteractiveShell:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    notebook.run("t", "%%template hello.html\nx")
    return shell


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('url_for("', ["hello", "items", "static"]),
        ("{{ url_for('he", ["hello"]),
        ('render_template("h', ["hello.html"]),
        ("{% extends 'he", ["hello.html"]),
        ('{%- include "', ["hello.html"]),
        ("%http GET /it", ["/items"]),
        ("%browse /h", ["/hello/<name>"]),
        ('client.get("/i', ["/items"]),
        ("%serve --p", ["--port"]),
        ("%%route GET /x --", ["--app", "--name", "--try"]),
        ("%%route GET /x --app a", ["app"]),
        ("%browse / --d", ["--dock"]),
        ("%export --t", ["--target", "--tests", "--timeout"]),
        ("%export --target ", ["flask", "werkbook"]),
        ("%export --target=fl", ["flask"]),
        ("%check ", ["app"]),
        ("%serve ap", ["app"]),
        ("x = 1 --p", []),
        ("plain", []),
    ],
)
def test_completions_for(here: InteractiveShell, text: str, words: list[str]) -> None:
    found = completions_for(here, text)[1]
    # Apps of earlier tests, and the templates of their folders, may complete too.
    assert set(words) <= set(found)
    assert bool(words) == bool(found)


def test_completions_reach_the_completer(here: InteractiveShell) -> None:
    with provisionalcompleter():
        found = list(here.Completer.completions('x = url_for("he', 15))
    # Apps of earlier tests complete too, as long as they live.
    assert ("hello", 13, 15) in [(item.text, item.start, item.end) for item in found]


def test_unload_takes_the_matcher_away(plain_shell: InteractiveShell) -> None:
    plain_shell.run_line_magic("load_ext", "werkbook")
    assert len(plain_shell.Completer.custom_matchers) == 1
    plain_shell.run_line_magic("unload_ext", "werkbook")
    assert plain_shell.Completer.custom_matchers == []
