"""What cells register: replaced, rolled back, forgotten, taken and returned."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from tests.werkbook.run_cells import (
    Cells,
    forget_everything,
    from_another_thread,
)
from werkzeug.utils import cached_property

from werkbook import Blueprint, live


def view(name: str, text: str, rule: str = "/") -> str:
    return f"@app.get({rule!r})\ndef {name}(**values): return {text!r}\n"


def test_rerun_after_another_cell_claimed_the_endpoint_too(cells: Cells) -> None:
    """A cell may say again what it took from another one."""
    cells.ran("b", view("home", "b"))
    cells.ran("c", view("home", "c"))
    cells.ran("c", view("home", "c again"))
    assert cells.text("/") == "200 c again"
    live.forget("c")
    assert cells.text("/") == "200 b"


def test_endpoint_twice_in_one_cell_is_an_error(cells: Cells) -> None:
    """Within a cell, and in each of its runs, an endpoint has one view function."""
    cells.ran("c", view("home", "one"))
    twice = view("home", "two") + view("home", "three", "/other")
    changes = cells.run("c", twice)
    assert changes.is_rolled_back
    assert str(cells.last_error).startswith(
        "View function mapping is overwriting an existing endpoint function: home\n"
    )
    assert isinstance(cells.last_error, AssertionError)
    assert cells.text("/") == "200 one"
    assert cells.get("/other").status_code == 404


def test_cell_that_calls_its_app_sees_what_requests_see(cells: Cells) -> None:
    """What the previous run registered and this one did not repeat yet is there."""
    cells.ran(
        "first",
        "app.config['K'] = 'old'\n"
        "@app.get('/')\ndef home():\n"
        "    app.config['MADE'] = 1\n"
        "    return app.config['K']",
    )
    cells.ran(
        "first",
        "assert 'K' not in app.config\n"
        "answer = app.test_client().get('/').text\n"
        "app.config['K'] = 'new'\n"
        "@app.get('/')\ndef home(): return app.config['K']",
    )
    assert cells["answer"] == "old"
    assert cells.text("/") == "200 new"
    assert cells["app"].config["MADE"] == 1  # a request's: no cell owns it


def test_middleware_runs_once_when_a_cell_calls_its_app(cells: Cells) -> None:
    cells.ran(
        "first",
        "from werkbook import request\n"
        "def under_p(inner):\n"
        "    def middleware(environ, start_response):\n"
        "        environ['SCRIPT_NAME'] += '/p'\n"
        "        return inner(environ, start_response)\n"
        "    return middleware\n"
        "app.wsgi_app = under_p(app.wsgi_app)\n"
        "@app.get('/')\ndef home(): return request.script_root",
    )
    cells.ran("second", "answer = app.test_client().get('/').text")
    assert cells["answer"] == cells.get("/").text == "/p"


def test_conflict_is_told_and_returned(cells: Cells) -> None:
    """The cell run last has an endpoint; when it goes, the other's claim returns."""
    cells.ran("b", view("home", "b"))
    changes = cells.ran("c", view("home", "c"))
    taken = {(one.registration.kind, one.previous_owner.id) for one in changes.taken}
    assert taken == {("rule", "b"), ("view", "b")}
    assert cells.text("/") == "200 c"
    assert [info.owner.label for info in live.rules(cells["app"])][1:] == ["In[3]"]
    cells.ran("c", "1")
    assert cells.text("/") == "200 b"


def test_rule_without_a_view_takes_nothing(cells: Cells) -> None:
    """A name for `url_for` alone, as Flask's tutorial has it, can answer no request."""
    cells.ran("page", '@app.get("/")\ndef blog():\n    return url_for("index")')
    cells.ran("alias", 'app.add_url_rule("/", endpoint="index")')
    assert cells.text("/") == "200 /"
    cells.ran("view", '@app.endpoint("index")\ndef index():\n    return "its own"')
    assert cells.text("/") == "200 its own"


def test_second_rule_for_a_view_takes_nothing(cells: Cells) -> None:
    """`add_url_rule` with a view of another cell is no conflict."""
    cells.ran("b", view("home", "b"))
    changes = cells.ran("c", "app.add_url_rule('/home', view_func=home)")
    assert changes.taken == []
    assert cells.text("/home") == "200 b"
    live.forget("c")
    assert cells.text("/") == "200 b"
    assert cells.get("/home").status_code == 404


def test_method_that_is_taken_leaves_the_others(cells: Cells) -> None:
    """Of a rule with two methods another cell takes one; OPTIONS still works."""
    cells.ran(
        "b",
        "@app.route('/<a>', methods=['GET', 'POST'])\ndef both(a): return 'b' + a",
    )
    cells.ran("c", "@app.post('/<other>')\ndef post(other): return 'c' + other")
    assert cells.text("/1") == "200 b1"
    assert cells.send("POST", "/1").text == "c1"
    for number in range(2):  # by the matcher, then by Werkzeug's map
        allowed = cells.send("OPTIONS", "/1").headers["Allow"]
        assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
        cells["app"].add_url_rule("/odd/<x>-<y>", f"o{number}", lambda x, y: x + y)
    assert cells.text("/odd/1-2") == "200 12"
    live.forget("c")
    assert cells.send("POST", "/1").text == "b1"


HOOK = "@app.before_request\ndef {0}(): g.trail = [*g.get('trail', []), '{0}{1}']\n"
TRAIL = "from werkbook import g\n@app.get('/')\ndef home(): return ' '.join(g.trail)\n"


def test_hooks_keep_the_slot_of_their_first_run(cells: Cells) -> None:
    """A cell that runs again keeps its place; a new one comes last."""
    cells.ran("view", TRAIL)
    cells.ran("a", HOOK.format("a", 1))
    cells.ran("b", HOOK.format("b", 1))
    cells.ran("a", HOOK.format("a", 2) + HOOK.format("extra", 2))
    assert cells.text("/") == "200 a2 extra2 b1"
    live.forget("a")
    assert cells.text("/") == "200 b1"
    live.recall("a")
    assert cells.text("/") == "200 a2 extra2 b1"
    cells.run("a", HOOK.format("c", 3) + "1 / 0")
    assert cells.text("/") == "200 a2 extra2 b1"


def test_hook_is_never_missing_while_its_cell_runs(cells: Cells) -> None:
    """Requests see the new hook or the old one, and the rest of the old run."""
    cells.ran("view", TRAIL)
    cells.ran("a", HOOK.format("a", 1) + HOOK.format("b", 1))
    seen: list[str] = []
    cells.probes = [lambda: seen.append(cells["app"].test_client().get("/").text)]
    probed = f"probe()\n{HOOK.format('a', 2)}probe()\n{HOOK.format('b', 2)}probe()"
    cells.ran("a", probed)
    assert seen == ["a1 b1", "a2 b1", "a2 b2"]


def test_own_code_sees_the_app_without_its_previous_run(cells: Cells) -> None:
    """So that an extension's `init_app` can run again."""
    source = """
assert "shop" not in app.extensions
assert "views_of_shop" not in app.view_functions
assert not hasattr(app, "shop_manager")
assert "SHOP" not in app.config
assert app.before_request_funcs[None] == []
app.extensions["shop"] = object()
app.shop_manager = object()
app.config.setdefault("SHOP", 1)
app.add_url_rule("/shop", "views_of_shop", lambda: "shop")
@app.before_request
def check(): pass
assert len(app.before_request_funcs[None]) == 1
"""
    for _ in range(3):
        cells.ran("shop", source)
        assert cells.text("/shop") == "200 shop"
        assert cells["app"].config["SHOP"] == 1


def test_requests_see_the_previous_run_meanwhile(cells: Cells) -> None:
    """Dicts, attributes and config as well as rules."""
    source = (
        "probe()\napp.color = '{0}'\napp.config['K'] = '{0}'\n"
        "app.extensions['x'] = '{0}'\nprobe()\n"
    )
    cells.ran("a", source.format("old"))
    app = cells["app"]
    seen: list[Any] = []
    cells.probes = [
        lambda: seen.append((app.color, app.config["K"], app.extensions["x"]))
    ]
    cells.ran("a", source.format("new"))
    assert seen == [("old",) * 3, ("new",) * 3]
    cells.probes = []
    cells.ran("a", "1")
    assert not hasattr(app, "color")
    assert "K" not in app.config
    assert "x" not in app.extensions


LIST_CASES = {
    "append": ("items.append('n')", ["a", "b", "n"]),
    "extend": ("items.extend(['n', 'm'])", ["a", "b", "n", "m"]),
    "iadd": ("items += ['n']", ["a", "b", "n"]),
    "insert": ("items.insert(0, 'n')", ["n", "a", "b"]),
    "insert_middle": ("items.insert(1, 'n')", ["a", "n", "b"]),
    "remove": ("items.remove('a')", ["b"]),
    "pop": ("assert items.pop(0) == 'a'", ["b"]),
    "pop_last": ("assert items.pop() == 'b'", ["a"]),
    "clear": ("items.clear()", []),
    "delete_slice": ("del items[:1]", ["b"]),
    "set": ("items[0] = 'n'", ["n", "b"]),
    "assign_whole": ("items[:] = ['n']", ["n"]),
    "assign_part": ("items[1:] = ['n', 'm']", ["a", "n", "m"]),
    "assign_scope": ("app.before_request_funcs[None] = ['n']", ["n"]),
    "update": ("app.before_request_funcs.update({None: ['n']})", ["n"]),
    "setdefault": (
        "app.before_request_funcs.setdefault(None, []).append('n')",
        list("abn"),
    ),
    "pop_scope": ("app.before_request_funcs.pop(None)", []),
    "reverse": ("items.reverse()", ["b", "a"]),
    "sort": ("items.sort(reverse=True)", ["b", "a"]),
}


@pytest.mark.parametrize("case", LIST_CASES)
def test_list_is_mutated_as_a_list_and_returns(cells: Cells, case: str) -> None:
    """What a cell does to a list goes with the cell; doing it again does it once."""
    statement, expected = LIST_CASES[case]
    app = cells["app"]
    hooks = app.before_request_funcs
    cells.ran("base", "items = app.before_request_funcs[None]\nitems.append('a')")
    cells.ran("other", "items.append('b')")
    for _ in range(3):
        cells.ran("change", f"{statement}\nassert list(items) == {expected!r}, items")
        assert from_another_thread(lambda: list(hooks[None])) == expected
    cells.run("change", f"{statement}\n1 / 0")
    assert hooks[None] == expected
    cells.ran("change", "1")
    assert hooks[None] == ["a", "b"]


FRONTS = [
    "items.insert(0, {0!r})",
    "items.insert(-9, {0!r})",
    "items[:0] = [{0!r}]",
    "app.before_request_funcs[None] = [{0!r}, *items]",
]


@pytest.mark.parametrize("front", FRONTS)
def test_items_in_front_stand_as_run_all_would_put_them(
    cells: Cells, front: str
) -> None:
    """The cell of the latest first run has put its item in front of all others."""
    hooks = cells["app"].before_request_funcs
    items = "items = app.before_request_funcs[None]\n"
    cells.ran("z", items + "items.append('z')")
    for name in "abc":
        cells.ran(name, items + front.format(name))
    for again in "abcab":
        cells.ran(again, items + front.format(again))
        assert hooks[None] == ["c", "b", "a", "z"]
        cells.run(again, f"{items}{front.format(again)}\n1 / 0")
        assert hooks[None] == ["c", "b", "a", "z"]
    live.forget("b")
    assert hooks[None] == ["c", "a", "z"]
    live.recall("b")
    assert hooks[None] == ["c", "b", "a", "z"]


DICT_CASES = {
    "set": ("d['n'] = 1", {"a": 1, "b": 2, "n": 1}),
    "replace": ("d['a'] = 3", {"a": 3, "b": 2}),
    "delete": ("del d['a']", {"b": 2}),
    "pop": ("assert d.pop('a') == 1", {"b": 2}),
    "pop_missing": ("assert d.pop('z', 5) == 5", {"a": 1, "b": 2}),
    "popitem": ("assert d.popitem() == ('b', 2)", {"a": 1}),
    "update": ("d.update({'a': 4}, n=5)", {"a": 4, "b": 2, "n": 5}),
    "ior": ("d |= {'n': 5}", {"a": 1, "b": 2, "n": 5}),
    "setdefault": (
        "assert d.setdefault('a', 9) == 1; d.setdefault('n', 9)",
        {"a": 1, "b": 2, "n": 9},
    ),
    "clear": ("d.clear()", {}),
    "delete_and_set": ("del d['a']; d['a'] = 7", {"a": 7, "b": 2}),
    "set_and_delete": ("d['n'] = 7; del d['n']", {"a": 1, "b": 2}),
}


@pytest.mark.parametrize("where", ["extensions", "config", "view_functions"])
@pytest.mark.parametrize("case", DICT_CASES)
def test_dict_is_mutated_as_a_dict_and_returns(
    cells: Cells, case: str, where: str
) -> None:
    """What a cell does to a dict goes with the cell; doing it again does it once."""
    statement, expected = DICT_CASES[case]
    owned = getattr(cells["app"], where)
    before = set(owned)

    def content() -> dict[Any, Any]:
        return {key: owned[key] for key in owned if key not in before}

    cells.ran("base", f"d = app.{where}\nd['a'] = 1")
    cells.ran("other", "d['b'] = 2")
    for _ in range(3):
        if case != "clear":
            cells.ran("change", statement)
            assert from_another_thread(content) == expected
    cells.run("change", f"{statement}\n1 / 0")
    assert case == "clear" or content() == expected
    cells.ran("change", "1")
    assert content() == {"a": 1, "b": 2}
    assert before <= set(owned)


def test_wsgi_middleware_is_wrapped_anew_by_each_run(cells: Cells) -> None:
    """`app.wsgi_app = Middleware(app.wsgi_app)` does not pile up."""
    source = """
class Counted:
    def __init__(self, inner): self.inner = inner
    def __call__(self, environ, start_response):
        environ["depth"] = environ.get("depth", 0) + 1
        return self.inner(environ, start_response)
app.wsgi_app = Counted(app.wsgi_app)
"""
    cells.ran(
        "view",
        "from werkbook import request\n@app.get('/')\n"
        "def home(): return str(request.environ.get('depth'))",
    )
    for _ in range(3):
        cells.ran("middleware", source)
        assert cells.text("/") == "200 1"
    cells.run("middleware", source + source + "1 / 0")
    assert cells.text("/") == "200 1"
    cells.ran("middleware", source + source)
    assert cells.text("/") == "200 2"
    live.forget("middleware")
    assert cells.text("/") == "200 None"


def test_secret_key_is_a_setting_of_its_cell(cells: Cells) -> None:
    """Sessions are signed with the key that the cells say."""
    app = cells["app"]
    cells.ran("key", "app.secret_key = 'one'")
    assert app.secret_key == app.config["SECRET_KEY"] == "one"
    cells.ran("key", "app.secret_key = 'two'")
    assert app.secret_key == "two"
    cells.ran("key", "1")
    assert app.secret_key is None


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("app.json.sort_keys = False", "app.json.sort_keys"),
        ("app.json = app.json_provider_class(app)", "type(app.json).__name__"),
        ("app.session_interface = type('S', (), {})()", "type(app.session_interface)"),
        ("app.login_manager = 5", "getattr(app, 'login_manager', None)"),
        ("app.jinja_env.trim_blocks = True", "app.jinja_env.trim_blocks"),
        ("app.jinja_env.globals['n'] = 1", "app.jinja_env.globals.get('n')"),
        ("app.jinja_env.filters['n'] = len", "app.jinja_env.filters.get('n')"),
        ("app.jinja_env.tests['n'] = len", "app.jinja_env.tests.get('n')"),
        ("app.url_map.converters['n'] = int", "app.url_map.converters.get('n')"),
        ("app.template_folder = 'other'", "app.template_folder"),
        ("app.debug = True", "app.debug"),
        (
            "app.request_class = type('R', (app.request_class,), {})",
            "app.request_class",
        ),
        ("app.teardown_appcontext(len)", "list(app.teardown_appcontext_funcs)"),
        ("app.shell_context_processor(len)", "list(app.shell_context_processors)"),
        ("app.url_build_error_handlers.append(len)", "app.url_build_error_handlers"),
        ("app.cli.command('n')(lambda: 0)", "list(app.cli.commands)"),
        ("app.register_error_handler(404, len)", "app.error_handler_spec[None][404]"),
        ("app.url_defaults(len)", "app.url_default_functions[None]"),
        ("app.jinja_options = {'trim_blocks': True}", "app.jinja_options"),
        ("app.jinja_options['trim_blocks'] = True", "app.jinja_options"),
        ("app.url_map.strict_slashes = False", "app.url_map.strict_slashes"),
        ("app.url_map.merge_slashes = False", "app.url_map.merge_slashes"),
        ("app.name = 'other'", "app.name"),
        ("app.static_folder = 'other'", "app.static_folder"),
        ("app.static_url_path = '/other'", "app.static_url_path"),
    ],
)
def test_setting_goes_with_its_cell(cells: Cells, statement: str, value: str) -> None:
    """Whatever a cell sets is as before when the cell no longer says it."""
    namespace = cells.namespace

    def now() -> str:
        return repr(eval(value, namespace))

    before = now()
    cells.run("set", f"{statement}\n1 / 0")
    assert isinstance(cells.last_error, ZeroDivisionError)
    assert now() == before
    cells.ran("set", statement)
    after = now()
    cells.ran("set", f"before_again = repr({value})\n{statement}")
    assert namespace["before_again"] == before
    if "type(" not in statement:
        assert now() == after
    live.forget("set")
    assert now() == before
    live.recall("set")
    live.forget("set")
    cells.ran("set", "1")
    assert now() == before


def test_nested_dicts_of_extensions_are_owned(cells: Cells) -> None:
    """`error_handler_spec[None][404][NotFound] = f` is a registration as well."""
    cells.ran("view", "from werkzeug.exceptions import NotFound")
    source = "app.error_handler_spec[None][404][NotFound] = lambda e: ('{}', 404)"
    cells.ran("a", source.format("mine"))
    assert cells.text("/none") == "404 mine"
    cells.ran("a", source.format("again"))
    assert cells.text("/none") == "404 again"
    cells.ran("a", "1")
    assert "mine" not in cells.text("/none")


def test_converter_that_changes_is_used_by_rules_of_other_cells(cells: Cells) -> None:
    """Also one that replaces a converter of Werkzeug's."""
    cells.ran("view", "@app.get('/<int:n>')\ndef show(n): return repr(n)")
    assert cells.text("/3") == "200 3"
    source = (
        "from werkzeug.routing import IntegerConverter\n"
        "class Own(IntegerConverter):\n"
        "    def to_python(self, value): return {}\n"
        "app.url_map.converters['int'] = Own"
    )
    cells.ran("converter", source.format("'own ' + value"))
    assert cells.text("/3") == "200 'own 3'"
    cells.ran("converter", source.format("'new ' + value"))
    assert cells.text("/3") == "200 'new 3'"
    cells.ran("converter", "1")
    assert cells.text("/3") == "200 3"


def test_signal_receivers_are_registrations(cells: Cells) -> None:
    """A receiver goes with its cell, and is connected once however often it runs."""
    cells.ran("view", "from werkbook import request_started\n" + view("home", "ok"))
    cells.namespace["LOG"] = log = []
    source = (
        "@request_started.connect\ndef note(sender, **extra): LOG.append('{0}')\n"
        "@request_started.connect_via(app)\n"
        "def second(sender, **extra): LOG.append('via {0}')\n"
    )
    for number in range(3):
        cells.ran("signals", source.format(number))
        del log[:]
        assert cells.text("/") == "200 ok"
        assert sorted(log) == [f"{number}", f"via {number}"]
    cells.run("signals", source.format("bad") + "1 / 0")
    del log[:]
    cells.text("/")
    assert sorted(log) == ["2", "via 2"]
    cells.ran("signals", "1")
    del log[:]
    cells.text("/")
    assert log == []


def test_static_cell_is_served_and_goes(cells: Cells) -> None:
    """Static cells come before files, for every app."""
    cells.ran("css", "live.notebook.static['site.css'] = b'a{}'")
    answer = cells.get("/static/site.css")
    assert (answer.data, answer.mimetype) == (b"a{}", "text/css")
    cells.ran("css", "live.notebook.static['site.css'] = b'b{}'")
    assert cells.get("/static/site.css").data == b"b{}"
    live.forget("css")
    assert cells.get("/static/site.css").status_code == 404


def test_changes_name_what_came_and_went(cells: Cells) -> None:
    """Listeners hear of each end of a run, deletion and return."""
    heard: list[live.Changes] = []
    unsubscribe = live.subscribe(heard.append)
    cells.ran("a", "app.config['K'] = 1")
    cells.ran("a", "app.config['L'] = 1")
    live.forget("a")
    live.recall("a")
    unsubscribe()
    cells.ran("a", "1")
    told = [([r.key for r in c.registered], [r.key for r in c.removed]) for c in heard]
    assert told == [(["K"], []), (["L"], ["K"]), ([], ["L"]), (["L"], [])]


def test_run_that_failed_gives_no_place_among_hooks(cells: Cells) -> None:
    """A cell's place is that of its first run that did something."""
    cells.run("late", "app.before_request(len)\n1 / 0")
    cells.ran("early", "app.before_request(print)")
    cells.ran("late", "app.before_request(len)")
    assert cells["app"].before_request_funcs[None] == [print, len]
    cells.run("early", "1 / 0")
    cells.ran("early", "app.before_request(print)")
    assert cells["app"].before_request_funcs[None] == [print, len]


def test_loader_of_templates_is_a_setting_of_its_cell(cells: Cells) -> None:
    """A loader that a cell sets goes with the cell, and outlasts the app's cell."""
    cells.ran("app", "app = App('one', root_path='/tmp')")
    source = "from jinja2 import DictLoader\napp.jinja_loader = DictLoader({'t': 'x'})"
    cells.ran("loader", source)
    cells.ran("app", "app = App('one', root_path='/tmp')")
    assert cells["app"].jinja_loader.list_templates() == ["t"]
    live.forget("loader")
    assert cells["app"].jinja_loader.searchpath == ["/tmp/templates"]
    cells.ran("app", "app = App('one', root_path='/tmp', template_folder='other')")
    assert cells["app"].jinja_loader.searchpath == ["/tmp/other"]


def rules(cells: Cells) -> dict[str, Any]:
    return {rule.rule: rule for rule in cells["app"].url_map.iter_rules()}


def test_rules_that_a_run_repeats_are_the_same_objects(cells: Cells) -> None:
    """What they lead to is of the new run; a changed rule is a new one."""
    cells.ran("c", view("one", "old", "/one/<int:n>") + view("two", "old", "/two"))
    before = rules(cells)
    cells.ran("c", view("one", "new", "/one/<int:n>") + view("two", "new", "/2"))
    assert cells.text("/one/1") == "200 new"
    assert cells.text("/2") == "200 new"
    assert cells.get("/two").status_code == 404
    assert rules(cells)["/one/<int:n>"] is before["/one/<int:n>"]
    cells.run("c", view("one", "newer", "/one/<int:n>") + "1 / 0")
    assert cells.text("/one/1") == "200 new"


@pytest.mark.parametrize(
    "change", ["strict_slashes = False", "methods.add('PUT')", "alias = True"]
)
def test_rule_that_was_changed_is_made_anew(cells: Cells, change: str) -> None:
    """A run does not repeat what somebody did to a rule of the run before."""
    cells.ran("c", view("one", "old", "/one/"))
    rule = rules(cells)["/one/"]
    exec(f"rule.{change}")
    cells.ran("c", view("one", "new", "/one/"))
    made = rules(cells)["/one/"]
    assert made is not rule
    assert (made.strict_slashes, made.alias) == (True, False)
    assert made.methods == {"GET", "HEAD", "OPTIONS"}


def test_rule_whose_converter_the_cell_no_longer_makes_is_refused(
    cells: Cells,
) -> None:
    """That the run before made the rule does not make it right."""
    converter = (
        "from werkzeug.routing import BaseConverter\n"
        "app.url_map.converters['word'] = type('Word', (BaseConverter,), {})\n"
    )
    cells.ran("c", converter + view("one", "old", "/<word:w>"))
    cells.run("c", view("one", "new", "/<word:w>"))
    assert type(cells.last_error).__name__ == "UnknownConverterError"
    assert cells.text("/x") == "200 old"


def test_rule_twice_in_a_cell_is_two_rules_in_each_run(cells: Cells) -> None:
    """Repeating both does not make one of them."""
    twice = (
        "def one(): return 'x'\n"
        "app.add_url_rule('/one', view_func=one)\n"
        "app.add_url_rule('/one', view_func=one)\n"
    )
    for _ in range(3):
        cells.ran("c", twice)
        found = list(cells["app"].url_map.iter_rules("one"))
        assert len({id(rule) for rule in found}) == len(found) == 2


@pytest.fixture
def wrapped(cells: Cells) -> Cells:
    """An app that says what its middleware left in the WSGI environ."""
    cells.ran(
        "view",
        "from werkbook import request\n"
        "def wrap(name, inner):\n"
        "    def middleware(environ, start_response):\n"
        "        environ['seen'] = environ.get('seen', '') + name\n"
        "        return inner(environ, start_response)\n"
        "    return middleware\n"
        "@app.get('/')\n"
        "def home(): return request.environ.get('seen', '')",
    )
    for name in "abc":
        cells.ran(name, middleware(name))
    assert cells.text("/") == "200 cba"
    return cells


def middleware(*names: str) -> str:
    return "\n".join(f"app.wsgi_app = wrap({name!r}, app.wsgi_app)" for name in names)


def test_middleware_below_that_of_another_cell_is_replaced(wrapped: Cells) -> None:
    """Each cell's middleware is there once, in the order of first runs."""
    wrapped.ran("a", middleware("A"))
    assert wrapped.text("/") == "200 cbA"
    wrapped.ran("b", middleware("1", "2"))
    assert wrapped.text("/") == "200 c21A"
    wrapped.ran("a", middleware("a"))
    wrapped.ran("c", middleware("c"))
    assert wrapped.text("/") == "200 c21a"
    wrapped.run("a", middleware("x", "y") + "\n1 / 0")
    assert wrapped.text("/") == "200 c21a"


def test_middleware_below_that_of_another_cell_goes_and_returns(wrapped: Cells) -> None:
    """A deleted cell's middleware is not kept alive by what was put around it."""
    live.forget("b")
    assert wrapped.text("/") == "200 ca"
    live.forget("a")
    assert wrapped.text("/") == "200 c"
    live.recall("b")
    assert wrapped.text("/") == "200 cb"
    wrapped.ran("c", "")
    assert wrapped.text("/") == "200 b"
    wrapped.ran("a", middleware("a"))
    assert wrapped.text("/") == "200 ba"  # it has its place again


def test_middleware_of_another_cell_is_as_it_was_made(wrapped: Cells) -> None:
    """A layer tells what the middleware tells."""
    wrapped.ran("d", "class Fix:\n    x_for = 2\napp.wsgi_app = Fix()")
    layer = wrapped["app"].wsgi_app
    layer.x_for += 1
    assert (layer.x_for, isinstance(layer, wrapped["Fix"])) == (3, True)


@pytest.fixture
def late(cells: Cells) -> Cells:
    """An app to whose first cell middleware is given after the second cell's."""
    cells.ran(
        "view",
        "from werkbook import request\n"
        "def wrap(name, inner):\n"
        "    def middleware(environ, start_response):\n"
        "        environ['seen'] = environ.get('seen', '') + name\n"
        "        return inner(environ, start_response)\n"
        "    return middleware\n"
        "def lazily(name, inner):\n"
        "    def middleware(environ, start_response):\n"
        "        environ['seen'] = environ.get('seen', '') + name\n"
        "        yield from inner(environ, start_response)\n"
        "    return middleware\n"
        "@app.get('/')\n"
        "def home(): return request.environ.get('seen', '')",
    )
    cells.ran("a", "")
    cells.ran("b", middleware("b"))
    cells.ran("a", middleware("a"))
    assert cells.text("/") == "200 ba"
    return cells


def test_late_middleware_has_the_place_of_its_cell(late: Cells) -> None:
    """It is below that of cells that first ran later, as after Run All."""
    late.ran("a", middleware("1", "2"))
    assert late.text("/") == "200 b21"
    late.ran("b", middleware("3", "4"))
    assert late.text("/") == "200 4321"
    late.ran("c", middleware("c"))
    late.run("a", middleware("x") + "\n1 / 0")
    assert late.text("/") == "200 c4321"
    late.ran("a", "")
    late.ran("b", middleware("b"))
    late.ran("a", middleware("a"))
    assert late.text("/") == "200 cba"
    late.ran("c", "answer = app.test_client().get('/').text\n" + middleware("c"))
    assert late["answer"] == "ba"
    assert late.text("/") == "200 cba"


def test_late_middleware_goes_and_returns(late: Cells) -> None:
    """Also when the cell around it was run meanwhile."""
    live.forget("a")
    assert late.text("/") == "200 b"
    late.ran("b", middleware("b"))
    live.recall("a")
    assert late.text("/") == "200 ba"
    live.forget("b")
    assert late.text("/") == "200 a"
    live.recall("b")
    assert late.text("/") == "200 ba"
    late.ran(
        "view", "from werkbook import request\n@app.get('/')\ndef home(): return 'x'"
    )
    assert late.text("/") == "200 x"


def test_late_middleware_is_called_by_whoever_calls_the_app(late: Cells) -> None:
    """By middleware that answers piece by piece, and twice by one that asks twice."""
    late.ran("b", "app.wsgi_app = lazily('b', app.wsgi_app)")
    late.ran("a", "")
    late.ran("b", "app.wsgi_app = lazily('b', app.wsgi_app)")
    late.ran("a", middleware("a"))
    assert late.text("/") == "200 ba"
    late.ran("a", "")
    late.ran(
        "b",
        "def twice(inner):\n"
        "    def middleware(environ, start_response):\n"
        "        list(inner(dict(environ), lambda *args: None))\n"
        "        list(inner(environ, lambda *args: None))\n"
        "        environ['seen'] += '|'\n"
        "        return inner(environ, start_response)\n"
        "    return middleware\n"
        "app.wsgi_app = twice(app.wsgi_app)",
    )
    late.ran("a", middleware("a"))
    assert late.text("/") == "200 a|a"


def test_middleware_that_leaves_others_out_leaves_them_out(cells: Cells) -> None:
    """What was there when a cell wrapped the bare app stays uncalled."""
    cells.ran(
        "view",
        "from werkbook import App, request\n"
        "@app.get('/')\ndef home(): return str(request.environ.get('seen'))\n"
        "class Mark:\n"
        "    def __init__(self, inner): self.inner = inner\n"
        "    def __call__(self, environ, start_response):\n"
        "        environ['seen'] = 'marked'\n"
        "        return self.inner(environ, start_response)",
    )
    cells.ran("a", "app.wsgi_app = Mark(app.wsgi_app)")
    assert cells.text("/") == "200 marked"
    cells.ran("b", "app.wsgi_app = App.wsgi_app.__get__(app)")
    assert cells.text("/") == "200 None"
    cells.ran("a", "app.wsgi_app = Mark(app.wsgi_app)")
    assert cells.text("/") == "200 None"


def test_middleware_of_an_app_with_a_function_of_its_own(cells: Cells) -> None:
    """Where the class wraps `wsgi_app`, each middleware is called once."""
    cells.ran(
        "app",
        "from werkbook import App, request\n"
        "class Own(App):\n"
        "    def wsgi_app(self, environ, start_response):\n"
        "        environ['seen'] = environ.get('seen', '') + 'o'\n"
        "        return super().wsgi_app(environ, start_response)\n"
        "def wrap(name, inner):\n"
        "    def middleware(environ, start_response):\n"
        "        environ['seen'] = environ.get('seen', '') + name\n"
        "        return inner(environ, start_response)\n"
        "    return middleware\n"
        "app = Own(__name__)\n"
        "@app.get('/')\ndef home(): return request.environ['seen']",
    )
    cells.ran("a", "")
    cells.ran("b", middleware("b"))
    cells.ran("a", middleware("a"))
    assert cells.text("/") == "200 abo"


def test_middleware_may_ask_the_whole_app_anew(late: Cells) -> None:
    """Inside of a request, which then goes from the top again."""
    late.ran(
        "a",
        "def anew(inner):\n"
        "    def middleware(environ, start_response):\n"
        "        if len(environ['seen']) < 2:\n"
        "            return app(environ, start_response)\n"
        "        return inner(environ, start_response)\n"
        "    return middleware\n"
        "app.wsgi_app = anew(app.wsgi_app)",
    )
    assert late.text("/") == "200 bb"
    late.ran("b", middleware("b"))
    assert late.text("/") == "200 bb"


def test_late_middleware_gets_between_two_that_know_each_other(late: Cells) -> None:
    """Also where the lower one goes as it comes: a cell that takes over another's."""
    late.ran("low", middleware("l"))
    late.ran("mid", "")
    late.ran("top", middleware("t"))
    assert late.text("/") == "200 tlba"
    late.ran("mid", middleware("1", "2"))
    assert late.text("/") == "200 t21lba"
    live.forget("low")
    assert late.text("/") == "200 t21ba"
    live.recall("low")
    live.forget("mid")
    late.ran("top", middleware("t"))
    live.forget("low")
    late.ran("mid", middleware("m"))
    assert late.text("/") == "200 tmba"
    late.ran("top", middleware("T"))
    live.recall("low")
    assert late.text("/") == "200 Tmlba"
    live.forget("a")
    assert late.text("/") == "200 Tmlb"


def test_nested_blueprints_come_in_the_order_of_their_mounts(cells: Cells) -> None:
    """A blueprint's own first, as in Flask, whatever cell said what first."""
    mark = "{0}.before_app_request(lambda: g.seen.append('{0}'))\n"
    mark += "{0}.add_url_rule('/{0}', '{0}', lambda: '')"
    cells.ran(
        "made",
        "from werkbook import Blueprint, g\n"
        "a, b, c, d = (Blueprint(name, __name__) for name in 'abcd')\n"
        "app.before_request(lambda: setattr(g, 'seen', []))\n"
        "@app.get('/')\ndef home(): return ''.join(g.seen)",
    )
    told = {
        "1": mark.format("d"),
        "2": "b.register_blueprint(d)",
        "3": mark.format("c"),
        "4": "a.register_blueprint(b)",
        "5": "a.register_blueprint(c)",
        "6": mark.format("b"),
        "7": mark.format("a"),
        "8": "app.register_blueprint(a)",
    }
    for cell, source in told.items():
        cells.ran(cell, source)
    for again in told:
        assert cells.text("/") == "200 abdc"
        rules = [rule.rule for rule in cells["app"].url_map.iter_rules()]
        assert [rule for rule in rules if len(rule) == 2] == ["/a", "/b", "/d", "/c"]
        live.forget("4")
        assert cells.text("/") == "200 ac"
        live.recall("4")
        cells.ran(again, told[again])
    cells.ran("9", "b.before_app_request(lambda: g.seen.append('+'))")
    assert cells.text("/") == "200 abdc+"


def test_hooks_of_the_app_outlast_the_first_of_two_nested_mounts(cells: Cells) -> None:
    """What a blueprint tells the app once is there as long as it is mounted at all."""
    cells.ran(
        "made",
        "from werkbook import Blueprint, g\n"
        "a, b, c = (Blueprint(name, __name__) for name in 'abc')\n"
        "app.before_request(lambda: setattr(g, 'seen', []))\n"
        "@app.get('/')\ndef home(): return ''.join(g.seen)",
    )
    told = {
        "hook": "c.before_app_request(lambda: g.seen.append('c'))",
        "one": "b.register_blueprint(c)",
        "two": "a.register_blueprint(c, name='again')",
        "three": "a.register_blueprint(b)",
        "mount": "app.register_blueprint(a)",
    }
    for cell, source in told.items():
        cells.ran(cell, source)
    for cell in ("one", "two", "three", "mount", "hook", "two", "one", "three"):
        cells.ran(cell, told[cell])
        assert cells.text("/") == "200 c", cell
    for gone, other in (("one", "two"), ("two", "one")):
        live.forget(gone)
        assert cells.text("/") == "200 c", gone
        cells.ran(other, told[other])
        live.recall(gone)
        assert cells.text("/") == "200 c", gone
    for cell in ("one", "two"):
        cells.ran(cell, "")
    assert cells.text("/") == "200 "


class Provider(Blueprint):
    """A blueprint that keeps what it has worked out, as extensions make them."""

    @cached_property
    def session(self) -> object:
        """What is made when it is asked for."""
        return object()

    @functools.cached_property
    def client(self) -> object:
        """The same, by Python's own."""
        return object()


@pytest.mark.parametrize("as_cell", [False, True])
def test_what_was_not_worked_out_can_not_be_deleted(
    cells: Cells, as_cell: bool
) -> None:
    """Extensions end a request so, and expect Werkzeug's error: KeyError."""

    def forget() -> None:
        provider = Provider("provider", "provider")
        with pytest.raises(KeyError):
            del provider.session
        for name in ("client", "nothing"):
            with pytest.raises(AttributeError, match=name):
                delattr(provider, name)
        for name in ("session", "client"):
            made = getattr(provider, name)
            delattr(provider, name)
            assert getattr(provider, name) is not made

    if as_cell:
        cells.namespace["forget"] = forget
        cells.ran("forgets", "forget()")
    else:
        forget()


SETTINGS = [
    "app.jinja_options = {'trim_blocks': True}",
    "app.jinja_options['trim_blocks'] = True",
    "app.jinja_options = {'extensions': ['jinja2.ext.do']}",
    "app.jinja_loader = DictLoader({'page.html': 'of a dict'})",
    "app.create_global_jinja_loader = lambda: DictLoader({'page.html': 'of a dict'})",
    "app.select_jinja_autoescape = lambda name: False",
    "app.create_jinja_environment = lambda: Environment(loader=app.jinja_loader)",
    "app.jinja_env.trim_blocks = True\napp.jinja_options = {'lstrip_blocks': True}",
    "app.ensure_sync = lambda function: lambda **values: 'in its place'",
]
SETTABLE = """
from jinja2 import DictLoader, Environment
from werkbook import App, render_template, render_template_string
app = App('settable', root_path={!r}, template_folder='one')
"""
SHOWING = """
TEXT = "{{% if 1 %}}\\n  {{% if 1 %}}{{{{ v }}}}{{% endif %}}{{% endif %}}"
@app.get('/page')
def page(): return render_template('page.html')
@app.get('/text')
def text(): return render_template_string(TEXT, v='<b>')
@app.get('/extensions')
def extensions(): return str([*app.jinja_env.extensions])
"""


@pytest.mark.parametrize("setting", SETTINGS)
def test_setting_counts_though_templates_were_shown(
    cells: Cells, folders: str, setting: str
) -> None:
    """What an app's environment is made with, in a cell that runs when it is made."""

    def shown() -> list[str]:
        return [cells.text(url) for url in ("/page", "/text", "/extensions")]

    made, showing = SETTABLE.format(folders), SHOWING.format()
    cells.ran("made", made)
    cells.ran("setting", "")
    cells.ran("showing", showing)
    before = shown()
    cells.ran("setting", setting)
    late = shown()
    live.forget("setting")
    assert shown() == before
    forget_everything()
    live.enable()
    for cell, source in [("made", made), ("setting", setting), ("showing", showing)]:
        cells.ran(cell, source)
    assert late == shown()
    assert late != before


FOLDERS = """
from werkbook import App, Blueprint, render_template
made = {2}, root_path={1!r}, template_folder={0!r}, static_folder={0!r})
@made.get('/page/')
def page(): return render_template('page.html')
"""
KINDS = {"app": "App('made'", "blueprint": "Blueprint('made', 'made'"}


@pytest.fixture
def folders(tmp_path: Path) -> str:
    """Make two folders that have a template of one name."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.html").write_text(f"of {name}")
    return str(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_templates_follow_their_folder(cells: Cells, folders: str, kind: str) -> None:
    """The folder's cell says another one, or another cell does."""
    mount = "app = made" if kind == "app" else "app.register_blueprint(made)"
    cells.ran("made", FOLDERS.format("one", folders, KINDS[kind]) + mount)
    assert cells.text("/page/") == "200 of one"
    cells.ran("made", FOLDERS.format("two", folders, KINDS[kind]) + mount)
    assert cells.text("/page/") == "200 of two"
    cells.ran("other", "made.template_folder = 'one'")
    assert cells.text("/page/") == "200 of one"
    live.forget("other")
    assert cells.text("/page/") == "200 of two"


@pytest.mark.parametrize("is_nested", [False, True])
def test_static_files_of_a_mounted_blueprint_follow_it(
    cells: Cells, folders: str, is_nested: bool
) -> None:
    """It gets a folder, and another path, in cells that run when it is mounted."""
    made = "from werkbook import Blueprint\nmade = Blueprint('made', 'made', root_path="
    outer = "outer = Blueprint('outer', 'outer')\nouter.register_blueprint(made)\n"
    nested = outer + "app.register_blueprint(outer)"
    cells.ran("made", made + f"{folders!r})")
    cells.ran("path", "")
    cells.ran("mount", nested if is_nested else "app.register_blueprint(made)")
    assert cells.text("/files/page.html").startswith("404")
    cells.ran("path", "made.static_folder = 'one'\nmade.static_url_path = '/files'")
    assert cells.text("/files/page.html") == "200 of one"
    cells.ran("path", "made.static_folder = 'two'\nmade.static_url_path = '/other'")
    assert cells.text("/files/page.html").startswith("404")
    assert cells.text("/other/page.html") == "200 of two"
    live.forget("path")
    assert cells.text("/other/page.html").startswith("404")


MOUNT = """
from werkbook import Blueprint, render_template
made = Blueprint({0!r}, 'app', root_path={1!r}, template_folder={0!r})
app.register_blueprint(made)
"""


def test_blueprints_are_looked_through_in_the_order_of_cells(
    cells: Cells, folders: str
) -> None:
    """Of two templates of one name Run All takes that of the upper cell's blueprint."""
    show = "@app.get('/')\ndef home(): return render_template('page.html')"
    cells.ran("upper", "from werkbook import render_template")
    cells.ran("lower", MOUNT.format("two", folders) + show)
    assert cells.text("/") == "200 of two"
    cells.ran("upper", MOUNT.format("one", folders))
    assert cells.text("/") == "200 of one"
    assert list(cells["app"].blueprints) == ["one", "two"]
    cells.ran("upper", "seen = [*app.blueprints]\n" + MOUNT.format("1", folders))
    assert cells["seen"] == ["two"]
    assert cells.text("/") == "200 of two"
    assert [one.name for one in cells["app"].iter_blueprints()] == ["1", "two"]
    assert [*reversed(cells["app"].blueprints)] == ["two", "1"]


def test_jinja_options_of_a_class_stand_below_those_of_cells(cells: Cells) -> None:
    """Those of the class that the app has now; a failed run changes none."""
    made = (
        "from werkbook import App\nclass Own(App):\n    jinja_options = {!r}\n"
        "app = Own('main', root_path='/')"
    )
    cells.ran("app", made.format({"trim_blocks": True, "newline_sequence": "\n"}))
    cells.ran("cell", "app.jinja_options['trim_blocks'] = False")
    assert cells["app"].jinja_options["trim_blocks"] is False
    after = made.format({"lstrip_blocks": True})
    cells.run("app", after + "\n1 / 0")
    assert cells["app"].jinja_options == {
        "trim_blocks": False,
        "newline_sequence": "\n",
    }
    cells.ran("app", after)
    assert cells["app"].jinja_options == {"trim_blocks": False, "lstrip_blocks": True}
    cells.ran("cell", "pass")
    assert cells["app"].jinja_options == {"lstrip_blocks": True}
    cells.ran("cell", "app.jinja_options['trim_blocks'] = False")
    assert cells["App"].jinja_options == {}
