"""Documents of apps whose texts and answers no document can hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from werkbook import App
from werkbook.export.api_contract import compare_with_export, write_contract
from werkbook.export.project.writing import stamped
from werkbook.openapi import RecordedExchange, make_document
from werkbook.openapi.differences import DocumentError, list_api_changes
from werkbook.openapi.pages import render_docs, write_json

OBEYED = "\x1b[31m\x9b31m\x7f\u202e\ud800"


def no_constant(name: str) -> object:
    raise AssertionError(name)


def test_document_is_json_whatever_an_app_says(app: App) -> None:
    """In UTF-8, without NaN, and a terminal obeys none of it."""

    def view(b: str) -> str:
        return b

    view.__doc__ = f"Say {OBEYED}.\n\n{OBEYED}"
    app.config |= {"OPENAPI_TITLE": 5, "OPENAPI_DESCRIPTION": OBEYED}
    app.add_url_rule("/{a}/<b>", "u", view)
    app.add_url_rule("/{a}/<c>/\x9b", "v", view)
    app.get("/nan")(lambda: "x")
    numbers = {"a": [float("nan"), float("-inf")], "b": OBEYED}
    recorded = [RecordedExchange("GET", "/nan", 200, "application/json", "x", numbers)]
    document = make_document(app, recorded)
    validate(document)
    assert list(document["paths"]) == ["/nan", "/%7Ba%7D/{b}", "/%7Ba%7D/{c}/\x9b"]
    text = write_json(document)
    assert json.loads(text.encode(), parse_constant=no_constant) == document
    assert all(one.isprintable() for one in text.splitlines())
    media = document["paths"]["/nan"]["get"]["responses"]["200"]["content"]
    example = media["application/json"]["example"]
    assert example == {"a": [None, None], "b": OBEYED.replace("\ud800", "\ufffd")}
    assert "<title>5</title>" in render_docs(document)


def test_answer_that_nests_too_deeply_is_no_example(app: App) -> None:
    """Each level would take some of the stack."""
    app.get("/deep")(lambda: "x")
    deep: Any = 1
    for _ in range(5_000):
        deep = {"a": [deep]}
    recorded = [RecordedExchange("GET", "/deep", 200, "application/json", deep, deep)]
    document = make_document(app, recorded)
    media = document["paths"]["/deep"]["get"]["responses"]["200"]["content"]
    assert media == {"application/json": {"schema": {"type": "string"}}}


@pytest.mark.parametrize(
    "old",
    [
        {"paths": []},
        {"paths": {"/": []}},
        {"paths": {"/": {"get": {"responses": 5}}}},
        {"paths": {"/": {"get": {"responses": {}, "parameters": [{}]}}}},
    ],
)
def test_what_is_no_document_cannot_be_compared(old: Any, tmp_path: Path) -> None:
    """The error says so; an export goes on."""
    new = {"paths": {"/": {"get": {"responses": {}}}}}
    with pytest.raises(DocumentError, match=r"The two documents cannot be compared\."):
        list_api_changes(old, new)
    path = tmp_path / "openapi.json"
    path.write_text(stamped(write_contract(old)))
    assert compare_with_export(path, new) == [
        "What openapi.json held was no document of an API."
    ]


def test_schemas_that_refer_to_each_other_are_compared_once() -> None:
    """Eight fields of its own type, twelve deep: 68,719,476,736 comparisons."""

    def document(kind: str) -> Any:
        node = {"$ref": "#/components/schemas/Node"}
        fields: Any = {f"f{number}": node for number in range(8)}
        schema = {"type": "object", "properties": {**fields, "x": {"type": kind}}}
        content = {"application/json": {"schema": node}}
        return {
            "paths": {"/": {"get": {"responses": {"200": {"content": content}}}}},
            "components": {"schemas": {"Node": schema}},
        }

    found = list_api_changes(document("string"), document("integer"))
    assert [str(one) for one in found] == [
        "BREAKING GET /: response 200: field 'x' was string, is integer"
    ]
