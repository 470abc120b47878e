"""Ways to register that notebooks know, tried in a real kernel: none leaves a ghost."""

from pathlib import Path

import pytest
from tests.werkbook_ext.notebooks import KernelNotebook, Notebook


@pytest.fixture
def nb(kernel_notebook: KernelNotebook) -> Notebook:
    kernel_notebook.run("o", "%config Werkbook.announce = False")
    kernel_notebook.run("app", "from werkbook import App\napp = App('__main__')")
    return kernel_notebook


def h(rule: str, text: str, name: str = "h") -> str:
    return f"@app.get('{rule}')\ndef {name}():\n    return '{text}'\n"


def test_reloaded_module_is_what_it_says_now(nb: Notebook, tmp_path: Path) -> None:
    (tmp_path / "modh1.py").write_text(
        "VALUE='one'\ndef setup(app):\n    app.add_url_rule('/m','m',lambda: VALUE)\n"
    )
    nb.run(
        "p",
        f"import sys\nsys.path.insert(0,{str(tmp_path)!r})\n"
        f"sys.dont_write_bytecode=True",
    )
    nb.run("m", "import modh1\nmodh1.setup(app)")
    assert nb.get("/m") == "one"
    (tmp_path / "modh1.py").write_text(
        "VALUE='three'\ndef setup(app):\n    app.add_url_rule('/n','m',lambda: VALUE)\n"
    )
    nb.run("r", "import importlib\nimportlib.reload(modh1)")
    nb.run("m", "import modh1\nmodh1.setup(app)")
    assert (nb.get("/m"), nb.get("/n")) == ("404", "three")
    nb.run(
        "m",
        "sys.modules.pop('modh1', None)\nsys.path.remove(" + repr(str(tmp_path)) + ")",
    )


def test_run_in_the_notebooks_names_is_the_cells(nb: Notebook, tmp_path: Path) -> None:
    s = tmp_path / "s.py"
    s.write_text(h("/s", "one", "s"))
    nb.run("k", f"%run -i {s}")
    assert nb.get("/s") == "one"
    s.write_text(h("/t", "two", "s"))
    nb.run("k", f"%run -i {s}")
    assert (nb.get("/s"), nb.get("/t")) == ("404", "two")
    s.write_text(h("/u", "two", "s") + "1/0")
    nb.try_run("k", f"%run -i {s}")
    assert (nb.get("/t"), nb.get("/u")) == ("two", "404")


def test_two_apps_of_one_loop(nb: Notebook) -> None:
    nb.run("two", "two = App('two')")
    nb.run("k", "for a in (app, two):\n    @a.get('/k')\n    def k(): return 'k'")
    nb.run("k", "@two.get('/k')\ndef k(): return 'k2'")
    assert nb.get("/k") == "404"
    assert nb.ask("two.test_client().get('/k').text") == "k2"
    nb.run("two", "two = App('two2')")
    assert nb.ask("two.test_client().get('/k').text") == "k2"


def test_magics_around_a_cell(nb: Notebook) -> None:
    nb.run("k", "%%time\n" + h("/k", "one"))
    nb.run("k", "%%capture\n" + h("/l", "two"))
    assert (nb.get("/k"), nb.get("/l")) == ("404", "two")
    nb.run("k", "exec('''" + h("/m", "three") + "''', globals())\nNone")
    assert (nb.get("/l"), nb.get("/m")) == ("404", "three")
    nb.try_run("k", "%%capture\n" + h("/n", "two") + "1/0")
    assert (nb.get("/m"), nb.get("/n")) == ("three", "404")
    nb.try_run("k", "%%time\n" + h("/n", "two") + "1/0")
    assert (nb.get("/m"), nb.get("/n")) == ("three", "404")


def test_coroutines_and_tasks_of_a_cell(nb: Notebook) -> None:
    nb.run(
        "k",
        "import asyncio\nawait asyncio.sleep(0)\n"
        + h("/k", "one")
        + "await asyncio.sleep(0.01)\n"
        + h("/l", "one", "l"),
    )
    assert (nb.get("/k"), nb.get("/l")) == ("one", "one")
    nb.run(
        "k",
        "async def reg():\n    await asyncio.sleep(0)\n"
        "    app.add_url_rule('/t','t',lambda:'t')\nawait asyncio.create_task(reg())",
    )
    assert (nb.get("/k"), nb.get("/t")) == ("404", "t")
    nb.run("k", "await asyncio.gather(*(reg() for _ in range(1)))")
    assert nb.get("/t") == "t"
    nb.run("k", "pass")
    assert nb.get("/t") == "404"


def test_views_set_popped_and_cleared(nb: Notebook) -> None:
    nb.run("h", h("/h", "plain"))
    nb.run("k", "app.view_functions['h'] = lambda: 'other'")
    assert nb.get("/h") == "other"
    nb.run("h", h("/h", "plain2"))
    assert nb.get("/h") == "plain2"
    nb.run("h", "pass")
    assert nb.get("/h") == "404"
    nb.run("h", h("/h", "plain3"))
    assert nb.get("/h") == "plain3"
    nb.run("k", "pass")
    assert nb.get("/h") == "plain3"
    nb.run("k", "app.view_functions.pop('h')")
    assert nb.get("/h") in ("404", "500")
    nb.run("k", "pass")
    assert nb.get("/h") == "plain3"
    nb.run("k", "app.view_functions.clear()")
    nb.run("k", "pass")
    assert nb.get("/h") == "plain3"


def test_wrapped_view_of_another_cell_is_wrapped_once(nb: Notebook) -> None:
    nb.run("h", h("/h", "plain"))
    wrap = (
        "inner = app.view_functions['h']\ndef wrapped(): return 'w' + inner()\n"
        "app.view_functions['h'] = wrapped"
    )
    nb.run("k", wrap)
    nb.run("k", wrap)
    assert nb.get("/h") == "wplain"
    nb.run("k", "pass")
    assert nb.get("/h") == "plain"


def test_conditional_registration(nb: Notebook) -> None:
    nb.run("f", "flag = True")
    nb.run("k", "if flag:\n    app.before_request(lambda: 'closed')\n" + h("/k", "k"))
    assert nb.get("/k") == "closed"
    nb.run("f", "flag = False")
    assert nb.get("/k") == "closed"
    nb.run("k", "if flag:\n    app.before_request(lambda: 'closed')\n" + h("/k", "k"))
    assert nb.get("/k") == "k"


def test_config_from_files_and_mappings(nb: Notebook, tmp_path: Path) -> None:
    f = tmp_path / "c.py"
    f.write_text("A=1\nB=2\n")
    nb.run(
        "k",
        f"app.config.from_pyfile({str(f)!r})\napp.config.from_mapping(C=3)\n"
        f"app.config['D']={{}}\napp.config['D']['x']=1",
    )
    assert nb.ask("[app.config.get(x) for x in 'ABCD']") == [1, 2, 3, {"x": 1}]
    f.write_text("B=5\n")
    nb.run("k", f"app.config.from_pyfile({str(f)!r})")
    assert nb.ask("[app.config.get(x) for x in 'ABCD']") == [None, 5, None, None]
    nb.run("k", "app.config |= {'A': 7}\nvars_=app.config.get_namespace('A')")
    assert nb.ask("[app.config.get(x) for x in 'ABCD']") == [7, None, None, None]


def test_factory_changed_and_called_again(nb: Notebook) -> None:
    nb.run(
        "f",
        "def create_app():\n    a = App('factory')\n"
        "    a.add_url_rule('/k','k',lambda:'k')\n    return a",
    )
    nb.run("app", "app = create_app()")
    nb.run("x", h("/x", "x"))
    nb.run("app", "app = create_app()")
    assert (nb.get("/k"), nb.get("/x")) == ("k", "x")
    nb.run(
        "f",
        "def create_app():\n    a = App('factory')\n"
        "    a.add_url_rule('/l','l',lambda:'l')\n    return a",
    )
    nb.run("app", "app = create_app()")
    assert (nb.get("/k"), nb.get("/l"), nb.get("/x")) == ("404", "l", "x")


def test_json_provider(nb: Notebook) -> None:
    nb.run(
        "k",
        "class P(type(app.json)):\n    def dumps(self, o, **k): return '\"p\"'\n"
        "app.json = P(app)\napp.jinja_env.autoescape=False\napp.json.compact=True\n"
        "@app.get('/j')\ndef j(): return {}",
    )
    assert nb.get("/j").strip() == '"p"'
    nb.run("k", "@app.get('/j')\ndef j(): return {}")
    assert nb.get("/j").strip() == "{}"


def test_url_converter(nb: Notebook) -> None:
    nb.run(
        "c",
        "from werkzeug.routing import BaseConverter\nclass C(BaseConverter):\n"
        "    regex='x+'\napp.url_map.converters['c']=C",
    )
    nb.run("k", "@app.get('/<c:v>')\ndef k(v): return v")
    assert (nb.get("/xx"), nb.get("/yy")) == ("xx", "404")
    nb.run(
        "c", "class C(BaseConverter):\n    regex='y+'\napp.url_map.converters['c']=C"
    )
    assert (nb.get("/xx"), nb.get("/yy")) == ("404", "yy")
    nb.delete("c")
    assert nb.get("/yy") == "404"
    nb.fail("c", "1/0")
    assert nb.get("/yy") == "yy"
