"""/openapi.json and /docs in the exported file: the document as it was exported."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from werkbook.cells.source.texts import mapping, unique
from werkbook.export.text.embed import Embedded
from werkbook.export.text.emit import Piece
from werkbook.export.text.imports import Import
from werkbook.openapi.pages import write_json
from werkbook.openapi.plain_page import render_page
from werkbook.routing.variables import may_match

DOCUMENT, PAGE = "/openapi.json", "/docs"


def choose_docs_paths(document: dict[str, Any]) -> tuple[str, ...]:
    """Return which of the two paths no rule of the app's own answers."""
    rules = [
        path.replace("{", "<").replace("}", ">")
        for path, operations in document["paths"].items()
        if "get" in operations
    ]
    return tuple(
        path
        for path in (DOCUMENT, PAGE)
        if not any(may_match(rule, path) for rule in rules)
    )


def embed_docs(
    app: str,
    document: dict[str, Any],
    paths: tuple[str, ...],
    taken: set[str],
    have: Collection[Import] = (),
) -> Embedded:
    """Write the texts, and a view function for each path.

    Flask reads no hints, so what describes the API is what stands here.

    Args:
        app: The app's name.
        document: The app's OpenAPI document.
        paths: Those that are answered.
        taken: Names that the file uses already.
        have: What the file imports already.
    """
    result = Embedded(have=have)
    texts, views = {}, []
    name = unique("API_DOCS", taken)
    if DOCUMENT in paths:
        texts["openapi.json"] = write_json(document)
        function = unique("openapi_json", taken)
        views.append(
            f'@{app}.get("{DOCUMENT}")\n'
            f"def {function}():\n"
            '    """Answer with the description of this API, as it was exported."""\n'
            f'    text = {name}["openapi.json"]\n'
            f'    return {app}.response_class(text, mimetype="application/json")'
        )
    if PAGE in paths:
        texts["docs.html"] = render_page(document)
        function = unique("api_docs", taken)
        views.append(
            f'@{app}.get("{PAGE}")\n'
            f"def {function}():\n"
            '    """Show the description of this API as a page."""\n'
            f'    return {name}["docs.html"]'
        )
    if views:
        result.pieces.append(Piece(mapping(name, texts)))
    result.pieces += [Piece(text, is_definition=True) for text in views]
    return result
