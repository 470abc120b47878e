"""What an app is made with, and what other cells set on it (L4, L6)."""

import pytest
from tests.werkbook_ext.notebooks import ShellNotebook

APP = "from werkbook import App, Blueprint\napp = App('__main__')"

SETTINGS = {
    "json": (
        "from werkbook.json.provider import DefaultJSONProvider as P\n"
        "class Own(P): pass\napp.json = Own(app)",
        "type(app.json).__name__",
    ),
    "aborter": (
        "class Own(type(app.aborter)): pass\napp.aborter = Own()",
        "type(app.aborter).__name__",
    ),
    "template_folder": ("app.template_folder = 'own'", "app.template_folder"),
    "static_folder": ("app.static_folder = None", "app.static_folder"),
    "static_url_path": ("app.static_url_path = '/own'", "app.static_url_path"),
    "instance_path": ("app.instance_path = '/own'", "app.instance_path"),
    "import_name": ("app.import_name = 'own'", "app.import_name"),
    "root_path": ("app.root_path = '/own'", "app.root_path"),
    "subdomain": ("app.subdomain_matching = True", "app.subdomain_matching"),
    "host": ("app.url_map.host_matching = True", "app.url_map.host_matching"),
}


@pytest.fixture
def here(shell: object) -> ShellNotebook:
    here = ShellNotebook(shell)  # type: ignore[arg-type]  # the fixture gives it
    here.run("app", APP)
    return here


@pytest.mark.parametrize("name", SETTINGS)
def test_l4_other_cells_setting_outlasts_what_the_app_is_made_with(
    here: ShellNotebook, name: str
) -> None:
    """`App(...)` comes before it at Restart and Run All, whichever cell ran last."""
    statement, value = SETTINGS[name]
    made = here.ask(value)
    ran = here.run("set", statement)
    assert "takes over" not in ran.text
    own = here.ask(value)
    assert own != made
    assert "takes over" not in here.run("app", APP).text
    assert here.ask(value) == own
    here.fail("app", APP + "\n1 / 0")
    assert here.ask(value) == own
    here.fail("set", "1 / 0")
    assert here.ask(value) == own
    here.delete("set")
    assert here.ask(value) == made


@pytest.mark.parametrize("name", SETTINGS)
def test_app_whose_cells_went_has_what_it_was_made_with(
    here: ShellNotebook, name: str
) -> None:
    """First the cell that made it, then the one that set something on it."""
    statement, value = SETTINGS[name]
    made = here.ask(value)
    here.run("set", statement)
    here.delete("app")
    assert here.ask(value) != made
    here.delete("set")
    assert here.ask(value) == made


def test_l4_app_made_anew_does_not_see_what_other_cells_set(
    here: ShellNotebook,
) -> None:
    """Its rule for static files stands where its own settings say."""
    here.run("set", "app.static_url_path = '/own'")
    here.run("app", APP + "\nsaid = app.static_url_path")
    assert here.ask("[str(one) for one in app.url_map.iter_rules()]") == [
        "/static/<path:filename>"
    ]
    here.run("app", APP.replace(")", ", static_url_path='/files')"))
    assert here.ask("[str(one) for one in app.url_map.iter_rules()]") == [
        "/files/<path:filename>"
    ]
    assert here.ask("app.static_url_path") == "/own"


def test_l6_of_two_cells_settings_the_later_one_holds(here: ShellNotebook) -> None:
    """What the app's cell sets beside the constructor counts as any cell's."""
    here.run("set", "app.template_folder = 'one'")
    ran = here.run("app", APP + "\napp.template_folder = 'two'")
    assert 'app.template_folder takes over from the cell "app.tem' in ran.text
    assert here.ask("app.template_folder") == "two"
    here.run("app", APP)
    assert here.ask("app.template_folder") == "one"


def test_l4_blueprints_settings_of_other_cells_stay(here: ShellNotebook) -> None:
    """A prefix that another cell sets is the one of its rules."""
    made = "bp = Blueprint('bp', '__main__', url_prefix={!r})"
    here.run("bp", made.format("/one"))
    here.run("set", "bp.url_prefix = '/own'")
    here.run("k", "bp.add_url_rule('/k', 'k', lambda: 'k')\napp.register_blueprint(bp)")
    assert here.get("/own/k") == "k"
    here.run("bp", made.format("/two"))
    assert here.get("/own/k") == "k"
    here.delete("set")
    assert [here.get("/two/k"), here.get("/own/k")] == ["k", "404"]


def test_live_error_page_is_html_whatever_responses_are(here: ShellNotebook) -> None:
    """The class of the app's responses may have another type by default."""
    here.run("k", "@app.get('/k')\ndef k():\n    raise ValueError('k')")
    here.run(
        "own",
        "class Own(app.response_class):\n    default_mimetype = 'text/plain'\n"
        "app.response_class = Own",
    )
    answer = "app.test_client().get('/k')"
    page = f"[{answer}.mimetype, 'ValueError' in {answer}.text]"
    assert here.ask(page) == ["text/html", True]


STRICT = "app.url_map.strict_slashes = False"


def test_l4_rules_of_other_cells_follow_the_maps_settings(here: ShellNotebook) -> None:
    """As at Restart and Run All: those of cells behind the one that sets them."""
    here.run("k", "@app.get('/k')\ndef k():\n    return 'k'")
    here.run("o", "app.add_url_rule('/o', 'o', lambda: 'o', strict_slashes=True)")
    asked = (
        "[app.test_client().get(url).status_code for url in ('/k/', '/o/')]"
        " + [one.strict_slashes for one in app.url_map.iter_rules() if 'k' in one.rule]"
    )
    assert here.ask(asked) == [404, 404, True]
    here.run("app", f"{APP}\n{STRICT}")
    assert here.ask(asked) == [200, 404, False]
    here.fail("app", f"{APP}\n1 / 0")
    assert here.ask(asked) == [200, 404, False]
    here.run("k", "@app.get('/k')\ndef k():\n    return 'again'")
    assert here.ask(asked) == [200, 404, False]
    here.run("app", APP)
    assert here.ask(asked) == [404, 404, True]


def test_maps_setting_of_a_later_cell_leaves_earlier_rules(here: ShellNotebook) -> None:
    """Whether those run again or not; it goes with its cell."""
    here.run("k", "@app.get('/k')\ndef k():\n    return 'k'")
    here.run("set", STRICT)
    here.run("l", "@app.get('/l')\ndef l():\n    return 'l'")
    asked = "[app.test_client().get(url).status_code for url in ('/k/', '/l/')]"
    assert here.ask(asked) == [404, 200]
    here.run("k", "@app.get('/k')\ndef k():\n    return 'again'")
    assert here.ask(asked) == [404, 200]
    here.delete("set")
    assert here.ask(asked) == [404, 404]
    here.run("set", STRICT)
    assert here.ask(asked) == [404, 200]


def test_maps_setting_holds_for_rules_below_it_in_its_cell(here: ShellNotebook) -> None:
    """And in no other run of it than where it stands."""
    rule = "app.add_url_rule('/{0}', '{0}', lambda: '{0}')\n"
    asked = "[app.test_client().get(url).status_code for url in ('/a/', '/b/')]"
    here.run("k", rule.format("a") + STRICT + "\n" + rule.format("b"))
    assert here.ask(asked) == [404, 200]
    here.run("k", rule.format("a") + STRICT + "\n" + rule.format("b"))
    assert here.ask(asked) == [404, 200]
    here.run("k", STRICT + "\n" + rule.format("b") + rule.format("a"))
    assert here.ask(asked) == [200, 200]
    here.run("k", rule.format("b") + rule.format("a"))
    assert here.ask(asked) == [404, 404]


def test_maps_default_subdomain_is_that_of_other_cells_rules(
    here: ShellNotebook,
) -> None:
    """The host is told with the request."""
    here.run("k", "@app.get('/k')\ndef k():\n    return 'k'")
    named = APP.replace(")", ", subdomain_matching=True)") + (
        "\napp.config['SERVER_NAME'] = 'a.test'"
    )
    here.run("app", named + "\napp.url_map.default_subdomain = 'www'")
    asked = (
        "[app.test_client().get('/k', base_url=url).status_code"
        " for url in ('http://www.a.test', 'http://a.test')]"
    )
    assert here.ask(asked) == [200, 404]
    here.run("app", named)
    assert here.ask(asked) == [404, 200]


SAID_OF_TEMPLATES = {
    "template cell": ("%%template k.html\n{v}", ""),
    "app's loader": ('app.jinja_loader = DictLoader({"k.html": "{v}"})', ""),
    "blueprint's loader": ('bp.jinja_loader = DictLoader({"k.html": "{v}"})', ""),
    "filter": ('app.jinja_env.filters["k"] = lambda value: "{v}"', "{{ 1|k }}"),
    "policy": (
        'app.jinja_env.policies["truncate.leeway"] = len("{v}")',
        "{{ 'abcdefg'|truncate(3) }}",
    ),
    "attribute": (
        'app.jinja_env.line_statement_prefix = "{v}"',
        "one set x = 1\nthree set x = 3\n{{ x }}",
    ),
    "blueprint": (
        'other = Blueprint("other", "__main__")\n'
        'other.jinja_loader = DictLoader({"k.html": "{v}"})\n'
        "app.register_blueprint(other)",
        "",
    ),
}


@pytest.mark.parametrize(
    ("source", "template"), SAID_OF_TEMPLATES.values(), ids=SAID_OF_TEMPLATES
)
def test_templates_of_the_environment_are_those_of_now(
    here: ShellNotebook, source: str, template: str
) -> None:
    """Also where a cell or a view asks `app.jinja_env` for them."""
    here.run(
        "bp",
        "from jinja2 import DictLoader\nfrom werkbook import render_template\n"
        "bp = Blueprint('bp', '__main__')\n"
        "app.register_blueprint(bp)\n"
        "def render():\n"
        "    try:\n        return app.jinja_env.get_template('k.html').render()\n"
        "    except Exception as error:\n        return type(error).__name__\n"
        "@app.get('/')\ndef index():\n    return render_template('k.html')",
    )
    if template:
        here.run("template", f"%%template k.html\n{template}")
    shown = [here.ask("render()")]
    for value in ("one", "three"):
        here.run("said", source.replace("{v}", value))
        shown.append(here.ask("render()"))
        assert here.get("/") == shown[-1]
        here.run("afresh", "app.jinja_env.cache.clear()")
        assert here.ask("render()") == shown[-1]
    assert shown[1] not in (shown[0], shown[2]), shown
    if not source.startswith("%%"):
        here.fail("said", source.replace("{v}", "failed") + "\n1 / 0")
    assert here.ask("render()") == shown[2]
    here.delete("said")
    assert here.ask("render()") == shown[0]
