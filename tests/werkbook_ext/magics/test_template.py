from html import unescape
from pathlib import Path

import pytest
from tests.werkbook_ext.notebooks import Notebook

from werkbook_ext import cards
from werkbook_ext.magics.template import AROUND, POLICY

APP = "from werkbook import App, render_template\napp = App('__main__')"


@pytest.fixture
def base(notebook: Notebook) -> Notebook:
    notebook.run("app", APP)
    notebook.run(
        "page", "@app.get('/')\ndef page():\n    return render_template('p.html')"
    )
    return notebook


def test_template_serves_and_inherits(base: Notebook) -> None:
    base.run("b", "%%template base.html\n<b>{% block x %}{% endblock %}</b>")
    ran = base.run(
        "p", "%%template p.html\n{% extends 'base.html' %}{% block x %}1{% endblock %}"
    )
    assert ran.text.strip() == "template p.html"
    assert base.get("/") == "<b>1</b>"
    base.run("b", "%%template base.html\n<i>{% block x %}{% endblock %}</i>")
    assert base.get("/") == "<i>1</i>"


def test_template_takes_dollars_and_braces_as_they_are(base: Notebook) -> None:
    base.run("p", "%%template p.html\n$x {x} {{ '{' }}")
    assert base.get("/") == "$x {x} {"


# Jinja gives some parts of its syntax tree no line.
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{% if 2 > 1 %}more{% elif 1 in [1] %}in{% else %}less{% endif %}", "more"),
        ("{{ 'a' if x is defined and not x == 1 else 'b' }}", "b"),
        ("{% autoescape false %}{{ '<' }}{% endautoescape %}", "<"),
        ("{% filter upper %}a{% endfilter %}{% with a=1 %}{{ a }}{% endwith %}", "A1"),
        ("{% set x %}a{% endset %}{% call(y) f() %}{{ y }}{% endcall %}", "2"),
        ("{% for n in range(3) if n % 2 == 0 recursive %}{{ n }}{% endfor %}", "02"),
    ],
)
def test_template_may_hold_all_of_the_syntax(
    base: Notebook, source: str, shown: str
) -> None:
    macro = "{% macro f() %}{{ caller(2) }}{% endmacro %}"
    base.run("p", f"%%template p.html\n{macro}{source}")
    assert base.get("/") == shown


def test_template_without_a_suffix_is_autoescaped(base: Notebook) -> None:
    base.run(
        "page", "@app.get('/')\ndef page():\n    return render_template('p', x='<')"
    )
    base.run("p", "%%template p\n{{ x }}")
    assert base.get("/") == "&lt;"


def test_template_syntax_error_names_the_line_of_the_cell(base: Notebook) -> None:
    base.run("p", "%%template p.html\nbefore")
    ran = base.fail("p", "%%template p.html\n<p>\n{% if %}\n</p>")
    shown = ran.error or ran.text
    assert "TemplateCellError: Template 'p.html' does not parse: Cell In[" in shown
    assert "], line 3.\n  Why: " in shown
    assert "run_cell_magic" not in shown
    assert base.get("/") == "before"


@pytest.mark.parametrize(
    "arguments", ["who='Ada'", "{'who': 'Ada'}", "dict(who=name)", "who=name, n=1"]
)
def test_template_preview(base: Notebook, arguments: str) -> None:
    base.run("n", "name = 'Ada'")
    ran = base.run("p", f"%%template p.html --with {arguments}\nHello {{{{ who }}}}!")
    assert ran.text.strip().endswith("Hello Ada!")
    frame = ran.outputs[-1]["data"]["text/html"]
    around = unescape(frame.partition('srcdoc="')[2].partition('"')[0])
    assert around.endswith('<iframe sandbox="" srcdoc="Hello Ada!"></iframe>')
    # A notebook that is not trusted shows no frame.
    source = "<details><summary>HTML</summary><pre>Hello Ada!</pre></details>"
    assert frame.endswith(source)


def test_template_preview_has_the_policy_of_pages_in_cards() -> None:
    """It stands around the template, which could put none of its own before it."""
    script = Path(cards.__file__).parent / "js" / "page.js"
    assert f'"{POLICY}"' in script.read_text("utf-8")
    assert AROUND.startswith(
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", " has no name."),
        ("a b", " cannot read 'a b'."),
        ("p.html --wiht x=1", " has no option '--wiht'; did you mean --with?"),
        ("--name p.html", " has no option '--name'."),
        ("p.html --with", " cannot read 'p.html --with'."),
        ("p.html --with 3", ": --with '3' is int, not a dict"),
        ("p.html --with x y", ": --with cannot read 'x y': invalid syntax."),
        ("p.html --with (x", ": --with cannot read '(x': '(' was never closed."),
        ("p.html --with {1: 2}", ": --with names a value 1; names are texts: 'a'"),
    ],
)
def test_template_wrong_arguments(base: Notebook, line: str, problem: str) -> None:
    ran = base.fail("p", f"%%template {line}\nx")
    assert f"UsageError: %%template{problem}\n" in ran.text
    assert "Usage: %%template NAME [--with EXPR]" in ran.text
    assert "Traceback" not in ran.text + ran.error
    assert base.get("/") == "500"


def test_value_that_with_cannot_have_is_said_in_three_lines(base: Notebook) -> None:
    ran = base.fail("k", "%%template w.html --with {'a': missing}\n{{ a }}")
    shown = (ran.text + ran.error).partition("TemplateCellError: ")[2]
    assert shown.splitlines()[:3] == [
        "%%template: --with \"{'a': missing}\" cannot be evaluated.",
        "  Why: NameError: name 'missing' is not defined.",
        "  Fix: define what it names in a cell that ran, or write the value itself.",
    ]
    assert "Traceback" not in ran.text + ran.error


@pytest.mark.parametrize(
    ("source", "line", "why", "fix"),
    [
        (
            "{{ a }}\n{{ b.c }}",
            3,
            "UndefinedError: 'b' is undefined.",
            "write --with a=1, b=...",
        ),
        (
            "{{ a + 'x' }}",
            2,
            "TypeError: unsupported operand type(s) for +: 'int' and 'str'.",
            "mend that line, or give other values to --with, and run the cell again.",
        ),
        (
            "{% include 'paeg.html' %}",
            2,
            "TemplateNotFound: paeg.html.",
            "write 'page.html'.",
        ),
        (
            "\n{% from 'pgae.html' import x %}",
            3,
            "TemplateNotFound: pgae.html.",
            "write 'page.html'.",
        ),
        (
            "{% import 'w.htm' as w %}",  # its own name is no way out
            2,
            "TemplateNotFound: w.htm.",
            "mend that line, or give other values to --with, and run the cell again.",
        ),
        (
            "{{ a|uper }}",
            2,
            "TemplateAssertionError: No filter named 'uper'.",
            "write upper.",
        ),
        (
            "{% if a is evne %}{% endif %}",
            2,
            "TemplateRuntimeError: No test named 'evne' found.",
            "write even.",
        ),
    ],
)
def test_preview_that_fails_is_said_in_three_lines(
    base: Notebook, source: str, line: int, why: str, fix: str
) -> None:
    base.run("t", "%%template page.html\nx")
    ran = base.fail("k", f"%%template w.html --with a=1\n{source}")
    shown = (ran.text + ran.error).partition("TemplateCellError: ")[2].splitlines()
    assert shown[0].startswith("Template 'w.html' cannot be rendered: Cell In[")
    assert shown[0].endswith(f"], line {line}.")
    assert shown[1:3] == [f"  Why: {why}", f"  Fix: {fix}"]
    assert "Traceback" not in ran.text + ran.error


def test_tag_that_was_meant_is_told(base: Notebook) -> None:
    ran = base.fail("k", "%%template w.html\n{% blokc a %}{% endblock %}")
    shown = (ran.text + ran.error).partition("TemplateCellError: ")[2].splitlines()
    assert shown[1:3] == [
        "  Why: Encountered unknown tag 'blokc'.",
        "  Fix: write block.",
    ]
