"""Names that code reads without writing them down."""

from __future__ import annotations

import ast

import pytest

from werkbook.export.flow.context import Context
from werkbook.export.flow.dynamic import DynamicReads, dynamic_reads


def reads(source: str, imports: str = "") -> DynamicReads:
    [node] = ast.parse(source).body
    return dynamic_reads(node, Context(ast.parse(imports).body))


@pytest.mark.parametrize(
    "source",
    [
        "globals()[name]()",
        "render_template_string(text, **globals())",
        "eval(code)",
        "exec(open('a.py').read())",
        "for one in list(globals()): print(one)",
        "sys.modules[__name__]",
        "sys.modules['__main__']",
        "importlib.import_module('__main__')",
        "def view(name):\n    return globals()[name]()",
    ],
)
def test_code_that_may_read_any_name_keeps_all(source: str) -> None:
    """What is looked up is known only when it runs."""
    assert reads(source).has_all


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("globals()['greet']()", {"greet"}),
        ("globals().get('greet', None)", {"greet"}),
        ("'greet' in globals()", {"greet"}),
        ("eval('greet(name)')", {"greet", "name"}),
        ("settings.configure(ROOT_URLCONF=__name__)", None),
    ],
)
def test_literal_text_names_what_is_read(source: str, names: set[str] | None) -> None:
    """Then the rest need not be kept."""
    found = reads(source)
    assert not found.has_all
    assert found.names == names if names is not None else "urlpatterns" in found.names


@pytest.mark.parametrize(
    "source",
    ["eval('1 +')", "eval(code, {'x': 1})", "vars(one)", "print(locals())", "ast.x()"],
)
def test_code_that_sees_nothing_of_the_module_keeps_nothing(source: str) -> None:
    """A namespace of its own, an object's attributes, a text that is no code."""
    assert reads(source) == DynamicReads()


@pytest.mark.parametrize(
    ("source", "imports"),
    [
        ("model = pickle.load(open('m.pkl', 'rb'))", "import pickle"),
        ("model = pkl.loads(data)", "import pickle as pkl"),
        ("model = load('m.joblib')", "from joblib import load"),
        ("model = torch.load('m.pt')", "import torch"),
        ("frame = pd.read_pickle('f.pkl')", "import pandas as pd"),
    ],
)
def test_pickle_may_name_any_class_or_function(source: str, imports: str) -> None:
    """Classes that the notebook defines are looked up by name."""
    assert reads(source, imports).has_definitions


def test_own_function_named_load_is_no_pickle() -> None:
    """What it is called says nothing; where it comes from does."""
    assert not reads("config = load('a.json')", "from json import load").has_definitions
    assert not reads("table = pd.read_csv('a.csv')", "import pandas as pd").has_all


def test_settings_from_the_module_are_its_constants() -> None:
    """`app.config.from_object(__name__)` reads the names in capitals."""
    assert reads("app.config.from_object(__name__)").has_constants
    assert not reads("app.config.from_object('settings')").has_constants
