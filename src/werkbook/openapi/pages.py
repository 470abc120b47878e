"""/openapi.json and /docs: the document, and a page that shows it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ..plain_words import json_not_obeyed
from .document import make_document
from .plain_page import render_page
from .recorded import RecordedExchange
from .schemas import Schema

ListRecorded = Callable[[Any], Iterable[RecordedExchange]]

_UI_FILES = {
    "/docs/swagger-ui.css": "text/css",
    "/docs/swagger-ui-bundle.js": "text/javascript",
}
_UI_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{root}/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="{root}/docs/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({{
  spec: {spec},
  dom_id: "#docs",
  deepLinking: false,
  validatorUrl: null,
}});
</script>
</body>
</html>
"""


def write_json(document: Schema) -> str:
    """Return a document as the text of openapi.json."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    return json_not_obeyed(text) + "\n"


def answer_kit_page(app: Any, path: str, list_recorded: ListRecorded) -> Any:
    """Return the response of /openapi.json, /docs, or a file that /docs loads.

    Args:
        app: The application.
        path: One of `live.kit_pages.KIT_PATHS`.
        list_recorded: Returns an app's exchanges, with secrets masked.
    """
    if path in _UI_FILES:
        return _answer_file(app, path)
    document = make_document(app, list_recorded(app))
    if path == "/openapi.json":
        return app.response_class(write_json(document), mimetype="application/json")
    return app.response_class(render_docs(document), mimetype="text/html")


def render_docs(document: Schema, root: str = "") -> str:
    """Return the page that shows a document: Swagger UI, or the kit's own.

    Args:
        document: The document.
        root: What stands before the paths of the page's own files.
    """
    if find_ui_folder() is None:
        return render_page(document)
    # A script ends at `</script>`, wherever that stands.
    spec = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
    title = document["info"]["title"].replace("&", "&amp;").replace("<", "&lt;")
    return _UI_PAGE.format(title=title, spec=spec, root=root)


def find_ui_folder() -> Path | None:
    """Return the folder of Swagger UI's files; None where it is not installed.

    The package is not imported: it would import Flask.
    """
    spec = importlib.util.find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "dist"
    return folder if (folder / "swagger-ui-bundle.js").is_file() else None


def _answer_file(app: Any, path: str) -> Any:
    folder = find_ui_folder()
    if folder is None:
        return app.response_class("Swagger UI is not installed.\n", 404)
    content = (folder / path.rpartition("/")[2]).read_bytes()
    return app.response_class(content, mimetype=_UI_FILES[path])
