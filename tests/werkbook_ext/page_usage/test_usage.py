from __future__ import annotations

from typing import Any

import bottle  # noqa: F401  # installs an import hook, which no test should leave

from werkbook_ext.page_usage.usage import Usage, names_used, with_referenced


def test_templates_count_with_those_they_use() -> None:
    templates = {
        "a": "{% extends 'b' %}{% include ['c', 'd'] %}",
        "b": "{% import 'e' as e %}",
        "broken": "{% if %}",
        "dynamic": "{% include name %}",
        "z": "",
    }
    assert with_referenced({"a"}, templates) == {"a", "b", "c", "d", "e"}
    assert with_referenced({"broken"}, templates) == {"broken"}
    assert with_referenced({"dynamic"}, templates) == {"dynamic", *templates}


def test_app_of_another_framework_counts_with_its_functions() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    source = (
        "from bottle import Bottle\napp = Bottle()\nword = 1\nother = 2\n"
        "@app.get('/')\ndef index(): return str(word)"
    )
    exec(source, names)
    assert "word" in names_used(names["index"], Usage(), names)
    assert "word" in names_used(names["app"], Usage(), names)
    assert "other" not in names_used(names["app"], Usage(), names)
