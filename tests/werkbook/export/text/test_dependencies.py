"""The distributions of an exported file."""

from __future__ import annotations

from importlib import metadata

import pytest

from werkbook.export.text import dependencies
from werkbook.export.text.dependencies import (
    _providers,
    compatible,
    find_dependencies,
    metadata_block,
)


@pytest.fixture(autouse=True)
def knows_one(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"flask": ["Flask"]}
    monkeypatch.setattr(dependencies, "_providers", lambda name: here.get(name, []))


def test_packages_are_found_as_importlib_finds_them() -> None:
    """All that are installed here, in a tenth of its time."""
    wanted = metadata.packages_distributions()
    assert len(wanted) > 50
    found = {package: _providers(package) for package in wanted}
    assert found == {package: sorted(set(names)) for package, names in wanted.items()}


def test_imports_become_requirements() -> None:
    """Installed ones with a range, others as pip lines or the table name them.

    What nobody knows may be the author's own module, and is not asked for.
    """
    found = find_dependencies(
        {"flask", "os", "sklearn", "helpers", "odd_thing", "flask_cors"},
        installs=["Flask-Cors==3.0", "reportlab", "pyngrok", "pandas"],
        besides=["openpyxl"],
        is_local=lambda name: name == "helpers",
        version_of={"Flask": "3.1.2"}.get,
    )
    assert found.requirements == [
        "Flask>=3.1,<4",
        "Flask-Cors==3.0",
        "openpyxl",
        "scikit-learn",
    ]
    assert found.unknown == ["odd_thing"]


def test_async_views_need_the_extra() -> None:
    """`flask[async]` brings what runs them."""
    found = find_dependencies(
        {"flask"}, extras={"flask": ["async"]}, version_of=lambda name: "3.1"
    )
    assert found.requirements == ["Flask[async]>=3.1,<4"]


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("3.1.2", ">=3.1,<4"),
        ("0.4.1", ">=0.4,<0.5"),
        ("2024.1", ">=2024.1,<2025"),
        ("5", ">=5.0,<6"),
    ],
)
def test_range_is_compatible(version: str, wanted: str) -> None:
    """Up to the next major version; before 1.0, the next minor one."""
    assert compatible(version) == wanted


def test_metadata_block_is_pep_723() -> None:
    """The block that `uv run` reads."""
    assert metadata_block(["Flask>=3.1,<4"]) == (
        '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n'
        '#     "Flask>=3.1,<4",\n# ]\n# ///'
    )
