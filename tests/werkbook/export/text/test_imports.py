"""One import block, as ruff's isort sorts it."""

from __future__ import annotations

import pytest

from werkbook.export.text.imports import Import, import_block
from werkbook.export.text.moved import moved


def test_block_is_sorted_into_sections() -> None:
    """Standard library, others, the notebook's own; constants, classes, functions."""
    block = import_block(
        [
            Import("flask", "request"),
            Import("flask", "Flask"),
            Import("os"),
            Import("numpy", alias="np"),
            Import("helpers", "go"),
            Import("__future__", "annotations"),
            Import("os"),
            Import("socket", "AF_INET"),
            Import("socket", "socket"),
            Import("flask", "g", "context"),
        ],
        lambda name: name == "helpers",
    )
    assert block == (
        "from __future__ import annotations\n\n"
        "import os\nfrom socket import AF_INET, socket\n\n"
        "import numpy as np\n"
        "from flask import Flask, request\nfrom flask import g as context\n\n"
        "from helpers import go"
    )


def test_long_line_is_wrapped() -> None:
    """As the formatter does: one name a line, a comma behind each."""
    names = [f"some_long_name_{letter}" for letter in "abcdef"]
    block = import_block(
        [Import("package", name) for name in names], lambda name: False
    )
    inner = "".join(f"    {name},\n" for name in names)
    assert block == f"from package import (\n{inner})"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Import("flask", "escape"), Import("markupsafe", "escape")),
        (Import("flask.ext.cors", "CORS"), Import("flask_cors", "CORS")),
        (Import("sklearn.externals", "joblib"), Import("joblib")),
        (Import("urllib", "quote"), Import("urllib.parse", "quote")),
        (Import("cPickle", alias="pickle"), Import("pickle", alias="pickle")),
        (Import("flask", "Flask"), Import("flask", "Flask")),
    ],
)
def test_moved_imports_are_written_as_today(old: Import, new: Import) -> None:
    """Libraries moved a name, and the old place is gone."""
    assert moved(old) == new
