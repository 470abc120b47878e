"""The kit's own page for a document: plain HTML, without script and network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from .schemas import Schema

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
       padding: 0 1rem; }}
details {{ border: 1px solid #8886; border-radius: 6px; margin: .5rem 0; }}
summary {{ cursor: pointer; padding: .5rem .75rem; }}
details > div {{ border-top: 1px solid #8886; padding: .25rem .75rem .75rem; }}
.method {{ display: inline-block; font-weight: 700; min-width: 4.5rem; }}
code, pre {{ font-family: ui-monospace, monospace; font-size: .9em; }}
pre {{ background: #8882; overflow: auto; padding: .6rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #8884; padding: .25rem .5rem; text-align: left;
         vertical-align: top; }}
h3 {{ font-size: 1rem; margin: .75rem 0 .25rem; }}
</style>
</head>
<body>
<h1>{title} <small>{version}</small></h1>
"""


def render_page(document: Schema) -> str:
    """Return the HTML of a document."""
    info = document["info"]
    title, version = escape(info["title"]), escape(info["version"])
    pieces = [_HEAD.format(title=title, version=version)]
    if info.get("description"):
        pieces.append(f"<p>{escape(info['description'])}</p>")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            pieces += _render_operation(path, method.upper(), operation)
    if not document["paths"]:
        pieces.append("<p>No rule is registered yet.</p>")
    shared = document.get("components", {}).get("schemas", {})
    if shared:
        pieces.append("<h2>Schemas</h2>")
        for name, schema in shared.items():
            pieces.append(
                f'<details id="{escape(name)}"><summary><code>{escape(name)}</code>'
                f"</summary><div>{_render_json(schema)}</div></details>"
            )
    return "\n".join([*pieces, "</body>", "</html>", ""])


def _render_operation(path: str, method: str, operation: Schema) -> Iterator[str]:
    yield (
        f'<details><summary><span class="method">{method}</span>'
        f"<code>{escape(path)}</code> {escape(operation.get('summary', ''))}</summary>"
        "<div>"
    )
    if operation.get("description"):
        yield f"<p>{escape(operation['description'])}</p>"
    if operation.get("parameters"):
        yield "<h3>Parameters</h3>"
        yield from _render_parameters(operation["parameters"])
    body = operation.get("requestBody")
    if body:
        yield f"<h3>Body{', required' if body.get('required') else ''}</h3>"
        yield from _render_content(body["content"])
    yield "<h3>Responses</h3>"
    for status, response in operation["responses"].items():
        text = f"{status} {response['description']}"
        yield f"<p><strong>{escape(text)}</strong></p>"
        yield from _render_content(response.get("content", {}))
    yield "</div></details>"


def _render_parameters(parameters: list[Schema]) -> Iterator[str]:
    yield "<table><tr><th>Name</th><th>In</th><th>Type</th><th></th></tr>"
    for one in parameters:
        notes = ["required"] if one.get("required") else []
        notes += [one["description"]] if one.get("description") else []
        yield (
            f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td>"
            f"<td>{_render_type(one['schema'])}</td>"
            f"<td>{escape('; '.join(notes))}</td></tr>"
        )
    yield "</table>"


def _render_type(schema: Schema) -> str:
    """Return a schema in one line."""
    return f"<code>{escape(json.dumps(schema, ensure_ascii=False))}</code>"


def _render_content(content: Schema) -> Iterator[str]:
    for mimetype, media in content.items():
        yield f"<p><code>{escape(mimetype)}</code></p>"
        reference = media.get("schema", {}).get("$ref", "")
        if reference:
            name = reference.rpartition("/")[2]
            yield f'<p><a href="#{escape(name)}">{escape(name)}</a></p>'
        elif media.get("schema"):
            yield _render_json(media["schema"])
        if "example" in media:
            yield f"<p>Example</p>{_render_json(media['example'])}"


def _render_json(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"
