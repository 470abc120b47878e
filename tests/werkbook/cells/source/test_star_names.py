"""What a star import binds, as far as the text of its module tells."""

from __future__ import annotations

import pytest

from werkbook.cells.source.star_names import star_names


def test_names_of_a_star_import_are_told_by_the_modules_text() -> None:
    """By `__all__`, else by what it binds; a module of Python's own has no text."""
    assert "sqrt" in star_names("math")
    assert "join" in star_names("os.path")
    assert {"choice", "seed"} <= star_names("random")
    assert {"Flask", "jsonify"} <= star_names("flask")
    assert "_log2" not in star_names("random")


@pytest.mark.parametrize("module", ["", "no_such_module", "tests.ports", "tests"])
def test_modules_that_are_not_installed_tell_nothing(module: str) -> None:
    """Their text may be another one where the file runs."""
    assert star_names(module) == frozenset()


def test_star_import_of_a_package_binds_the_modules_that_it_imports() -> None:
    """They are its attributes: Flask's own `json` stands in the place of Python's."""
    names = star_names("flask")
    assert names >= {"Flask", "request", "json", "logging", "globals", "app"}
    assert "testing" not in names and "__main__" not in names
