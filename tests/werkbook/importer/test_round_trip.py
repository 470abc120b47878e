"""An app that is imported and exported again gives the same answers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.werkbook.importer.apps import (
    ask,
    export_into,
    exported,
    loaded,
    rules_of,
    write,
)

from werkbook.export.text import dependencies
from werkbook.importer.importer import import_app

NAMES = st.sampled_from(["index", "show", "store", "helper", "value", "list", "bp"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8
)


@pytest.fixture(autouse=True)
def knows_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no export ask what is installed: that takes long."""
    monkeypatch.setattr(dependencies, "_providers", lambda name: [])


@st.composite
def functions(draw: st.DrawFn, taken: set[str]) -> tuple[str, str]:
    """Draw a helper: its name and its code."""
    name = draw(NAMES.filter(lambda one: one not in taken))
    taken.add(name)
    text = draw(TEXTS)
    comment = draw(st.sampled_from(["", "# A helper.\n", "# ---- helpers ----\n\n"]))
    return name, f"{comment}def {name}():\n    return {text!r}\n"


@st.composite
def modules(draw: st.DrawFn, name: str, others: list[str]) -> tuple[str, list[str]]:
    """Draw a module with a blueprint: its code and its URLs."""
    taken = {"bp"}
    helper, code = draw(functions(taken))
    view = draw(NAMES.filter(lambda one: one not in taken))
    local = draw(NAMES.filter(lambda one: one not in (view, helper)))
    lines = ["from flask import Blueprint, render_template", "import flask as web", ""]
    body = f"{helper}()"
    for other in others:
        way = draw(st.sampled_from(["attribute", "name", "alias", "inside", "none"]))
        if way == "attribute":
            lines.insert(0, f"from . import {other}")
            body += f" + {other}.SHARED"
        elif way == "name":
            lines.insert(0, f"from .{other} import SHARED as {other}_shared")
            body += f" + {other}_shared"
        elif way == "alias":
            lines.insert(0, f"import shop.{other} as the_{other}")
            body += f" + the_{other}.SHARED"
        elif way == "inside":
            body += f" + inner_{other}()"
            code += f"\n\ndef inner_{other}():\n    from . import {other} as store\n"
            code += "    return store.SHARED\n"
    shared = draw(TEXTS)
    lines += [f"SHARED = {shared!r}", f'bp = Blueprint("{name}", __name__)', "", ""]
    lines += [code, "", f'@bp.route("/{name}/{view}")', f"def {view}():"]
    lines += [f"    {local} = {body}", f"    return {local} + web.request.path"]
    template = draw(st.booleans())
    if template:
        lines += ["", "", f'@bp.get("/{name}/page")', "def page():"]
        lines += [f'    return render_template("{name}.html", text={helper}())']
    urls = [f"/{name}/{view}", *([f"/{name}/page"] if template else [])]
    return "\n".join(lines) + "\n", urls


@st.composite
def apps(draw: st.DrawFn) -> tuple[dict[str, str], list[str]]:
    """Draw an app of several modules: its files and its URLs."""
    names = draw(
        st.lists(
            st.sampled_from(["auth", "blog", "admin"]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    files: dict[str, str] = {}
    urls = ["/", "/missing", "/static/style.css", "/static/data.txt"]
    for number, name in enumerate(names):
        code, found = draw(modules(name, names[:number]))
        files[f"shop/{name}.py"] = code
        urls += found
    text = draw(TEXTS)
    for name in names:
        files[f"shop/templates/{name}.html"] = (
            "{% extends 'base.html' %}{% block b %}{{ text }}" + name + "{% endblock %}"
        )
    files["shop/templates/base.html"] = "<p>{% block b %}{% endblock %}</p>\n"
    files["shop/static/style.css"] = "p { color: red }\n"
    files["shop/static/data.txt"] = draw(TEXTS)
    is_factory = draw(st.booleans())
    margin = "    " if is_factory else ""
    lines = ["from flask import Flask", "", ""]
    if is_factory:
        lines += ["def create_app(testing=False):"]
    lines += [f"{margin}app = Flask(__name__)", ""]
    lines += [f"{margin}from . import {', '.join(names)}", ""]
    lines += [f"{margin}app.register_blueprint({one}.bp)" for one in names]
    lines += ["", "", f'{margin}@app.route("/")', f"{margin}def index():"]
    lines += [f"{margin}    return {text!r}"]
    if is_factory:
        lines += ["", "    return app", "", "", "app = create_app()"]
    files["shop/__init__.py"] = "\n".join(lines) + "\n"
    return files, urls


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(apps())
def test_import_then_export_answers_the_same(
    drawn: tuple[dict[str, str], list[str]],
) -> None:
    """Whatever names the modules share, and however they import each other."""
    files, urls = drawn
    asked = [(method, url) for url in urls for method in ("GET", "POST", "OPTIONS")]
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place).resolve() / "before", files)
        made = import_app(folder / "shop")
        after = export_into(made, Path(place).resolve() / "after").parent
        with loaded(folder, "shop") as shop:
            before = rules_of(shop.app), ask(shop.app, asked)
        with loaded(after, "app") as module:
            assert (rules_of(module.app), ask(module.app, asked)) == before


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(apps())
def test_export_then_import_then_export_gives_the_same_file(
    drawn: tuple[dict[str, str], list[str]],
) -> None:
    """What an export wrote becomes a notebook that exports to the same text."""
    files, _ = drawn
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place).resolve() / "before", files)
        after = export_into(import_app(folder / "shop"), Path(place) / "after")
        again = import_app(after)
        assert exported(again, after.parent).source == after.read_text("utf-8")
