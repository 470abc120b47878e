"""An app, or a blueprint, is the same object when its cell runs again."""

from __future__ import annotations

import weakref

import pytest
from tests.werkbook.run_cells import Cells

from werkbook import App, live

VIEW = "@app.get({0!r})\ndef {1}(): return {2!r}\n"


def test_same_app_with_its_settings_reset(cells: Cells) -> None:
    """Other cells' registrations stay; what the app's cell set before is gone."""
    cells.ran("app", "app = App('one', root_path='/tmp')\napp.config['K'] = 1\n")
    app = cells["app"]
    cells.ran("view", VIEW.format("/", "home", "hello") + "app.config['L'] = 2")
    cells.ran("app", "app = App('two', static_folder=None, root_path='/')\n")
    assert cells["app"] is app
    assert (app.import_name, app.root_path, app.name) == ("two", "/", "two")
    assert "K" not in app.config
    assert app.config["L"] == 2
    assert cells.text("/") == "200 hello"
    assert [rule.rule for rule in app.url_map.iter_rules()] == ["/"]


def test_app_cell_that_registers_routes_itself(cells: Cells) -> None:
    """Routes of the app's own cell are replaced as any other's."""
    source = "app = App('one', root_path='/tmp')\n"
    cells.ran("app", source + VIEW.format("/", "home", "old"))
    cells.ran("app", source + VIEW.format("/new", "home", "new"))
    assert cells.text("/new") == "200 new"
    assert cells.get("/").status_code == 404


def test_failed_app_cell_leaves_the_app_as_it_was(cells: Cells) -> None:
    """Its settings, too, are those of the last good run."""
    cells.ran("app", "app = App('one', root_path='/tmp')\napp.secret_key = 'k'\n")
    app = cells["app"]
    cells.run("app", "app = App('two', root_path='/')\napp.secret_key = 'x'\n1 / 0")
    assert (app.import_name, app.root_path, app.secret_key) == ("one", "/tmp", "k")
    assert cells["app"] is app


def test_several_apps_of_a_cell_are_told_apart_by_their_names(cells: Cells) -> None:
    """Where they have other names, the n-th of a cell is the n-th of its next run."""
    source = "{0} = App('{0}', root_path='/')\n{1} = App('{1}', root_path='/')"
    cells.ran("two", source.format("a", "b"))
    a, b = cells["a"], cells["b"]
    cells.ran("two", source.format("b", "a"))
    assert (cells["a"], cells["b"]) == (a, b)
    cells.run("two", source.format("c", "a") + "\n1 / 0")
    cells.ran("two", source.format("b", "a"))
    assert (cells["a"], cells["b"]) == (a, b)
    cells.ran("two", source.format("c", "d"))
    assert (cells["c"], cells["d"]) == (b, a)


def test_apps_of_a_loop_are_told_apart_by_their_order(cells: Cells) -> None:
    """A name that is bound more than once, and places that bind none."""
    loop = "for n in range({}):\n    one = App(str(n), root_path='/')\n"
    more = "    made.append(one)\nmade.append(App('last', root_path='/'))"
    cells.ran("loop", "made = []\n" + loop.format(2) + more)
    first = cells["made"]
    cells.ran("loop", "made = []\n" + loop.format(2) + more)
    assert list(map(id, cells["made"])) == list(map(id, first))
    cells.ran("loop", "made = []\n" + loop.format(1) + more)
    again = cells["made"]
    assert list(map(id, again)) == [id(first[0]), id(first[2])]


def test_app_of_another_class_is_the_same_object(cells: Cells) -> None:
    """A cell that makes its app a subclass keeps it."""
    cells.ran("view", VIEW.format("/", "home", "hello"))
    app = cells["app"]
    cells.ran(
        "app",
        "class Mine(App):\n    def answer(self): return 42\n"
        "app = Mine('mine', root_path='/tmp')",
    )
    assert cells["app"] is app
    assert app.answer() == 42
    assert type(app).__name__ == "Mine"
    assert cells.text("/") == "200 hello"


def test_orphan_is_inherited_by_the_cell_that_binds_its_name(cells: Cells) -> None:
    """The app's cell was deleted and written anew: the other cells' routes stay."""
    cells.ran("view", VIEW.format("/", "home", "hello"))
    app = cells["app"]
    live.forget("app")
    cells.ran("app again", "app = App('again', root_path='/tmp')")
    assert cells["app"] is app
    assert cells.text("/") == "200 hello"


def test_another_name_is_another_app(cells: Cells) -> None:
    """Also when the first one's cell has gone."""
    app = cells["app"]
    live.forget("app")
    cells.ran("other", "other = App('other', root_path='/tmp')")
    assert cells["other"] is not app


def test_another_cell_with_the_same_name_is_another_app(cells: Cells) -> None:
    """While the first cell is there, its app is its own."""
    app = cells["app"]
    cells.ran("other", "app = App('other', root_path='/tmp')")
    assert cells["app"] is not app
    both = [one for one in live.apps() if one in (app, cells["app"])]
    assert both == [app, cells["app"]]


def test_orphan_still_answers(cells: Cells) -> None:
    """What its cell set goes, what it was made with stays until it is made anew."""
    cells.ran("view", VIEW.format("/", "home", "hello"))
    app = cells["app"]
    cells.ran(
        "app",
        "app = App('one', root_path='/tmp')\napp.color = 'red'\napp.config['K'] = 1",
    )
    live.forget("app")
    assert cells.text("/") == "200 hello"
    assert cells.get("/static/x.css").status_code == 404
    assert (app.name, app.root_path, hasattr(app, "color")) == ("one", "/tmp", False)
    assert "K" not in app.config
    cells.ran("app again", "app = App('two', root_path='/tmp')")
    assert (app.name, cells["app"] is app) == ("two", True)
    live.forget("app again")
    live.recall("app")
    assert (app.name, app.color) == ("one", "red")


def test_blueprint_under_another_name(mounted: Cells) -> None:
    """Its endpoints follow, those of nested blueprints included."""
    mounted.ran("inner", "inner = Blueprint('inner', 'cells', url_prefix='/in')")
    mounted.ran("nest", "bp.register_blueprint(inner)")
    mounted.ran("fill inner", "@inner.get('/y')\ndef y(): return request.blueprint")
    mounted.ran("make", "bp = Blueprint('renamed', 'cells', url_prefix='/r')")
    assert mounted.text("/r/x") == "200 one renamed"
    assert mounted.text("/r/in/y") == "200 renamed.inner"
    assert mounted.get("/a/in/y").status_code == 404
    assert sorted(mounted["app"].blueprints) == ["renamed", "renamed.inner"]
    live.forget("mount")
    assert mounted.get("/r/x").status_code == 404


def test_app_made_outside_of_cells_is_new_each_time() -> None:
    """In a module each call makes an app, which goes when nobody holds it."""
    one, two = App("one", root_path="/"), App("one", root_path="/")
    assert one is not two
    gone = weakref.ref(one)
    del one
    assert gone() is None


def test_app_factory_called_by_a_cell(cells: Cells) -> None:
    """`app = create_app()` makes the same app again, inherited by name, too."""
    cells.ran(
        "factory",
        "def create_app():\n    made = App('made', root_path='/tmp')\n"
        "    made.add_url_rule('/', 'home', lambda: 'home')\n    return made",
    )
    cells.ran("make", "app = create_app()")
    app = cells["app"]
    cells.ran("make", "app = create_app()")
    assert cells["app"] is app
    assert cells.text("/") == "200 home"
    live.forget("make")
    cells.ran("make again", "app = create_app()")
    assert cells["app"] is app


BLUEPRINT = "bp = Blueprint('bp', 'cells', url_prefix='/{0}')\n"
FILL = "@bp.get('/x')\ndef x(): return '{0} ' + request.blueprint\n"
MOUNT = "app.register_blueprint(bp)\n"


@pytest.fixture
def mounted(cells: Cells) -> Cells:
    """A blueprint made in one cell, filled in another, mounted in a third."""
    cells.ran("make", BLUEPRINT.format("a"))
    cells.ran("fill", FILL.format("one"))
    cells.ran("mount", MOUNT)
    return cells


def test_blueprint_over_three_cells(mounted: Cells) -> None:
    """Each of the cells may run again."""
    assert mounted.text("/a/x") == "200 one bp"
    mounted.ran("fill", FILL.format("two"))
    assert mounted.text("/a/x") == "200 two bp"
    mounted.ran("mount", MOUNT)
    assert mounted.text("/a/x") == "200 two bp"
    mounted.run("fill", FILL.format("bad") + "1 / 0")
    assert mounted.text("/a/x") == "200 two bp"
    mounted.run("mount", MOUNT + "1 / 0")
    assert mounted.text("/a/x") == "200 two bp"


def test_blueprint_with_another_prefix(mounted: Cells) -> None:
    """The mount follows the blueprint's own settings."""
    mounted.ran("make", BLUEPRINT.format("b"))
    assert mounted.text("/b/x") == "200 one bp"
    assert mounted.get("/a/x").status_code == 404


def test_blueprint_mounted_elsewhere(mounted: Cells) -> None:
    """A changed mount moves what other cells registered."""
    mounted.ran("mount", "app.register_blueprint(bp, url_prefix='/moved', name='m')")
    assert mounted.text("/moved/x") == "200 one m"
    assert mounted.get("/a/x").status_code == 404
    assert list(mounted["app"].blueprints) == ["m"]


def test_blueprint_filled_after_it_was_mounted(mounted: Cells) -> None:
    """Rules, hooks, handlers and nested blueprints take effect at once."""
    mounted.ran("later", "@bp.get('/later')\ndef later(): return 'later'")
    assert mounted.text("/a/later") == "200 later"
    mounted.ran(
        "hooks",
        "@bp.before_request\ndef b():\n"
        "    if 'stop' in request.args: return 'stopped'\n"
        "@bp.errorhandler(404)\ndef e(error): return 'bp 404', 404\n"
        "@bp.get('/gone')\ndef gone(): abort(404)\n"
        "@bp.after_request\ndef a(r): r.headers['X-Bp'] = '1'; return r\n",
    )
    assert mounted.text("/a/x?stop=1") == "200 stopped"
    assert mounted.text("/a/gone") == "404 bp 404"
    assert mounted.get("/a/x").headers["X-Bp"] == "1"
    mounted.ran("hooks", "1")
    assert mounted.text("/a/x?stop=1") == "200 one bp"
    assert "X-Bp" not in mounted.get("/a/x").headers
    live.forget("later")
    assert mounted.get("/a/later").status_code == 404
    live.recall("later")
    assert mounted.text("/a/later") == "200 later"


@pytest.mark.parametrize("cell", ["make", "fill", "mount"])
def test_blueprint_goes_with_each_of_its_cells_and_returns(
    mounted: Cells, cell: str
) -> None:
    """Deleting one of the three takes the rule away, undoing brings it back."""
    live.forget(cell)
    if cell != "make":  # nothing but the object came from there
        assert mounted.get("/a/x").status_code == 404
    live.recall(cell)
    assert mounted.text("/a/x") == "200 one bp"


def test_nested_blueprints_over_cells(mounted: Cells) -> None:
    """An inner blueprint mounted on the outer one, before or after its mount."""
    mounted.ran("inner", "inner = Blueprint('inner', 'cells', url_prefix='/in')")
    mounted.ran("nest", "bp.register_blueprint(inner)")
    mounted.ran("fill inner", "@inner.get('/y')\ndef y(): return request.blueprint")
    assert mounted.text("/a/in/y") == "200 bp.inner"
    mounted.ran("nest", "bp.register_blueprint(inner, url_prefix='/deep')")
    assert mounted.text("/a/deep/y") == "200 bp.inner"
    assert mounted.get("/a/in/y").status_code == 404
    mounted.ran("mount", MOUNT)
    assert mounted.text("/a/deep/y") == "200 bp.inner"
    mounted.ran("fill inner", "@inner.get('/z')\ndef z(): return 'z'")
    assert mounted.text("/a/deep/z") == "200 z"
    assert mounted.get("/a/deep/y").status_code == 404
    live.forget("nest")
    assert mounted.get("/a/deep/z").status_code == 404
    assert mounted.text("/a/x") == "200 one bp"
    live.recall("nest")
    assert mounted.text("/a/deep/z") == "200 z"
    live.forget("mount")
    assert mounted.get("/a/deep/z").status_code == 404
    live.recall("mount")
    assert mounted.text("/a/deep/z") == "200 z"


def test_blueprint_for_the_whole_app(mounted: Cells) -> None:
    """`before_app_request`, filters and the like go with their cell, too."""
    source = (
        "@bp.before_app_request\ndef b(): g.seen = '{0}'\n"
        "@bp.app_template_filter('mark')\ndef m(x): return '{0}'\n"
        "@bp.app_errorhandler(404)\ndef e(error): return '{0} 404', 404\n"
        "@bp.app_context_processor\ndef c(): return {{'word': '{0}'}}\n"
    )
    mounted.ran(
        "view",
        "@app.get('/')\ndef home():\n"
        "    t = '{{ 1|mark }} {{ word }} '\n"
        "    return render_template_string(t) + g.seen",
    )
    for word in ("one", "two"):
        mounted.ran("whole", source.format(word))
        assert mounted.text("/") == f"200 {word} {word} {word}"
        assert mounted.text("/none") == f"404 {word} 404"
    mounted.ran("mount", MOUNT)
    assert mounted.text("/") == "200 two two two"
    mounted.ran("whole", "1")
    assert mounted.get("/").status_code == 500
    assert "two" not in mounted.text("/none")


def test_all_in_one_cell_runs_again(cells: Cells) -> None:
    """A blueprint made, filled and mounted in one cell."""
    for prefix in "abc":
        cells.ran("all", BLUEPRINT.format(prefix) + FILL.format(prefix) + MOUNT)
        assert cells.text(f"/{prefix}/x") == f"200 {prefix} bp"
        assert len(list(cells["app"].url_map.iter_rules())) == 2
    assert cells.get("/a/x").status_code == 404


def test_app_cell_runs_again_under_a_mounted_blueprint(mounted: Cells) -> None:
    """The mount of another cell stays."""
    mounted.ran("app", "from werkbook import *\napp = App('again', root_path='/tmp')")
    assert mounted.text("/a/x") == "200 one bp"


def test_two_mounts_of_a_blueprint(mounted: Cells) -> None:
    """What is added later takes effect at both."""
    mounted.ran("second", "app.register_blueprint(bp, name='s', url_prefix='/s')")
    mounted.ran("later", "@bp.get('/later')\ndef later(): return request.blueprint")
    assert mounted.text("/a/later") == "200 bp"
    assert mounted.text("/s/later") == "200 s"
    live.forget("second")
    assert mounted.get("/s/later").status_code == 404
    assert mounted.text("/a/later") == "200 bp"


def test_blueprint_class_view_static_and_commands(
    cells: Cells, tmp_path: object
) -> None:
    """Static files, class views, commands and `record` of a blueprint go with it."""
    source = (
        "from werkbook.views import MethodView\n"
        f"bp = Blueprint('bp', 'cells', static_folder={str(tmp_path)!r},"
        " static_url_path='/files', url_prefix='/bp')\n"
        "class Item(MethodView):\n"
        "    def get(self, n): return f'get {n}'\n"
        "    def delete(self, n): return f'delete {n}'\n"
        "bp.add_url_rule('/items/<int:n>', view_func=Item.as_view('item'))\n"
        "bp.record(lambda state: state.app.config.update(RECORDED=1))\n"
        "@bp.cli.command('go')\ndef go(): pass\n"
        "app.register_blueprint(bp)\n"
    )
    for _ in range(2):
        cells.ran("all", source)
        assert cells.text("/bp/items/3") == "200 get 3"
        assert cells.send("DELETE", "/bp/items/3").text == "delete 3"
        assert cells["app"].config["RECORDED"] == 1
        assert list(cells["app"].cli.commands) == ["bp"]
    live.forget("all")
    assert cells.get("/bp/items/3").status_code == 404
    assert "RECORDED" not in cells["app"].config
    assert list(cells["app"].cli.commands) == []


def test_app_is_inherited_by_one_cell_alone(cells: Cells) -> None:
    """The app of a cell that failed goes to the next of its name, not to all."""
    cells.run("failed", "from werkbook import App\nother = App('o')\n1 / 0")
    cells.ran("first", "other = App('o')\nother.add_url_rule('/1', 'one', str)")
    first = cells["other"]
    cells.ran("second", "other = App('o')\nother.add_url_rule('/2', 'two', str)")
    assert cells["other"] is not first
    assert sorted(cells["other"].view_functions) == ["static", "two"]
    cells.ran("failed", "other = App('o')")
    assert list(cells["other"].view_functions) == ["static"]
    cells.ran("first", "other = App('o')")
    assert cells["other"] is first


@pytest.mark.parametrize(
    "options",
    [
        "static_folder='other'",
        "static_url_path='/other'",
        "host_matching=True, static_host='a'",
        "instance_path='/elsewhere', instance_relative_config=True",
    ],
)
def test_failed_app_cell_leaves_what_properties_keep(
    cells: Cells, options: str
) -> None:
    """All that an app is made with is as it was: its class, its folders, its map."""
    cells.ran("app", "app = App('one', root_path='/tmp')")
    cells.ran("view", VIEW.format("/", "home", "hello"))
    before = described(cells["app"])
    cells.run("app", f"app = App('one', root_path='/tmp', {options})\n1 / 0")
    assert described(cells["app"]) == before
    assert cells.text("/") == "200 hello"


def test_failed_app_cell_leaves_class_name_and_json_provider(cells: Cells) -> None:
    """What a class of one's own makes otherwise goes with the failed run."""
    cells.ran("app", "app = App('one', root_path='/tmp')")
    before = described(cells["app"])
    cells.run(
        "app",
        "from werkbook.json.provider import DefaultJSONProvider\n"
        "class JSON(DefaultJSONProvider): pass\n"
        "class Own(App): json_provider_class = JSON\n"
        "app = Own('one', root_path='/tmp')\napp.name = 'other'\n1 / 0",
    )
    assert described(cells["app"]) == before


def described(app: App) -> dict[str, object]:
    """What an app is made with."""
    return {
        "class": type(app),
        "name": app.name,
        "json": (app.json, app._make_json()),
        "static": (app.static_folder, app.static_url_path),
        "config": app.config.root_path,
        "hosts": app.url_map.host_matching,
        "rules": sorted(rule.rule for rule in app.url_map.iter_rules()),
    }


def test_converters_of_other_cells_stay_when_hosts_begin_to_matter(
    cells: Cells,
) -> None:
    """An app that is made with host matching keeps its URL map."""
    cells.ran("app", "app = App('one', root_path='/')")
    cells.ran(
        "view",
        "from werkzeug.routing import BaseConverter\n"
        "app.url_map.converters['word'] = type('Word', (BaseConverter,), {})\n"
        "@app.get('/<word:w>', host='localhost')\ndef word(w): return w",
    )
    cells.ran(
        "app", "app = App('one', root_path='/', host_matching=True, static_host='a')"
    )
    assert cells.text("/hello") == "200 hello"
    cells.ran("app", "app = App('one', root_path='/')")
    assert not cells["app"].url_map.host_matching
