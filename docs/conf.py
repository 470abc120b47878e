"""How Sphinx builds the guide."""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "kernel_ext")]

from tools.guide import docstrings, opening, pages  # noqa: E402  # the path is set above
from tools.guide.cell_lexer import CellLexer  # noqa: E402
from tools.guide.search import GuideSearch  # noqa: E402

project = "Werkbook"
author = "The Werkbook developers"
copyright = "2026, The Werkbook developers"  # Sphinx reads this name
extensions = [
    "myst_nb",  # it brings MyST; notebooks are shown as they were saved
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_reredirects",
]
html_theme = "furo"
html_title = "Werkbook"
html_static_path = ["_static"]
html_css_files = ["guide.css"]
html_js_files = ["guide.js"]
html_search_scorer = str(Path(__file__).parent / "_static/search.js")
exclude_patterns = ["_build"]
smartquotes_action = "qe"  # "--app" is no dash
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_workers = 4
linkcheck_anchors_ignore_for_url = [r"https://github\.com/.*"]  # a script makes them
linkcheck_ignore = [
    r"https?://(127\.0\.0\.1|localhost)\b.*",  # the reader's own machine
    r"https://mybinder\.org/v2/.*",  # starts a machine each time
    r"\.\./lite/.*",  # beside the guide, where `make lite` was run
]
"""What `make links` does not ask."""
suppress_warnings = ["myst.header"]  # parts made from the code begin at their level
redirects = {
    "start": "learn/start.html",
    **{name: f"howto/{name}.html" for name in ("scale", "hub", "where")},
    **{
        f"teaching/{name}": f"../howto/teaching/{name}.html"
        for name in ("index", "exercises", "grading", "practical", "no-server")
    },
    **{
        name: f"reference/{name}.html"
        for name in ("api", "browser", "cards", "export", "flask-compat", "jupyterlab")
    },
    **{
        name: f"reference/{name}.html"
        for name in ("magics", "openapi", "server", "typed")
    },
    **{name: f"understand/{name}.html" for name in ("live-cells", "security")},
}
"""Where pages are whose place was another one before."""


def setup(app: Any) -> None:
    """Let pages have parts that are made from the code."""
    opening.copy_notebooks(Path(__file__).parent / "learn")
    app.add_lexer("notebook-cell", CellLexer)
    app.add_search_language(GuideSearch)
    # Pages say whether the site without a server is there: all are read anew then.
    app.add_config_value("has_lite", opening.has_lite(), "env")
    app.connect("source-read", _fill)
    app.connect("env-get-outdated", _outdated)
    app.connect("html-page-context", _give_captions_a_level)
    app.connect("build-finished", _add_lite)
    app.connect("autodoc-process-docstring", _from_markdown, priority=400)


def _fill(app: Any, name: str, source: list[str]) -> None:
    path = Path(app.env.doc2path(name))
    if path.suffix == ".ipynb":
        source[0] = opening.with_links(source[0], path.name)
    if pages.has_generated(source[0]):
        source[0] = pages.fill(source[0])


def _give_captions_a_level(
    app: Any, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Give the headings of a table of contents the level that ARIA asks for."""
    caption = 'class="caption" role="heading"'
    if "body" in context:
        leveled = f'{caption} aria-level="2"'
        context["body"] = context["body"].replace(caption, leveled)


def _from_markdown(
    app: Any, kind: str, name: str, value: object, options: Any, lines: list[str]
) -> None:
    """Turn the Markdown of docstrings into what autodoc reads."""
    lines[:] = docstrings.from_markdown(lines)


def _add_lite(app: Any, problem: Exception | None) -> None:
    """Put the site without a server beside the pages, where it was built."""
    target = Path(app.outdir) / opening.LITE_BESIDE
    if problem is None and opening.has_lite() and not target.exists():
        target.symlink_to(opening.LITE, target_is_directory=True)


def _outdated(app: Any, env: Any, *changes: Any) -> list[str]:
    """Read pages anew that have such parts: the code may have changed."""
    return [
        name
        for name in env.found_docs
        if Path(env.doc2path(name)).suffix == ".md"
        and pages.has_generated(Path(env.doc2path(name)).read_text("utf-8"))
    ]
