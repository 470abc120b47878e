"""What GitHub Pages shows: the guide, and in it the site without a server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from tools.guide import opening

ROOT = Path(__file__).parents[2]


def test_workflow_shows_what_make_pages_makes() -> None:
    """The folder that is uploaded is the one that the command writes."""
    text = (ROOT / ".github/workflows/pages.yml").read_text("utf-8")
    steps = yaml.safe_load(text)["jobs"]["build"]["steps"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (place,) = re.findall(r"^PAGES := (.+)$", makefile, re.MULTILINE)
    assert [one["run"] for one in steps if "run" in one] == ["make pages"]
    assert steps[-1]["with"]["path"] == place
    recipe = makefile.partition("\npages:")[2].partition("\n\n")[0]
    made = [re.search(r"\$\(MAKE\) .*?(\w+)$", line) for line in recipe.splitlines()]
    assert [one[1] for one in made if one] == ["lite", "docs"]


def test_guide_links_to_the_site_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lesson and "Try it now" lead into the folder lite of the built guide."""
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab/index.html").touch()
    monkeypatch.setattr(opening, "LITE", tmp_path)
    notebook = {"cells": [{}], "metadata": {"language_info": {}}}
    shown = json.loads(opening.with_links(json.dumps(notebook), "01_requests.ipynb"))
    assert (
        '"../lite/lab/index.html?path=01_requests.ipynb"' in shown["cells"][1]["source"]
    )
    tried = opening.write_try()
    assert tried.count('"../lite/notebooks/index.html?path=00_tour.ipynb"') == 2


def test_guide_without_the_site_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no link that leads nowhere, and the commands that make it."""
    monkeypatch.setattr(opening, "LITE", tmp_path)
    notebook = {"cells": [{}], "metadata": {"language_info": {}}}
    shown = json.loads(opening.with_links(json.dumps(notebook), "01_requests.ipynb"))
    assert "../lite/" not in shown["cells"][1]["source"]
    assert "`make lite`, and then `make docs`" in opening.write_try()
