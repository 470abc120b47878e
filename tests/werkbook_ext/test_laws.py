"""The laws L1, L4, L6 by example; L2 and L3 by kind stand in test_laws_by_kind.py."""

import pytest
from tests.werkbook_ext.notebooks import Notebook

APP = "from werkbook import App, Blueprint, g, url_for\napp = App('__main__')"


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("app", APP)
    return notebook


def get(rule: str, name: str, text: str) -> str:
    return f'@app.get("{rule}")\ndef {name}():\n    return "{text}"\n'


# L1


@pytest.mark.parametrize(
    "other",
    [
        get("/a", "renamed", "two"),
        '@app.get("/a/<x>")\ndef a(x):\n    return "two"\n',
        '@app.post("/a")\ndef a():\n    return "two"\n',
        "def a():\n    return 'two'",
    ],
)
def test_l1_a_changed_decorator_leaves_no_ghost(base: Notebook, other: str) -> None:
    base.run("k", get("/a", "a", "one"))
    base.run("k", other)
    assert base.get("/a") in ("404", "405", "two")
    rules = base.ask("sorted(r.rule for r in app.url_map.iter_rules())")
    assert rules.count("/a") <= 1


def test_l1_code_sees_the_app_without_its_previous_run(base: Notebook) -> None:
    cell = 'seen = "a" in app.view_functions\n' + get("/a", "a", "one")
    base.run("k", cell)
    base.run("k", cell)
    assert base.ask("seen") is False


def test_l1_requests_see_the_previous_run_while_the_cell_runs(base: Notebook) -> None:
    ask = "seen = app.test_client().get('/a').text"
    base.run("k", get("/a", "a", "one"))
    base.run("k", f"import contextvars\n{in_thread(ask)}\n{get('/a', 'a', 'two')}")
    assert base.ask("seen") == "one"
    base.run("k", f"{get('/a', 'a', 'three')}\n{in_thread(ask)}")
    assert base.ask("seen") == "three"


def in_thread(line: str) -> str:
    return (
        f"import threading\ndef asking():\n    global seen\n    {line}\n"
        "thread = threading.Thread(target=asking)\nthread.start(); thread.join()"
    )


def test_l1_hooks_keep_the_slot_of_their_cell(base: Notebook) -> None:
    def hook(text: str) -> str:
        return (
            "@app.before_request\ndef hook():\n"
            f"    g.seen = getattr(g, 'seen', '') + '{text}'\n"
        )

    base.run("probe", '@app.get("/")\ndef index():\n    return g.seen\n')
    for cell in "abc":
        base.run(cell, hook(cell))
    base.run("a", hook("A"))
    base.run("b", hook("B") + hook("b"))
    assert base.get("/") == "ABbc"


def test_l1_helpers_and_globals_are_live_by_themselves(base: Notebook) -> None:
    base.run("helper", "def helper():\n    return 'old'")
    base.run("k", '@app.get("/")\ndef index():\n    return helper()\n')
    base.run("helper", "def helper():\n    return 'new'")
    assert base.get("/") == "new"


def test_l1_function_that_registers_when_called(base: Notebook) -> None:
    base.run("f", "def register(text):\n    app.add_url_rule('/a', 'a', lambda: text)")
    base.run("k", "register('one')")
    base.run("k", "register('two')")
    assert base.get("/a") == "two"
    base.run("f", "pass")
    assert base.get("/a") == "two"
    base.run("k", "pass")
    assert base.get("/a") == "404"


# L4


def test_l4_app_cell_run_again_keeps_other_cells(base: Notebook) -> None:
    base.run("k", get("/a", "a", "one") + "old = app")
    base.run("app", APP + "\napp.config['K'] = 1")
    assert base.get("/a") == "one"
    assert base.ask("old is app")
    base.run("app", APP)
    assert base.ask("app.config.get('K')") is None


def test_l4_app_cell_that_registers_itself(base: Notebook) -> None:
    base.run("app", APP + "\n" + get("/a", "a", "one"))
    base.run("k", get("/b", "b", "other"))
    base.run("app", APP + "\n" + get("/c", "c", "two"))
    answers = [base.get(url) for url in ("/a", "/b", "/c")]
    assert answers == ["404", "other", "two"]


def test_l4_app_that_moved_to_another_cell_inherits(base: Notebook) -> None:
    base.run("k", get("/a", "a", "one") + "old = app")
    base.run("app", "pass")
    assert base.get("/a") == "one"
    base.run("new", APP)
    assert base.ask("old is app")
    assert base.get("/a") == "one"


def test_l4_blueprint_that_moved_to_another_cell_inherits(base: Notebook) -> None:
    made = "bp = Blueprint('bp', '__main__')"
    base.run("b", made)
    base.run("k", get("/a", "a", "one").replace("app.", "bp."))
    base.run("r", "app.register_blueprint(bp)")
    base.run("b", "pass")
    base.run("new", made)
    base.run("r", "app.register_blueprint(bp)")
    assert base.get("/a") == "one"


def test_l4_app_of_a_cell_that_still_makes_it_is_another(base: Notebook) -> None:
    base.run("k", get("/a", "a", "one") + "old = app")
    base.fail("app", "1 / 0")
    ran = base.run("new", APP + "\nfirst = app\n" + APP)
    assert ran.text == (
        "app is another app now. What cells registered with the one of the cell"
        " '1 / 0' stays there: run them again.\n"
    )
    assert base.ask("old is app") is False
    assert base.ask("first is app") is False
    assert base.get("/a") == "404"


def test_l4_another_import_name_is_the_same_app(base: Notebook) -> None:
    base.run("k", get("/a", "a", "one") + "old = app")
    base.run("app", APP.replace("'__main__'", "'shop'"))
    assert base.ask("old is app")
    assert base.ask("app.import_name") == "shop"
    assert base.get("/a") == "one"


def test_l4_arguments_are_the_new_ones(base: Notebook) -> None:
    base.run("app", APP.replace("'__main__'", "'__main__', static_url_path='/s'"))
    rules = "sorted(r.rule for r in app.url_map.iter_rules())"
    assert base.ask(rules) == ["/s/<path:filename>"]
    base.run("app", APP)
    assert base.ask(rules) == ["/static/<path:filename>"]


def test_l4_nth_app_of_a_cell_is_the_nth_again(base: Notebook) -> None:
    two = "one = App('one')\ntwo = App('two')"
    base.run("pair", two)
    base.run("k", "first, second = one, two")
    base.run("pair", two)
    assert base.ask("[first is one, second is two, one is two]") == [True, True, False]


def test_l4_app_of_another_cell_is_another_app(base: Notebook) -> None:
    base.run("k", get("/a", "a", "one") + "old = app")
    base.run("other app", "app = App('__main__')")
    assert base.ask("old is app") is False
    assert base.get("/a") == "404"


def test_l4_new_cell_inherits_when_the_old_one_is_gone(base: Notebook) -> None:
    base.run("k", get("/a", "a", "one"))
    base.delete("app")
    base.run("new app", "app = App('__main__')")
    assert base.get("/a") == "one"


def test_l4_app_of_a_deleted_cell_still_works(base: Notebook) -> None:
    base.run("app", APP + "\n" + get("/own", "own", "own"))
    base.run("k", get("/a", "a", "one"))
    base.delete("app")
    assert [base.get("/a"), base.get("/own")] == ["one", "404"]
    assert base.ask("app.jinja_env.from_string('{{ 1 }}').render()") == "1"
    base.run("app", APP + "\n" + get("/own", "own", "own"))
    assert [base.get("/a"), base.get("/own")] == ["one", "own"]
    base.run("app", "pass")
    assert [base.get("/a"), base.get("/own")] == ["one", "404"]


def test_l4_app_of_a_cell_that_failed_works(notebook: Notebook) -> None:
    notebook.fail("app", APP + "\n" + get("/own", "own", "own") + "1 / 0")
    notebook.run("k", get("/a", "a", "one"))
    assert [notebook.get("/a"), notebook.get("/own")] == ["one", "404"]
    notebook.run("app", APP.replace("'__main__'", "'__main__', static_folder=None"))
    rules = notebook.ask("[r.rule for r in app.url_map.iter_rules()]")
    assert rules == ["/a"]


def test_l4_failed_app_cell_changes_nothing(base: Notebook) -> None:
    base.run("app", APP + "\napp.config['K'] = 1\n" + get("/a", "a", "one"))
    base.fail("app", APP + "\n1 / 0")
    assert base.get("/a") == "one"
    assert base.ask("app.config.get('K')") == 1


def test_l4_blueprint_made_in_one_cell_filled_in_another(base: Notebook) -> None:
    base.run("bp", "bp = Blueprint('bp', '__main__', url_prefix='/bp')")
    base.run("fill", '@bp.get("/a")\ndef a():\n    return "one"')
    base.run("register", "app.register_blueprint(bp)")
    assert base.get("/bp/a") == "one"
    base.run("bp", "bp = Blueprint('bp', '__main__', url_prefix='/bp')")
    assert base.get("/bp/a") == "one"
    base.run("fill", '@bp.get("/b")\ndef b():\n    return "two"')
    assert [base.get("/bp/a"), base.get("/bp/b")] == ["404", "two"]
    base.run("register", "pass")
    assert base.get("/bp/b") == "404"


def test_l4_nested_blueprint_takes_late_rules(base: Notebook) -> None:
    base.run(
        "bp",
        "outer = Blueprint('outer', '__main__', url_prefix='/o')\n"
        "inner = Blueprint('inner', '__main__', url_prefix='/i')\n"
        "outer.register_blueprint(inner)\napp.register_blueprint(outer)",
    )
    base.run("fill", '@inner.get("/a")\ndef a():\n    return url_for("outer.inner.a")')
    assert base.get("/o/i/a") == "/o/i/a"
    base.run("fill", '@inner.get("/b")\ndef a():\n    return url_for(".a")')
    assert [base.get("/o/i/a"), base.get("/o/i/b")] == ["404", "/o/i/b"]


# L6


def test_l6_second_cell_with_the_same_rule_has_it(base: Notebook) -> None:
    base.run("a", get("/x", "a", "first"))
    base.run("b", get("/x", "b", "second"))
    assert base.get("/x") == "second"
    base.run("a", get("/x", "a", "first again"))
    assert base.get("/x") == "first again"
    base.run("a", "pass")
    assert base.get("/x") == "second"
    base.delete("b")
    assert base.get("/x") == "404"


def test_l6_variable_names_aside(base: Notebook) -> None:
    base.run("a", '@app.get("/<x>")\ndef a(x):\n    return "first " + x')
    base.run("b", '@app.get("/<y>")\ndef b(y):\n    return "second " + y')
    assert base.get("/v") == "second v"
    base.run("b", "pass")
    assert base.get("/v") == "first v"


def test_l6_second_cell_with_the_same_endpoint_has_it(base: Notebook) -> None:
    base.run("a", get("/a", "view", "first"))
    base.run("b", get("/b", "view", "second"))
    assert base.get("/b") == "second"
    base.delete("b")
    assert [base.get("/a"), base.get("/b")] == ["first", "404"]


def test_l6_other_methods_stay_with_the_other_cell(base: Notebook) -> None:
    base.run(
        "a", '@app.route("/x", methods=["GET", "POST"])\ndef a():\n    return "first"'
    )
    base.run("b", get("/x", "b", "second"))
    assert [base.get("/x"), base.get("/x", "POST")] == ["second", "first"]


def test_l6_second_rule_for_a_view_takes_nothing(base: Notebook) -> None:
    base.run("a", get("/", "index", "home"))
    ran = base.run(
        "b", 'app.add_url_rule("/home", view_func=app.view_functions["index"])'
    )
    assert [base.get("/"), base.get("/home")] == ["home", "home"]
    assert "takes over" not in ran.text
    base.run("b", "pass")
    assert [base.get("/"), base.get("/home")] == ["home", "404"]


def test_l6_a_derived_name_takes_no_other(base: Notebook) -> None:
    base.run("a", get("/greet", "hello_name", "mine"))
    ran = base.fail("b", '%%route GET /hello/<name>\n"hello"')
    assert (
        "EndpointTakenError: The rule '/hello/<name>' gives its view the name"
        " 'hello_name'.\n"
        "  Why: that is the endpoint of '/greet' already.\n"
        "  Fix: write %%route GET /hello/<name> --name NAME"
    ) in (ran.error or ran.text)
    assert [base.get("/greet"), base.get("/hello/Ada")] == ["mine", "404"]
    base.run("b", '%%route GET /hello/<name> --name other\n"hello"')
    assert base.get("/hello/Ada") == "hello"


def test_l6_two_route_cells_with_one_rule(base: Notebook) -> None:
    base.run("a", '%%route GET /x/<int:n>\n"first"')
    base.run("b", '%%route GET /x/<int:n>\n"second"')
    assert base.get("/x/1") == "second"
    base.delete("b")
    assert base.get("/x/1") == "first"


def test_l6_same_key_in_config(base: Notebook) -> None:
    base.run("a", "app.config['K'] = 'first'")
    base.run("b", "app.config['K'] = 'second'")
    assert base.ask("app.config['K']") == "second"
    base.run("b", "pass")
    assert base.ask("app.config['K']") == "first"
