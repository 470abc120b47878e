"""Blueprints made, filled and mounted in several cells: the app is what they say.

Each test compares the live app with one that is made of the statements in the order
in which Restart and Run All would run them.
"""

import json

import pytest
from tests.werkbook_ext.notebooks import Notebook

APP = """from tests.werkbook_ext.observed import *
app = make_app('__main__')"""
INNER = "inner = Blueprint('inner', '__main__', url_prefix='/in')"
BLUEPRINTS = f"""bp = Blueprint('bp', '__main__', url_prefix='/bp')
{INNER}
"""
VIEW = """app.view_functions['one'] = view('one')
app.add_url_rule('/a', 'one')
"""
MOUNT = "app.register_blueprint(bp)\n"
OTHER_MOUNT = "app.register_blueprint(bp, name='two', url_prefix='/pb')\n"
NEST = "bp.register_blueprint(inner)\n"


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("o", "%config Werkbook.announce = False")
    notebook.run("app", APP)
    notebook.run("bp", BLUEPRINTS)
    notebook.run("view", VIEW)
    return notebook


def rule(blueprint: str, path: str, text: str) -> str:
    return f"{blueprint}.add_url_rule('{path}', 'x', view('{text}'))\n"


def hook(on: str, text: str) -> str:
    return f"{on}(hook('{text}'))\n"


def expect(
    notebook: Notebook, *sources: str, prefix: str = "/bp", inner: str = INNER
) -> None:
    """Compare the live app with one that is made of sources, run in their order."""
    blueprints = BLUEPRINTS.replace("'/bp'", repr(prefix)).replace(INNER, inner)
    lines = "".join(["app = make_app('__main__')\n", blueprints, VIEW, *sources])
    observed = "__import__('tests.werkbook_ext.observed', fromlist=['x'])"
    differs = notebook.ask(f"{observed}.compare(app, {lines.splitlines()!r})")
    assert not differs, json.dumps(differs, indent=1)


BP_HOOK = hook("bp.before_app_request", "bp")
APP_HOOK = hook("app.before_request", "app")


def test_hook_for_the_app_comes_where_the_blueprint_is_mounted(base: Notebook) -> None:
    base.run("a", BP_HOOK)
    base.run("b", APP_HOOK)
    base.run("c", MOUNT)
    expect(base, BP_HOOK, APP_HOOK, MOUNT)


def test_hooks_for_the_app_keep_their_order_when_cells_run_again(
    base: Notebook,
) -> None:
    sources = {
        "a": BP_HOOK,
        "b": APP_HOOK,
        "c": hook("bp.before_app_request", "second"),
        "d": MOUNT + hook("app.before_request", "after the mount"),
        "e": hook("bp.before_app_request", "third"),
    }
    for cell, source in sources.items():
        base.run(cell, source)
    for cell, source in sources.items():
        base.run(cell, source)
        expect(base, *sources.values())


def test_another_prefix_leaves_the_order_of_hooks(base: Notebook) -> None:
    mount = MOUNT + APP_HOOK
    base.run("a", BP_HOOK)
    base.run("c", mount)
    base.run("bp", BLUEPRINTS.replace("'/bp'", "'/pb'"))
    expect(base, BP_HOOK, mount, prefix="/pb")


def test_last_run_of_two_claims_has_it_after_a_mount_again(base: Notebook) -> None:
    one, two = rule("bp", "/x", "one"), rule("bp", "/x", "two")
    base.run("c", MOUNT)
    base.run("a", one)
    base.run("b", two)
    expect(base, MOUNT, two)
    base.run("a", one)
    expect(base, MOUNT, one)
    base.run("bp", BLUEPRINTS.replace("'/bp'", "'/pb'"))
    expect(base, MOUNT, one, prefix="/pb")
    base.run("c", MOUNT)
    expect(base, MOUNT, one, prefix="/pb")
    base.delete("c")
    expect(base, prefix="/pb")
    base.run("c", MOUNT)
    expect(base, MOUNT, one, prefix="/pb")


@pytest.mark.parametrize("ends", ["run", "delete"])
def test_second_mount_brings_the_hooks_for_the_app_when_the_first_goes(
    base: Notebook, ends: str
) -> None:
    fill = rule("bp", "/x", "x") + BP_HOOK + hook("bp.before_request", "own")
    base.run("c", MOUNT)
    base.run("d", OTHER_MOUNT)
    base.run("a", fill)
    expect(base, MOUNT, OTHER_MOUNT, fill)
    if ends == "run":
        base.run("c", "pass")
    else:
        base.delete("c")
    expect(base, OTHER_MOUNT, fill)
    base.run("c", MOUNT)
    expect(base, MOUNT, OTHER_MOUNT, fill)


def test_cells_of_nested_blueprints_go_and_come_back(base: Notebook) -> None:
    fill = rule("inner", "/y", "y") + hook("inner.before_app_request", "inner")
    sources = {"n": NEST, "a": fill, "c": MOUNT}
    for cell, source in sources.items():
        base.run(cell, source)
    expect(base, NEST, fill, MOUNT)
    for cell in sources:
        base.delete(cell)
        expect(base, *(sources[one] for one in sources if one != cell))
        base.fail(cell, "1 / 0")
        expect(base, NEST, fill, MOUNT)
    base.run("bp", BLUEPRINTS.replace("'/bp'", "'/pb'"))
    expect(base, NEST, fill, MOUNT, prefix="/pb")
    base.delete("n", "a", "c")
    expect(base, prefix="/pb")
    for cell in ("a", "c", "n"):
        base.fail(cell, "1 / 0")
    expect(base, NEST, fill, MOUNT, prefix="/pb")


NESTS = {
    "once": NEST,
    "of another prefix": "bp.register_blueprint(inner, url_prefix='/other')\n",
    "twice": NEST + "bp.register_blueprint(inner, name='more', url_prefix='/m')\n",
    "in two levels": "middle = Blueprint('middle', '__main__', url_prefix='/m')\n"
    "middle.register_blueprint(inner)\nbp.register_blueprint(middle)\n",
    "in one that is mounted twice": NEST + OTHER_MOUNT,
}


@pytest.mark.parametrize(
    "inner",
    [
        INNER.replace("/in", "/new"),
        INNER.replace(", url_prefix='/in'", ""),
        INNER.replace("'inner'", "'renamed'"),
        INNER.replace("'/in'", "'/in', url_defaults={'x': 'given'}"),
    ],
    ids=["prefix", "no prefix", "name", "defaults"],
)
@pytest.mark.parametrize("nest", NESTS.values(), ids=NESTS)
def test_l4_nested_blueprint_made_otherwise(
    base: Notebook, nest: str, inner: str
) -> None:
    """Its rules and hooks are where it says now, wherever it is nested."""
    fill = rule("inner", "/y", "y") + hook("inner.before_request", "in")
    fill += hook("inner.before_app_request", "ina")
    base.run("bp", BLUEPRINTS.partition("\n")[0])
    base.run("inner", INNER)
    base.run("fill", fill)
    base.run("nest", nest)
    base.run("m", MOUNT)
    base.run("hook", APP_HOOK)
    expect(base, fill, nest, MOUNT, APP_HOOK)
    base.fail("inner", inner + "\n1 / 0")
    expect(base, fill, nest, MOUNT, APP_HOOK)
    base.run("inner", inner)
    expect(base, fill, nest, MOUNT, APP_HOOK, inner=inner)
    base.delete("nest")
    base.run("inner", INNER)
    expect(base, fill, MOUNT, APP_HOOK)
    base.run("nest", nest)
    expect(base, fill, nest, MOUNT, APP_HOOK)
