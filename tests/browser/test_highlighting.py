"""Magic cells in the colours of their language, in JupyterLab's own editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.lab import Notebook

# What the highlighter says of each piece of text: the names of its tags, as CodeMirror
# makes classes of them when it is asked to.
TOKENS = """async (index) => {
  const cell = jupyterapp.shell.currentWidget.content.widgets[index];
  const view = cell.editor.editor;
  const spans = [...view.contentDOM.querySelectorAll('.cm-line span')];
  return spans.filter((one) => !one.children.length)
    .map((one) => [one.textContent, getComputedStyle(one).color
      + (getComputedStyle(one).fontWeight > 500 ? ' bold' : '')]);
}"""
DATA = """([index, text, name]) => {
  const cell = jupyterapp.shell.currentWidget.content.widgets[index];
  const {state} = cell.editor.editor;
  const at = state.doc.toString().indexOf(text);
  return state.languageDataAt(name, at + 1);
}"""
# Edits at places and with texts of a fixed order, in a template longer than a chunk;
# returns where what is kept of the pieces differs from what is read anew.
EDITS = """async ([index, url]) => {
  const {JinjaPieces} = await import(url);
  const view = jupyterapp.shell.currentWidget.content.widgets[index].editor.editor;
  const texts = ['{{ a }}', '{%', '%}', '{% raw %}', '{% endraw %}', '{', '#}', 'x', ''];
  let {doc} = view.state;
  const {constructor: ChangeSet} = view.state.changes();
  let kept = JinjaPieces.of(doc);
  let seed = 7;
  const next = (below) => (seed = (seed * 16807) % 2147483647) % below;
  for (let n = 0; n < 300; n++) {
    const from = next(doc.length);
    const to = Math.min(doc.length, from + next(3) * next(20));
    const changes = ChangeSet.of({from, to, insert: texts[n % 9]}, doc.length);
    doc = changes.apply(doc);
    kept = kept.after(changes, doc);
    if (n % 3) continue;  // what was not asked for is read later
    const found = JSON.stringify(kept.between(0, doc.length));
    if (found !== JSON.stringify(JinjaPieces.of(doc).between(0, doc.length))) return n;
  }
  return null;
}"""
TEMPLATE = """%%template hello.html
<h1 class="{{ kind }}">Hello {{ name|upper }}!</h1>
{% for x in items %}<li>{{ x }}</li>{% endfor %}
<script>const a = {{ data|tojson }};</script>
<style>h1 { color: {{ color }}; }</style>
{% raw %}{{ not_jinja }}{% endraw %}"""


def colours(notebook: Notebook, index: int) -> dict[str, str]:
    """Return the colour of each piece of text that has one."""
    found: list[list[str]] = notebook.page.evaluate(TOKENS, index)
    return {text.strip(): colour for text, colour in found}


def shown(notebook: Notebook, source: str, *sure: str) -> dict[str, str]:
    """Show a cell and return its colours, once these pieces of it have one.

    Jinja has its colours at once; a language comes when JupyterLab has loaded it.
    """
    index = notebook.add_cell(source)
    notebook.cell(index).scroll_into_view_if_needed()
    assert notebook.wait(lambda: colours(notebook, index).keys() >= {*sure}), colours(
        notebook, index
    )
    return colours(notebook, index)


def test_template_is_html_with_jinja_over_it(notebook: Notebook) -> None:
    found = shown(notebook, TEMPLATE, "endfor", "h1", "const", "style", "%%template")
    python = shown(notebook, "for x in 'abc': pass  # note", "# note")
    keyword = python["for"]
    assert found["for"] == found["endfor"] == found["const"] == keyword
    assert found["h1"] == found["li"] == found["script"] == found["style"]
    assert found["{{"] == found["{%"] == found["%}"]
    assert found["%%template"] == keyword
    assert "not_jinja" not in found


@pytest.mark.parametrize(
    ("source", "sure", "same"),
    [
        ("%%template a.js\nconst {{ a }} = 1", "const", ("const", "%%template")),
        ("%%template a.html.j2\n<b>{% if x %}", "if", ("if", "%%template")),
        ("%%template mail\n<b>{% if x %}", "if", ("if", "%%template")),
        ("%%template a.md\n# T {{ x }}\n\n{% if y %}", "if", ("if", "%%template")),
        ("%%static a.css\nb { color: red }", "color", ("%%static", "%%static")),
        ("%%http PUT /\nX: y\n\n[null]", "null", ("null", "PUT")),
        ("%%http POST /\na=1&b=2", "b", ("a", "b")),
        ("%%http POST /\nContent-Type: text/xml\n\n<a b='c'/>", "b", ("a", "a")),
        ("%%route /x/<int:n>\nreturn n", "return", ("return", "%%route")),
        ("%%html\n<b c='d'>", "c", ("b", "b")),
        ("%%javascript\nconst a = 1", "const", ("const", "%%javascript")),
        ("%%css\nb { color: red }", "color", ("%%css", "%%css")),
        ("%%writefile a.js\nconst a = 1", "const", ("const", "%%writefile")),
        ("\n\n%%html\n<b c='d'>", "c", ("b", "b")),
        ("  %%template a.html\n  <b>{% if x %}", "if", ("if", "%%template")),
        (
            f"%%http PUT /\nAuthorization: {'t' * 3000}\nX: y\n\n[null]",
            "null",
            ("null", "PUT"),
        ),
        ("%%template a.html\r\n<b>{% if x %}", "if", ("if", "%%template")),
    ],
)
def test_body_has_the_language_of_its_magic(
    notebook: Notebook, source: str, sure: str, same: tuple[str, str]
) -> None:
    found = shown(notebook, source, sure, *same)
    assert found[same[0]] == found[same[1]]


def test_text_template_is_plain_text(notebook: Notebook) -> None:
    found = shown(notebook, "%%template mail.txt\nfor <b>in</b> {{ x }}", "%%template")
    assert set(found) == {"%%template", "mail.txt"}


def test_variables_of_a_rule_are_marked_where_the_view_uses_them(
    notebook: Notebook,
) -> None:
    index = notebook.add_cell("%%route /x/<int:count>/<name>\nf'{name}' * count + name")
    marked = notebook.cell(index).locator(".wb-argument")
    expect(marked).to_have_text(["count", "name", "name", "count", "name"])


def test_parameters_of_a_route_line_are_marked_too(notebook: Notebook) -> None:
    line = "%%route POST /<int:n> (item: dict, q: list[str] = Query(), at: int = 1)"
    index = notebook.add_cell(f"{line} --name add\nitem, q, at, n, dict")
    marked = notebook.cell(index).locator(".wb-argument")
    expect(marked).to_have_text(["n", "item", "q", "at", "item", "q", "at", "n"])


def test_language_follows_what_is_typed(notebook: Notebook) -> None:
    index = notebook.add_cell("%%template a.html\n<b c='d'>{{ x }}")
    notebook.wait(lambda: "{{" in colours(notebook, index))
    notebook.set_cell(index, "%%template a.txt\n<b c='d'>{{ x }}")
    assert notebook.wait(lambda: "{{" not in colours(notebook, index))
    notebook.set_cell(index, "return None")
    assert notebook.wait(lambda: "return" in colours(notebook, index))


def test_jinja_is_the_same_after_edits_as_when_it_is_read_anew(
    notebook: Notebook,
) -> None:
    body = "<b>{{ x }}</b>{# y #}{% raw %}{{ z }}{% endraw %}\n" * 200
    index = notebook.add_cell(f"%%template a.html\n{body}")
    notebook.cell(index).scroll_into_view_if_needed()
    url = "/lab/extensions/werkbook/static/highlighting/jinja_pieces.js"
    notebook.wait(lambda: "x" in colours(notebook, index))
    assert notebook.page.evaluate(EDITS, [index, url]) is None


def test_raw_text_ends_at_its_end_whatever_is_open_in_it(notebook: Notebook) -> None:
    source = "%%template a.html\n{% raw %}<b> {{ not_jinja {% endraw %} {{ jinja }}"
    found = shown(notebook, source, "jinja")
    assert found["{{"] == found["{%"]
    assert "not_jinja" not in found


def test_tags_are_closed_while_typing(notebook: Notebook) -> None:
    index = notebook.add_cell("%%template a.html\n")
    cell = notebook.cell(index)
    cell.locator(".cm-content").click()
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type("<ul>")
    expect(cell.locator(".cm-line").last).to_have_text("<ul></ul>")


@pytest.mark.parametrize(
    "typed",
    [
        "<ul><li>{{ x }}</li></ul>",
        '<ul>\n{% for x in y %}\n<li class="a">{{ x }}</li>\n{% endfor %}\n</ul><p>b</p>',
        "<h1>a</h1>\n<div>\n<div>b</div>\n</div>",
        "<b>a<i>b</i> c</b><br>d",
        "<style>\nb { color: red }\n</style>\n<script>\nlet a = 1\n</script>",
    ],
)
def test_closing_tags_that_are_typed_are_there_once(
    notebook: Notebook, typed: str
) -> None:
    index = notebook.add_cell("%%template a.html\n<hr>")
    cell = notebook.cell(index)
    cell.locator(".cm-content").click()
    notebook.wait(lambda: "hr" in colours(notebook, index))
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.type(typed)
    lines = cell.locator(".cm-line").all_inner_texts()
    assert "\n".join(line.strip() for line in lines[1:]) == f"<hr>{typed}"


@pytest.mark.parametrize(
    ("source", "before", "toggled"),
    [
        ("%%template a.html\n<b>x</b>", "<b", "<!-- <b>x</b> -->"),
        ("%%static a.js\nx = 1", "x =", "// x = 1"),
        ("%%route /\nreturn 1", "retur", "# return 1"),
        ("%%template b.html\n<script>\nlet a\n</script>", "let", "// let a"),
    ],
)
def test_comments_are_those_of_the_language(
    notebook: Notebook, source: str, before: str, toggled: str
) -> None:
    index = notebook.add_cell(source)
    cell = notebook.cell(index)
    cell.locator(".cm-content").click()
    notebook.wait(
        lambda: notebook.page.evaluate(DATA, [index, before, "commentTokens"])
    )
    notebook.page.evaluate(
        """([index, text]) => {
          const view = jupyterapp.shell.currentWidget.content.widgets[index].editor.editor;
          const anchor = view.state.doc.toString().indexOf(text) + 1;
          view.dispatch({selection: {anchor}});
        }""",
        [index, before],
    )
    notebook.page.keyboard.press("Control+/")
    expect(cell.locator(".cm-line", has_text=toggled)).to_have_count(1)


def test_lines_are_indented_as_html(notebook: Notebook) -> None:
    index = notebook.add_cell("%%template a.html\n<ul>")
    cell = notebook.cell(index)
    cell.locator(".cm-content").click()
    notebook.wait(lambda: len(colours(notebook, index)) > 2)
    notebook.page.keyboard.press("Control+End")
    notebook.page.keyboard.press("Enter")
    notebook.page.keyboard.type("x")
    expect(cell.locator(".cm-line").last).to_have_text("    x")


def test_markdown_cells_are_left_alone(notebook: Notebook) -> None:
    notebook.page.evaluate(
        """() => jupyterapp.shell.currentWidget.content.model.sharedModel.addCell(
          {cell_type: 'markdown', source: '%%template a.html\\n{{ x }} {% for %}'})"""
    )
    python = notebook.add_cell("%%template a.html\n{{ x }} {% for %}")
    assert notebook.wait(lambda: "for" in colours(notebook, python))
    assert "for" not in colours(notebook, python - 1)


def test_long_template_is_coloured_to_its_end(notebook: Notebook) -> None:
    lines = "\n".join(f"<li>{{{{ item{n}|upper }}}}</li>" for n in range(3000))
    index = notebook.add_cell(f"%%template long.html\n{lines}\n{{% endif %}}")
    notebook.page.evaluate(
        """(index) => {
          const view = jupyterapp.shell.currentWidget.content.widgets[index].editor.editor;
          view.dispatch({selection: {anchor: view.state.doc.length}, scrollIntoView: true});
        }""",
        index,
    )
    assert notebook.wait(lambda: "endif" in colours(notebook, index))


def test_a_console_and_another_language_are_not_touched(
    notebook: Notebook, fresh: Callable[..., Notebook]
) -> None:
    """jupysql's mistake: it makes every editor a Python one."""
    source = "%%template a.html\n{{ x }} {% for %}"
    other = fresh(source)
    other.page.evaluate(
        """() => {
          const {content} = jupyterapp.shell.currentWidget;
          for (const cell of content.widgets) cell.model.mimeType = 'text/x-julia';
        }"""
    )
    assert other.wait(lambda: "{{" not in colours(other, 0))


def test_pages_without_the_extension_still_work(
    plain_notebook: Callable[..., Notebook],
) -> None:
    notebook = plain_notebook("%load_ext werkbook", "%%route GET /\n'home'")
    notebook.run_all()
    expect(notebook.cell(1)).to_contain_text("GET /")


def test_picture(notebook: Notebook, theme: Callable[[str], Any]) -> None:
    notebook.set_cells(TEMPLATE, "%%route GET /x/<int:n>\nreturn n")
    assert notebook.wait(lambda: "endfor" in colours(notebook, 0))
    notebook.screenshot("highlighting_light")
    theme("dark")
    expect(notebook.page.locator("#jupyterlab-splash")).to_have_count(0)
    notebook.screenshot("highlighting_dark")
