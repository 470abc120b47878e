"""Completion inside magic cells, as any front end that asks the kernel gets it."""

from __future__ import annotations

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook_ext.completion.request_words import json_keys
from werkbook_ext.completion.template_words import passed_names
from werkbook_ext.magics.completion import completions_for

APP = """
from werkbook import App, render_template, request
app = App('__main__')
@app.context_processor
def names(): return {"shop_name": "Tea"}
@app.post('/items/<int:n>')
def add_item(n):
    data = request.get_json()
    data["price"], request.form["colour"], request.args.get("page")
    return render_template("shop.html", guests=[], total=n)
"""
LAYOUT = """%%template layout.html
{% block head %}{% endblock %}{% block body %}{% endblock %}"""


@pytest.fixture
def here(shell: InteractiveShell) -> InteractiveShell:
    notebook = ShellNotebook(shell)
    notebook.run("app", APP)
    notebook.run("layout", LAYOUT)
    return shell


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("%%template shop.html\n{% inc", ["include"]),
        ("%%template shop.html\n{% for x in y %}{% end", ["endfor"]),
        ("%%template shop.html\n{% if a %}{% for x in y %}{% endfor %}{% e", ["endif"]),
        ("%%template shop.html\n{% for x in gue", ["guests"]),
        ("%%template shop.html\n{{ tot", ["total"]),
        ("%%template shop.html\n{{ shop_", ["shop_name"]),
        ("%%template shop.html\n{% set rest = 1 %}{{ res", ["rest"]),
        ("%%template shop.html\n{{ url_", ["url_for"]),
        ("%%template shop.html\n{{ x|upp", ["upper"]),
        ("%%template shop.html\n{{ x | upp", ["upper"]),
        ("%%template shop.html\n{% if x is not defi", ["defined"]),
        ("%%template a.html\n{% extends 'layout.html' %}{% block b", ["body"]),
        ("%%template a.html --with n=1\n{{ reque", ["request"]),
        ("%http PO", ["POST"]),
        ("%http POST /items/3 col", ["colour="]),
        ("%http POST /items/3 pri", ["price="]),
        ("%http POST /items/3 pa", ["page=="]),
        ('%%http POST /items/3\n{"pr', ["price"]),
        ("%%http POST /items/3\nco", ["colour="]),
        ("x = 1\n%http POST /items/3 col", ["colour="]),
        ("answer = %http POST /items/3 col", ["colour="]),
        ("answer = %http GET /it", ["/items/<int:n>"]),
        ("%%route PO", ["POST"]),
        ("%%route GET,PA", ["PATCH"]),
        ("url_for('add_item', ", ["n="]),
        ("%%template shop.html\n{{ url_for('add_item', _external=True, n", ["n="]),
        ("%%template shop.html\n{% for x in y %}{{ loop.fi", ["first"]),
        ("%%template shop.html\n{{ 'a}}b' ~ tot", ["total"]),
        ("%%template shop.html\n{# {{ #}{% raw %}{{{% endraw %}{{ tot", ["total"]),
        ("%%template shop.html\r\n{{ x }}\r\n{{ tot", ["total"]),
        (
            "%%template shop.html\n{{ f(" + "'a', \"b\"," * 500 + " tot",
            ["total"],
        ),
    ],
)
def test_words_in_cells(here: InteractiveShell, text: str, words: list[str]) -> None:
    assert completions_for(here, text)[1][: len(words)] == words


@pytest.mark.parametrize(
    "text",
    [
        "%%template shop.html\n<p>tot",
        "%%template shop.html\n{{ 'tot",
        "%%template shop.html\n{{ total }} tot",
        "%%template shop.html\n{{ guests.app",
        "%%template shop.html\n{# {{ tot",
        "%%template shop.html\n{% raw %}{{ tot",
        "%%template shop.html\n{%- raw -%} {% tot %} {{ tot",
        "url_for('nowhere', n",
        "tot",
        "%http GET http://elsewhere/ col",
    ],
)
def test_no_words_elsewhere(here: InteractiveShell, text: str) -> None:
    assert completions_for(here, text)[1] == []


def test_words_of_a_route_cell(here: InteractiveShell) -> None:
    notebook = ShellNotebook(here)
    notebook.run("r", "%%route POST /sign\nrequest.form['visitor']")
    assert completions_for(here, "%http -f POST /sign vis")[1] == ["visitor="]


def test_words_reach_the_completer_on_a_later_line(here: InteractiveShell) -> None:
    text = "%%template shop.html\n<ul>\n{% for x in gue"
    with provisionalcompleter():
        found = list(here.Completer.completions(text, len(text)))
    words = [(item.text, text[item.start : item.end]) for item in found]
    assert words == [("guests", "gue")]


def test_keys_of_the_requests_json() -> None:
    source = (
        "a = request.json['x']\nb = request.get_json(force=True)\nb.get('y'), c['z']"
    )
    assert json_keys(source) == ["x", "y"]


def test_names_that_cells_pass_to_a_template() -> None:
    sources = [
        "%%route /\nreturn render_template('a.html', one=1)",
        "flask.render_template('a.html', two=2, **more)",
        "render_template('b.html', three=3)",
        "%%template a.html --with {'four': 4}\nx",
        "render_template('a.html', five=",
    ]
    assert list(passed_names(sources, "a.html")) == ["one", "two", "four"]
