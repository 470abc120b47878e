"""What the guide says of its notebooks: how each is opened, where one can be tried."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
BINDER = "https://mybinder.org/v2/gh/werkbook/werkbook/HEAD?urlpath=lab/tree/notebooks/"
LITE = ROOT / "build/lite"
"""Where `make lite` puts the site without a server."""

LITE_BESIDE = "lite"
"""Its folder in the guide, where the guide was built after it."""


def copy_notebooks(folder: Path) -> None:
    """Put the notebooks and their pictures among the pages.

    What did not change stays as it is.
    """
    source = ROOT / "notebooks"
    (folder / "pictures").mkdir(exist_ok=True)
    for notebook in sorted([*source.glob("*.ipynb"), *source.glob("pictures/*.svg")]):
        page = folder / notebook.relative_to(source)
        if not page.exists() or page.read_bytes() != notebook.read_bytes():
            page.write_bytes(notebook.read_bytes())


def with_links(notebook: str, name: str) -> str:
    """Put below a notebook's first cell how it can be opened.

    Args:
        notebook: The notebook's text.
        name: The name of its file.
    """
    content = json.loads(notebook)
    cell = {
        "cell_type": "markdown",
        "id": "how-to-open",
        "metadata": {},
        "source": _links(name),
    }
    content["cells"].insert(1, cell)
    content["metadata"]["language_info"]["pygments_lexer"] = "notebook-cell"
    return json.dumps(content)


def _links(name: str) -> str:
    links = [
        f"[Open it on Binder]({BINDER}{quote(name)})",
        _lite_link(name),
        f"{{download}}`Download it <{name}>`",
    ]
    return (
        "```{container} guide-open\n"
        f"{' · '.join(links)}\n\n"
        "This page shows the notebook as it was saved: its live parts, the cards and"
        " the mini browser, are text here.\n```"
    )


def _lite_link(name: str) -> str:
    if not has_lite():
        return (
            "in your browser with JupyterLite: [build the site](try.md) first, this"
            " copy of the guide has none"
        )
    target = f"../{LITE_BESIDE}/lab/index.html?path={quote(name)}"
    return f'<a href="{target}">Open it in this browser (JupyterLite)</a>'


def has_lite() -> bool:
    """Tell whether the site without a server was built in this checkout."""
    return (LITE / "lab/index.html").is_file()


def write_try() -> str:
    """Write what the page "Try it now" shows: the site, or that there is none."""
    if not has_lite():
        return (
            "```{admonition} This copy of the guide was built without it\n"
            ":class: warning\n\n"
            "`make lite`, and then `make docs`, in a checkout of the project put it"
            " here: the first asks PyPI and npm, and takes about a minute. Until then"
            f" there is [Binder]({BINDER}00_tour.ipynb), which needs no installation"
            " either.\n```"
        )
    source = f"../{LITE_BESIDE}/notebooks/index.html?path=00_tour.ipynb"
    return (
        f'<p><a href="{source}">Open it in a page of its own</a></p>\n'
        f'<iframe class="guide-try" src="{source}" loading="lazy"'
        ' title="The tour of Werkbook, running in this browser"></iframe>'
    )
